"""Health and metrics endpoints: `/healthz`, `/readyz`, `/metrics`, on an internal port only."""

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Mapping
from typing import Any, Literal

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.connections import BoundedProtocol, Connections, Limits
from shared.observability import metrics

Ready = Callable[[], Awaitable[Mapping[str, bool]]]
"""Names of parts and whether each of them works."""
Alive = Callable[[], bool]
Reasons = Callable[[], Mapping[str, str]]
"""Why, by part; see `shared.diagnostics`."""

CHECK_TIMEOUT = 3.0


def health_app(*, ready: Ready, alive: Alive = lambda: True, reasons: Reasons = dict) -> ASGIApp:
    """The internal ASGI application of any process.

    `/healthz`: 200 while the process is alive. `/readyz`: 200 while every part of `ready` is true, else 503 and
    `reasons`, if any are known: sentences for operators.
    """

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        kind = b"application/json"
        match scope["path"]:
            case "/healthz":
                living = alive()
                status, body = (200 if living else 503), orjson.dumps({"alive": living})
            case "/readyz":
                try:
                    async with asyncio.timeout(CHECK_TIMEOUT):
                        parts = dict(await ready())
                except TimeoutError:
                    parts = {"in_time": False}
                why = {} if all(parts.values()) else dict(reasons())
                status, body = (200 if all(parts.values()) else 503), orjson.dumps({**parts, **_told(why)})
            case "/metrics":
                body, content_type = metrics.exposition()
                status, kind = 200, content_type.encode()
            case _:
                status, body = 404, b"{}"
        headers = [
            (b"content-type", kind),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    return app


def _told(why: Mapping[str, str]) -> Mapping[str, Mapping[str, str]]:
    return {"reasons": why} if why else {}


class Server(uvicorn.Server):
    """A uvicorn server inside a process that keeps its signals to itself."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


@contextlib.asynccontextmanager
async def served(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    grace: float = 5.0,
    lifespan: Literal["on", "off"] = "off",
    trusted_proxies: str | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Server]:
    """Serve `app` for as long as the body runs; when it ends, requests under way get `grace` seconds.

    `limits`: of connections; those of an internal port if none are given.
    Raises OSError if the port is taken.
    """
    limits = limits or Limits()
    protocol: Any = functools.partial(BoundedProtocol, connections=Connections(limits))
    config = uvicorn.Config(
        app,
        http=protocol,
        host=host,
        port=port,
        lifespan=lifespan,
        ws="none",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=trusted_proxies is not None,
        forwarded_allow_ips=trusted_proxies,
        timeout_keep_alive=limits.idle,
        timeout_graceful_shutdown=max(1, int(grace)),
    )
    server = Server(config)
    task = asyncio.create_task(_serve(server), name=f"http:{port}")
    try:
        while not server.started:
            if task.done():
                task.result()
                raise OSError(f"the application behind {host}:{port} did not start")
            await asyncio.sleep(0.01)
        yield server
    finally:
        server.should_exit = True
        await asyncio.gather(task, return_exceptions=True)


async def _serve(server: uvicorn.Server) -> None:
    try:
        await server.serve()
    except SystemExit as error:
        # uvicorn exits the process where it cannot bind; that is for the caller to decide.
        raise OSError(f"cannot listen on {server.config.host}:{server.config.port}") from error
