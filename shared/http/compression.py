"""Compression of large answers (gzip), for operations that say on their route that they are public.

No other answer is compressed: the length of one that holds both a secret and what a caller chose tells of the secret
(BREACH).
"""

import gzip

from fastapi import Request, Response

LEAST = 1024
"""Bytes from which on a body is worth compressing."""
LEVEL = 5


def compress(request: Request, response: Response) -> None:
    """Compress the body if the caller takes gzip and it is large; the tag becomes weak, for it names both forms."""
    response.headers.add_vary_header("Accept-Encoding")
    if response.status_code != 200 or len(response.body) < LEAST:
        return
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return
    response.body = gzip.compress(bytes(response.body), LEVEL, mtime=0)
    response.headers["content-length"] = str(len(response.body))
    response.headers["content-encoding"] = "gzip"
    if (tag := response.headers.get("etag")) is not None:
        response.headers["etag"] = f"W/{tag}"


def takes_gzip(accepted: str) -> bool:
    """Whether `Accept-Encoding` takes gzip (RFC 9110 §12.5.3): named, or by the star, and not of weight 0."""
    weights: dict[str, bool] = {}
    for one in accepted.lower().split(","):
        name, _, parameter = one.partition(";")
        weight = parameter.replace(" ", "").removeprefix("q=")
        weights[name.strip()] = weight.strip("0.") != "" or not parameter
    return weights.get("gzip", weights.get("*", False))
