"""Compression of large answers (gzip): of operations that say on their route that they are public, and of the sync.

No other answer is compressed: the length of one that holds both a secret and what a caller chose tells of the secret
(BREACH). A sync holds nothing that a caller chose.
"""

import gzip

from fastapi import Response

LEAST = 1024
"""Bytes from which on a body is worth compressing."""
LEVEL = 5


def compress(accepted: str, response: Response) -> None:
    """Compress the body if it is large and the caller takes gzip (`accepted`: `Accept-Encoding`).

    The tag becomes weak, for it names both forms.
    """
    response.headers.add_vary_header("Accept-Encoding")
    if response.status_code != 200 or len(response.body) < LEAST:
        return
    if not takes_gzip(accepted):
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
