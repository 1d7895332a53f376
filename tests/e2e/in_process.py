"""A whole county in the test's own process: four services on their databases, and what they announce handed round.

No broker and no second process: each state is projected as its consumer would, through the service's routes and hooks.
"""

import contextlib
import importlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import httpx
from sqlalchemy import text

from services.grid.features import ROUTES as GRID
from services.indicators.features import ROUTES as INDICATORS
from services.registry.features import ROUTES as REGISTRY
from services.registry.wiring import UseCases, use_cases
from services.services_hall.features import ROUTES as HALL
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Principal
from shared.contracts.envelope import FACTS, State
from shared.crypto.service import Crypto
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.messaging.projection.routes import Route
from shared.testing.apps import Tokens, app_client
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals
from shared.testing.settings import settings_for

READS: dict[str, Sequence[Route]] = {
    "registry": REGISTRY,
    "services_hall": HALL,
    "grid": GRID,
    "indicators": INDICATORS,
}
REFUSED = text("SELECT noun || ': ' || code FROM dead_letters")
NEXT = text("SELECT id, type, schema_version, payload FROM outbox WHERE id > :after ORDER BY id LIMIT 2000")


class County:
    """Four services. `settle` hands round what they have announced until nobody announces anything more."""

    def __init__(self, databases: dict[str, ServiceDatabase], clock: FrozenClock, tokens: Tokens) -> None:
        self.databases = databases
        self.clock = clock
        self.clients: dict[str, httpx.AsyncClient] = {}
        self.announced: dict[tuple[str, str], State] = {}
        self._tokens = tokens
        self._crypto = {
            name: Crypto.from_settings(settings_for(name, one.service_url)) for name, one in databases.items()
        }
        self._arrivals = {name: self.arrivals(name) for name in READS}
        self._seen = dict.fromkeys(READS, 0)

    def arrivals(self, name: str, **how: Any) -> Arrivals:
        """What a service's consumers do with states."""
        return Arrivals(
            self.databases[name].database, READS[name], owner=name, clock=self.clock, crypto=self._crypto[name], **how
        )

    async def ask(self, who: Principal, service: str, method: str, path: str, **what: Any) -> httpx.Response:
        """A request below `/<service>/v1`, answered or refused."""
        base = importlib.import_module(f"services.{service}.features").SPEC.path
        given = {"Authorization": f"Bearer {self._tokens.of(who)}", **what.pop("headers", {})}
        return await self.clients[service].request(method, f"/{base}/v1{path}", headers=given, **what)

    async def told(self, who: Principal, service: str, method: str, path: str, **what: Any) -> Any:
        """The body of a request that succeeds."""
        answer = await self.ask(who, service, method, path, **what)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:2000]}"
        return answer.json()

    async def listed(self, who: Principal, service: str, path: str, **params: Any) -> list[Any]:
        """All rows of a list."""
        rows: list[Any] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.told(who, service, "GET", path, params={"limit": 200, **params, **cursor})
            rows += page["items"]
            if page["next_cursor"] is None:
                return rows
            cursor = {"cursor": page["next_cursor"]}

    async def work(self, use: Callable[[UseCases], Awaitable[Any]]) -> Any:
        """A use case of registry in a transaction of its own, no HTTP."""
        async with self.databases["registry"].database.session() as session:
            outbox = Outbox(session, owner="registry", clock=self.clock)
            context = PlainContext(session, self.clock, outbox, self._crypto["registry"], AccessNotes(self.clock))
            result = await use(use_cases(context))
            await session.commit()
            return result

    async def hear(self, *states: State) -> None:
        """States of no service of ours, or that one has announced without its outbox, reach all who read them."""
        for state in states:
            self.announced[state.noun, state.subject] = state
        for name, routes in READS.items():
            read = {route.noun for route in routes}
            if wanted := [state for state in states if state.noun in read]:
                await self._arrivals[name].take(*wanted)
            async with self.databases[name].database.session() as session:
                refused = (await session.scalars(REFUSED)).all()
            assert not refused, f"{name} could not take {refused}"

    async def settle(self, *, backwards: bool = False) -> None:
        """Hand round what was announced. `backwards`: each batch the other way round, as nouns overtake each other."""
        while states := [state for name in READS for state in await self._news(name)]:
            newest: dict[tuple[str, str], State] = {(one.noun, one.subject): one for one in states}
            batch = list(newest.values())
            await self.hear(*(reversed(batch) if backwards else batch))

    async def _news(self, name: str) -> list[State]:
        found: list[State] = []
        async with self.databases[name].database.session() as session:
            while rows := (await session.execute(NEXT, {"after": self._seen[name]})).all():
                found += [FACTS[row.type, row.schema_version].model_validate_json(row.payload).state for row in rows]
                self._seen[name] = rows[-1].id
        return found


@contextlib.asynccontextmanager
async def in_process(
    databases: dict[str, ServiceDatabase], clock: FrozenClock, tokens: Tokens
) -> AsyncIterator[County]:
    """The county, started and stopped round the body."""
    county = County(databases, clock, tokens)
    async with contextlib.AsyncExitStack() as stack:
        for name, database in databases.items():
            client = app_client(name, database, clock=clock, tokens=tokens, settings={"rate_per_minute": 100_000})
            county.clients[name] = await stack.enter_async_context(client)
        yield county
