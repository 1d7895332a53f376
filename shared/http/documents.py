"""The documents that a service gives of itself: `openapi.json` and the page made of it. The same for everybody."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response

from shared.documents.http_page import http_page
from shared.documents.layout import POLICY

Answer = Callable[[Request], Awaitable[Response]]


def openapi_document(app: FastAPI) -> Answer:
    """The document at `/<path>/openapi.json`."""

    def made() -> bytes:
        return json.dumps(app.openapi(), ensure_ascii=False, separators=(",", ":")).encode()

    return _made_aside(made, "application/json", {})


def documentation(app: FastAPI) -> Answer:
    """The page at `/<path>/docs`: rendered here out of the document, whole in itself, so that it opens in a closed
    network too.
    """

    def made() -> bytes:
        return http_page(app.openapi(), raw="openapi.json").encode()

    return _made_aside(made, "text/html", {"content-security-policy": POLICY})


def _made_aside(make: Callable[[], bytes], media_type: str, headers: dict[str, str]) -> Answer:
    """An answer that is made once, in a thread, when it is first asked for.

    Of a large service that takes seconds: on the loop it would keep everybody waiting, at the start every process would
    wait for what few of them are ever asked.
    """
    making: list[asyncio.Task[bytes]] = []

    async def answer(_: Request) -> Response:
        if not making or (making[0].done() and making[0].exception() is not None):
            making[:] = [asyncio.create_task(asyncio.to_thread(make))]
        body = await asyncio.shield(making[0])  # who goes away stops nobody else's
        return Response(body, media_type=media_type, headers=headers)

    return answer
