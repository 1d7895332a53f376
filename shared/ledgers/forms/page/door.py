"""Where the page of forms is served: files that hold nothing of anybody, open to all. Who fills in logs in there.

Scripts come from here alone and may compile WebAssembly, which the engine reads XPath with; nothing is inline. The
page talks to this service and to the issuer of tokens, and to nobody else.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

from fastapi import Request, Response

from shared.errors import NotFound
from shared.feature import ForeignRoute
from shared.http.errors import respond
from shared.http.kit import REQUEST_ID, STATE, RequestState, kit_of

PAGE = "/forms"
CLIENT = "xiangli-dashboard"
"""The public client of the issuer as which people log in with a browser."""

JAVASCRIPT = "text/javascript; charset=utf-8"
INDEX, WORKER, CONFIG = "index.html", "worker.js", "config.json"
KINDS: Mapping[str, str] = {
    INDEX: "text/html; charset=utf-8",
    "app.css": "text/css; charset=utf-8",
    "app.webmanifest": "application/manifest+json",
    "icon.svg": "image/svg+xml",
    **dict.fromkeys(
        (
            *("app.js", "dom.js", "form.js", "outbox.js", "questions.js", "server.js", "store.js", "uploads.js"),
            "xforms-engine.js",
            WORKER,
        ),
        JAVASCRIPT,
    ),
}
"""The files of the page with their kinds."""


@dataclass(frozen=True, slots=True)
class Served:
    """A file as it is served."""

    content: bytes
    kind: str
    etag: str


@cache
def served() -> Mapping[str, Served]:
    """Every file of the page, read once. The service worker is told their names and a digest of them all."""
    place = files(__package__) / "static"
    contents = {name: (place / name).read_bytes() for name in KINDS}
    kept = ["./", CONFIG, *(name for name in KINDS if name not in (INDEX, WORKER))]
    worker = (
        contents[WORKER].decode().replace("{{version}}", version_of(contents)).replace("{{files}}", json.dumps(kept))
    )
    contents[WORKER] = worker.encode()
    return {
        name: Served(content, KINDS[name], f'"{hashlib.sha256(content).hexdigest()[:32]}"')
        for name, content in contents.items()
    }


def version_of(contents: Mapping[str, bytes]) -> str:
    """A digest of the page: another one if any file is another one."""
    whole = b"".join(hashlib.sha256(content).digest() for content in contents.values())
    return hashlib.sha256(whole).hexdigest()


def page_routes() -> tuple[ForeignRoute, ...]:
    """The addresses of the page below `/<service>/v1`."""
    return (
        ForeignRoute(PAGE, ("GET",), _to_the_page),
        ForeignRoute(f"{PAGE}/", ("GET", "HEAD"), _answer),
        ForeignRoute(f"{PAGE}/{{name}}", ("GET", "HEAD"), _answer),
    )


async def _to_the_page(request: Request) -> Response:
    _noted(request)
    return Response(status_code=308, headers={"location": f"{request.url.path.rpartition('/')[2]}/"})


async def _answer(request: Request) -> Response:
    state = _noted(request)
    issuer = state.kit.settings.oidc_issuer
    name = request.path_params.get("name", INDEX)
    headers = {"content-security-policy": policy(issuer), "cache-control": "no-cache"}
    if name == CONFIG:
        config = {"issuer": issuer, "client": CLIENT}
        return Response(json.dumps(config), media_type="application/json", headers=headers)
    file = served().get(name)
    if file is None or request.path_params.get("name") == INDEX:
        refused = respond(NotFound(name), state.request_id, {})
        assert refused is not None
        return refused
    headers["etag"] = file.etag
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    return Response(file.content, media_type=file.kind, headers=headers)


def _noted(request: Request) -> RequestState:
    state = RequestState(kit_of(request), "formsPage", request.scope.get(REQUEST_ID, ""))
    request.scope[STATE] = state
    return state


def policy(issuer: str) -> str:
    """Content-Security-Policy of the page."""
    address = urlsplit(issuer)
    return (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {address.scheme}://{address.netloc}; manifest-src 'self'; worker-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
