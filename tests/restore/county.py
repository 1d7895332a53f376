"""A whole county on the embedded broker, whose databases are lost and brought back while the broker stays as it is."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx import AsyncClient

from deploy.local.stack.postgres import Postgres
from services.grid.features import ROUTES as GRID_ROUTES
from services.grid.features import SPEC as GRID
from services.indicators.features import ROUTES as INDICATORS_ROUTES
from services.indicators.features import SPEC as INDICATORS
from services.registry.features import ROUTES as REGISTRY_ROUTES
from services.registry.features import SPEC as REGISTRY
from services.services_hall.features import ROUTES as HALL_ROUTES
from services.services_hall.features import SPEC as HALL
from shared.db.engine import Database
from shared.messaging.projection.routes import Route
from shared.reconciliation.repository import ReconciliationRepository, held_versions, own_versions
from shared.reconciliation.service import is_counted
from shared.service import ServiceSpec
from tests.e2e.faults.books import rows
from tests.e2e.faults.county import County
from tests.e2e.faults.processes import Child
from tests.registry.builders import a_person

SPECS: Mapping[str, ServiceSpec] = {spec.name: spec for spec in (REGISTRY, HALL, GRID, INDICATORS)}
ROUTES: Mapping[str, Sequence[Route]] = {
    "registry": REGISTRY_ROUTES,
    "services_hall": HALL_ROUTES,
    "grid": GRID_ROUTES,
    "indicators": INDICATORS_ROUTES,
}
SETTLED = 120.0
TAG = {"code": "elder_alone", "started_on": "2026-03-01", "level": "1", "source": "village"}

LEFT = """
    SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS unpublished,
      (SELECT count(*) FROM pending) AS pending,
      (SELECT count(*) FROM dead_letters WHERE status <> 'dropped') AS letters
"""
STOCK = """
    SELECT area, sum(amount)::bigint AS amount FROM deltas
    WHERE slot = coalesce((SELECT live FROM projection_slots), 0) AND measure = 'POP-RES' AND dimension = ''
      AND length(area) = 12 AND day <= current_date GROUP BY area HAVING sum(amount) <> 0
"""
VERSIONS = """
    SELECT 'registry.person' AS noun, id::text, version FROM persons
    UNION ALL SELECT CASE WHEN family = 'care' THEN 'registry.tag' ELSE 'registry.restricted_tag' END, id::text, version
      FROM tags
"""
Versions = dict[tuple[str, str], int]


@dataclass(frozen=True)
class Told:
    """What `after-restore` printed: the ids that were lost, and those that went back, by noun."""

    lost: set[tuple[str, str]]
    rewound: dict[tuple[str, str], tuple[int, int]]
    counts: dict[str, tuple[int, int]]


class WholeCounty(County):
    """The four services with their workers, and registry's API."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._folder = folder
        self._servers = [self.postgres]
        self.workers: dict[str, Child] = {}
        self.apis: dict[str, Child] = {}

    async def close(self) -> None:
        try:
            await super().close()
        finally:
            for server in self._servers:
                await asyncio.to_thread(server.stop, immediately=True)

    async def _prepare_databases(self) -> None:
        await super()._prepare_databases()
        for spec in (HALL, GRID):
            await self._migrate(spec)

    def another_server(self) -> Postgres:
        """A server that has no data yet."""
        server = Postgres(self._folder / f"pg{len(self._servers)}", max_connections=100)
        self._servers.append(server)
        return server

    # -- processes -----------------------------------------------------------------------------------------------------
    async def up(self, *services: str, api: bool = True) -> None:
        """Start these services, all four if none is named: the workers first, as the handbook says."""
        for service in services or SPECS:
            self.workers[service] = await self._service(service, "worker")
        await asyncio.gather(*(self.workers[service].until_ready() for service in services or SPECS))
        if api and "registry" in (services or SPECS):
            self.apis["registry"] = await (await self.api()).until_ready()

    async def down(self, *services: str) -> None:
        """End these services, all four if none is named."""
        for service in services or tuple(SPECS):
            for running in (self.apis, self.workers):
                if service in running:
                    await running.pop(service).terminate()

    async def verb(self, service: str, *words: str) -> tuple[int, str]:
        """A verb of a service's command line: its exit code and what it printed."""
        child = await self.children.start(
            f"{service}-{words[0]}", (f"services.{service}", *words), settings=self.settings(service)
        )
        return await child.ends(180), child.log()

    async def after_restore(self, service: str) -> Told:
        """What is told of a service that was brought back."""
        code, said = await self.verb(service, "after-restore")
        assert code == 0, said
        return read_told(said)

    # -- what is in it -------------------------------------------------------------------------------------------------
    async def versions(self) -> Versions:
        """People and tags that registry holds, and in which versions."""
        return {(row[0], row[1]): row[2] for row in await rows(self, "registry", VERSIONS)}

    async def settled(self) -> None:
        """Until all that was announced has been read, and every reader holds what its owners hold."""
        found: object = None
        try:
            async with asyncio.timeout(SETTLED):
                while found := await self._left() or await self.differing():
                    await asyncio.sleep(0.3)
        except TimeoutError:
            raise AssertionError(f"still {found}") from None

    async def _left(self) -> Mapping[str, object]:
        left = {service: dict((await rows(self, service, LEFT))[0]) for service in SPECS}
        return {service: found for service, found in left.items() if any(found.values())}

    async def differing(self) -> list[tuple[str, str]]:
        """Reader and noun whose sums are not those of the noun's owner (ADR 78), restricted nouns as well."""
        found = []
        databases = {
            service: Database(self.postgres.urls_of(service).service_url, pool=1, application="drill")
            for service in SPECS
        }
        try:
            owned: dict[str, Any] = {}
            for reader, routes in ROUTES.items():
                for noun in sorted({route.noun for route in routes if is_counted(route.noun)}):
                    owner = noun.partition(".")[0]
                    if noun not in owned:
                        async with databases[owner].session() as session:
                            ids = SPECS[owner].aggregates[noun]
                            owned[noun] = await ReconciliationRepository(session).sums(own_versions(ids))
                    async with databases[reader].session() as session:
                        held = await ReconciliationRepository(session).sums(held_versions(noun))
                    if held != owned[noun]:
                        found.append((reader, noun))
        finally:
            for database in databases.values():
                await database.close()
        return found

    async def figures_are_the_lists(self) -> int:
        """Residents by village: as figures count them, and as registry's lists are long; returns how many."""
        figures = Counter({row["area"]: row["amount"] for row in await rows(self, "indicators", STOCK)})
        lists: Counter[str] = Counter()
        async with self.clerk() as client:
            for area in await rows(self, "registry", "SELECT code FROM areas WHERE level = 12"):
                answer = await client.get("persons/count", params={"area": area["code"]})
                assert answer.status_code == 200, answer.text
                lists[area["code"]] = answer.json()["count"]
        assert figures == +lists
        return lists.total()


async def tagged(client: AsyncClient) -> str:
    """An elder who lives alone: registered, and visited because of a tag."""
    person = await client.post("persons", json=a_person())
    assert person.status_code == 201, person.text
    made: str = person.json()["id"]
    tag = await client.post(f"persons/{made}/tags", json=TAG)
    assert tag.status_code == 201, tag.text
    return made


async def moved_out(client: AsyncClient, id: str) -> None:
    """Somebody leaves the county."""
    body = {"occurred_on": "2026-04-01", "books": ["residence"]}
    answer = await client.post(f"persons/{id}/move-out", json=body)
    assert answer.is_success, answer.text


def read_told(said: str) -> Told:
    """Read what the verb prints, as an operator's script would."""
    lost: set[tuple[str, str]] = set()
    rewound: dict[tuple[str, str], tuple[int, int]] = {}
    counts: dict[str, tuple[int, int]] = {}
    for line in said.splitlines():
        match line.split():
            case ["lost", noun, id, _]:
                lost.add((noun, id))
            case ["rewound", noun, id, owned, told]:
                rewound[noun, id] = int(owned.partition("=")[2]), int(told.partition("=")[2])
            case [noun, gone, back] if gone.startswith("lost="):
                counts[noun] = int(gone.partition("=")[2]), int(back.partition("=")[2])
    return Told(lost, rewound, counts)


@asynccontextmanager
async def a_whole_county(folder: Path) -> AsyncIterator[WholeCounty]:
    """All four services run; everything ends with the body."""
    county = WholeCounty(folder)
    try:
        await county.found()
        await county.up()
        yield county
    finally:
        await county.close()
