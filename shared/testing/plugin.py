"""The pytest plugin: a real PostgreSQL for every test, rolled back or emptied, and a clock that stands.

Fixtures find out from the test's path (`tests/<service>/…`) whose database they use; tests of the kit use one with
nothing but the kit's tables. Override `service_name` where that is wrong.
"""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import AsyncSession

from shared.commands.collecting import collect_seldom
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.settings import ServiceSettings
from shared.testing.apps import Tokens
from shared.testing.apps import app_client as client_of
from shared.testing.beginnings import Beginning
from shared.testing.clock import FrozenClock
from shared.testing.databases import KIT_ONLY, ServiceDatabase, copy_of, existing_services
from shared.testing.distribution import ByFile, groups_first, in_turn
from shared.testing.logs import logs_restored, plain_logs
from shared.testing.refusals import every_refusal_listed
from shared.testing.server import RUN, Run
from shared.testing.settings import settings_for

_RUN = pytest.StashKey[Run]()
_WORKER_INPUT = "xiangli_run"

DatabaseOf = Callable[[str], Awaitable[ServiceDatabase]]
AppClient = Callable[[str], Awaitable[httpx.AsyncClient]]


def pytest_configure(config: pytest.Config) -> None:
    """The controller begins a run; workers are told which."""
    plain_logs()
    given = getattr(config, "workerinput", None)
    config.stash[_RUN] = Run.begin() if given is None else Run(Path(given[_WORKER_INPUT]))
    os.environ[RUN] = str(config.stash[_RUN].folder)
    if given is not None:
        config.args = in_turn(config.args, int(given["workerid"][2:]), given["workercount"], config.rootpath)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """pytest-xdist: called in the controller for each worker."""
    config, given = node.config, node.workerinput  # type: ignore[attr-defined]  # xdist's WorkerController has no types
    given[_WORKER_INPUT] = str(config.stash[_RUN].folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """pytest-xdist: called in the controller."""
    if config.getoption("dist") != "loadgroup":
        return None
    config.option.loadscopereorder = False
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Modules, models and tests stay until the end: looking for garbage among them took half of the collection."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        collect_seldom()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the controller and in every worker."""
    groups_first(items)


def pytest_unconfigure(config: pytest.Config) -> None:
    """The controller stops the server and removes everything."""
    run = config.stash.get(_RUN, None)
    if run is not None and not hasattr(config, "workerinput"):
        run.end()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    """On a real Kafka: a connection that nobody closed is told of by the test that opened it, not by a later one."""
    if item.get_closest_marker("kafka") is not None:
        gc.collect()


@pytest.fixture(autouse=True)
def _logs() -> Iterator[None]:
    with logs_restored():
        yield


@pytest.fixture(autouse=True)
def _refusals_are_listed() -> Iterator[None]:
    with every_refusal_listed():
        yield


@pytest.fixture(scope="session")
def postgres(pytestconfig: pytest.Config) -> str:
    """The administrator's address (libpq form) of the run's server."""
    return pytestconfig.stash[_RUN].start_server()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def database_of(postgres: str, pytestconfig: pytest.Config, worker_id: str) -> AsyncIterator[DatabaseOf]:
    """`await database_of("registry")`: this worker's migrated copy. `"kit"` has the kit's tables only."""
    made: dict[str, ServiceDatabase] = {}

    async def find(service: str) -> ServiceDatabase:
        if service not in made:
            run = pytestconfig.stash[_RUN]
            made[service] = await copy_of(service, run=run, admin_dsn=postgres, worker=worker_id)
        return made[service]

    yield find
    for one in made.values():
        await one.close()


@pytest.fixture
def service_name(request: pytest.FixtureRequest) -> str:
    """Whose database `session`, `committed` and `service_database` are of: `tests/<service>/…`, else the kit's own."""
    services = existing_services()
    return next((part for part in reversed(request.path.parts) if part in services), KIT_ONLY.name)


@pytest_asyncio.fixture(loop_scope="session")
async def service_database(database_of: DatabaseOf, service_name: str) -> ServiceDatabase:
    """The addresses and the pool of the database; nothing is rolled back or emptied."""
    return await database_of(service_name)


@pytest_asyncio.fixture(loop_scope="session")
async def session(service_database: ServiceDatabase) -> AsyncIterator[AsyncSession]:
    """A session inside an outer transaction that is rolled back: `commit` in it ends a savepoint."""
    async with service_database.rolled_back() as inside:
        yield inside


@pytest_asyncio.fixture(loop_scope="session")
async def committed_of(database_of: DatabaseOf) -> AsyncIterator[DatabaseOf]:
    """`await committed_of("grid")`: true connections and commits; emptied after the test."""
    used: dict[str, ServiceDatabase] = {}

    async def find(service: str) -> ServiceDatabase:
        used[service] = await database_of(service)
        return used[service]

    yield find
    for one in used.values():
        await one.empty()


@pytest_asyncio.fixture(loop_scope="session")
async def committed(committed_of: DatabaseOf, service_name: str) -> Database:
    """True connections and commits on the database of this test's service; emptied after the test."""
    return (await committed_of(service_name)).database


@pytest_asyncio.fixture(loop_scope="session")
async def kit_database(committed_of: DatabaseOf) -> Database:
    """The same with the kit's tables only."""
    return (await committed_of(KIT_ONLY.name)).database


@pytest.fixture(scope="module")
def beginning() -> Beginning:
    """`await beginning(service_database, make)`: what the file's tests begin with, made once, its rows put back."""
    return Beginning()


@pytest.fixture
def clock() -> FrozenClock:
    """Stands at 10:00 on Monday, 16 March 2026, in Shanghai."""
    return FrozenClock()


@pytest.fixture
def settings(service_database: ServiceDatabase, service_name: str) -> ServiceSettings:
    """The settings of this test's service, with its database; `settings_for` of shared.testing makes others."""
    return settings_for(service_name, service_database.service_url)


@pytest.fixture
def crypto() -> Crypto:
    """Fields and blind indexes under the test keys: the same that `settings` name."""
    return Crypto.from_settings(settings_for(KIT_ONLY.name, "postgresql+asyncpg://nowhere"))


@pytest.fixture
def token_for() -> Tokens:
    """`token_for("village_clerk", "450481100201")`: a bearer token that `app_client`'s applications take."""
    return Tokens()


@pytest_asyncio.fixture(loop_scope="session")
async def app_client(committed_of: DatabaseOf, clock: FrozenClock, token_for: Tokens) -> AsyncIterator[AppClient]:
    """`client = await app_client("registry")`: its application on a committed database, at this test's `clock`."""
    async with AsyncExitStack() as stack:

        async def find(service: str) -> httpx.AsyncClient:
            database = await committed_of(service)
            return await stack.enter_async_context(client_of(service, database, clock=clock, tokens=token_for))

        yield find
