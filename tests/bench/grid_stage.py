"""The stage of grid's HTTP benches: PostgreSQL and the callers on core 1, the real grid API on core 0."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import httpx

from deploy.local.stack.postgres import Postgres
from services.grid.features import SPEC
from shared.migration.migrate import migrate
from shared.testing.broker import free_port
from shared.testing.settings import VALUES
from tests.bench.harness import Unmeasured
from tests.bench.registry_stage import OTHER_CORE, Stage
from tests.bench.server import server


def token(issuer: int, role: str, area: str, subject: str) -> str:
    """A bearer token of the development issuer at this port."""
    form = {"grant_type": "client_credentials", "role": role, "area": area, "subject": subject, "lifetime": "86400"}
    answer = httpx.post(f"http://127.0.0.1:{issuer}/token", data=form).raise_for_status()
    return str(answer.json()["access_token"])


@dataclass(frozen=True)
class Grid:
    """The API: `base` is its origin, `issuer` the port of its issuer."""

    stage: Stage
    base: str
    issuer: int


async def _migrated(postgres: Postgres, fill: Callable[[str], Awaitable[None]] | None) -> Stage:
    urls = await postgres.create_service("grid")
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    if fill is not None:
        await fill(urls.service_url)
    return Stage(postgres.folder.parent, urls, postgres)


@contextlib.contextmanager
def grid(fill: Callable[[str], Awaitable[None]] | None = None, **settings: object) -> Iterator[Grid]:
    """A started API over a database that `fill` may write to first; the body runs on core 1."""
    if (os.cpu_count() or 1) < 2:
        raise Unmeasured("two cores are needed, one for the server and one for the rest")
    cores = os.sched_getaffinity(0)
    with server(core=OTHER_CORE) as postgres:
        stage = asyncio.run(_migrated(postgres, fill))
        try:
            issuer, port = free_port(), free_port()
            python = [sys.executable, "-m"]
            command = [*python, "deploy.local.issuer", "--port", str(issuer), "--dir", str(stage.folder / "issuer")]
            stage.start("issuer", command, issuer, "/healthz", {})
            values = VALUES | {
                "database_url": stage.urls.service_url, "host": "127.0.0.1", "port": port, "internal_port": free_port(),
                "oidc_issuer": f"http://127.0.0.1:{issuer}", "log_level": "WARNING", **settings,
            }  # fmt: skip
            environment = {f"XIANGLI_{name.upper()}": str(value) for name, value in values.items()}
            stage.start("grid", [*python, "services.grid", "api"], port, "/grid/v1/grids", environment)
            os.sched_setaffinity(0, {OTHER_CORE})
            yield Grid(stage, f"http://127.0.0.1:{port}", issuer)
        finally:
            os.sched_setaffinity(0, cores)
            stage.end()
