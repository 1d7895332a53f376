"""Services with the ledgers that ship: published by two people, tables imported over HTTP, states read as announced."""

import asyncio
import importlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import yaml
from sqlalchemy import select

from services.registry.areas.models import Area
from shared.auth.principal import Grant, Principal
from shared.clock import Clock
from shared.contracts.envelope import FACTS, Fact, State
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.files.archive import Archive
from shared.files.store import FileStore
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.records.wiring import LedgerParts
from shared.ledgers.sheets.feature import sheet_feature
from shared.messaging.outbox.tables import OutboxMessage
from shared.process import plain_context
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for
from tests.grid.builders import calendars
from tests.indicators.county import an_area

COUNTY, TOWN = "450481", "450481114"
VILLAGES = tuple(f"{TOWN}{number}" for number in ("001", "201", "202", "203", "204", "205"))
OWNERS = ("grid", "indicators", "registry", "services_hall")
SHIPPED = sorted(path.with_suffix("").with_suffix("") for path in Path("services").glob("*/ledgers/*.measures.yaml"))
"""The ledgers that ship, as paths without a suffix."""

AREAS = (
    an_area("4504"),
    an_area(COUNTY, books_opened_on=date(2024, 1, 1)),
    an_area(TOWN),
    *(an_area(code) for code in VILLAGES),
)


def officers(*roles: str) -> tuple[Principal, Principal]:
    """Two people with all that these roles have over the county."""
    grants = tuple(Grant(role, COUNTY) for role in roles)
    return Principal("first", grants), Principal("second", grants)


FIRST, SECOND = officers("county_officer", "county_registrar")


@dataclass
class House:
    """One service as tests of its ledgers use it."""

    owner: str
    database: Database
    door: Door
    kinds: dict[str, JobKind]
    arrivals: Arrivals

    @classmethod
    def of(
        cls, owner: str, found: ServiceDatabase, database: Database, clock: Clock, crypto: Crypto, files: Path
    ) -> "House":
        """The service over its database, with a folder for files."""
        create_app: Callable[..., Any] = importlib.import_module(f"services.{owner}.app").create_app
        features = importlib.import_module(f"services.{owner}.features")
        surroundings = importlib.import_module(f"services.{owner}.ledgers.service").SURROUNDINGS
        settings = settings_for(owner, found.service_url, files=str(files / owner))
        door = Door(create_app(settings, clock=clock, database=database))
        worker = SimpleNamespace(
            spec=features.SPEC,
            settings=settings,
            database=database,
            archive=Archive(FileStore.from_settings(settings, owner), database, door.kit.crypto, clock),
            crypto=door.kit.crypto,
            clock=clock,
            access_log=door.accesses,
            context_of=lambda session: plain_context(session, features.SPEC, clock, door.kit.crypto),
        )
        feature = sheet_feature(LedgerParts(PublishedLedgers, surroundings))
        assert feature.jobs is not None
        kinds = {kind.name: kind for kind in feature.jobs(worker)}
        arrivals = Arrivals(database, features.ROUTES, owner=owner, clock=clock, crypto=crypto)
        return cls(owner, database, door, kinds, arrivals)

    async def knows_the_county(self) -> None:
        """Its areas and working days."""
        if self.owner == "registry":
            async with self.database.session() as session:
                session.add_all(Area(**_columns(area)) for area in AREAS)
                await session.commit()
        else:
            await self.arrivals.take(*AREAS, *calendars())

    async def publish(self, definition: dict[str, Any], *, by: tuple[Principal, Principal] = (FIRST, SECOND)) -> None:
        """Drafted by one and published by another."""
        async with self.door.client(by[0]) as one, self.door.client(by[1]) as other:
            drafted = await one.post("/ledger-drafts", json={"definition": definition})
            assert drafted.status_code == 201, drafted.text
            seen = {"If-Match": drafted.headers["ETag"]}
            published = await other.post(f"/ledger-drafts/{definition['code']}/publish", headers=seen)
            assert published.status_code == 200, published.text

    async def work(self) -> None:
        """All the long work that waits."""
        while await run_one(self.database, self.kinds, stop=asyncio.Event()):
            pass

    async def imported(self, code: str, data: bytes, area: str, *, by: Principal = FIRST) -> dict[str, Any]:
        """A table checked and taken in, over HTTP and by the worker's long work."""
        path = f"/ledgers/{code}/imports"
        async with self.door.client(by) as one:
            file = (await one.post("/files", content=data)).json()["id"]
            begun = await one.post(path, json={"file": file, "area": area})
            assert begun.status_code == 201, begun.text
            at = f"{path}/{begun.json()['id']}"
            await self.work()
            committed = await one.post(f"{at}/commit")
            wrong = (await one.get(f"{at}/findings")).json()
            assert committed.status_code == 200, (committed.text, wrong)
            await self.work()
            found: dict[str, Any] = (await one.get(at)).json()
            return found

    async def facts(self) -> list[Fact[Any]]:
        """Everything that it announced, in order."""
        async with self.database.session() as session:
            rows = (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()
        return [FACTS[row.type, row.schema_version].model_validate_json(row.payload) for row in rows]

    async def states(self) -> list[State]:
        """What it announced of ledgers and records."""
        return [fact.state for fact in await self.facts() if fact.state.noun.endswith(("ledger", "record"))]


def definition_of(path: Path) -> dict[str, Any]:
    """A definition that ships, as JSON."""
    written = yaml.load(path.with_suffix(".yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    found: dict[str, Any] = json.loads(json.dumps(written, default=str))
    return found


def owner_of(path: Path) -> str:
    return path.parts[1]


def _columns(area: Any) -> dict[str, Any]:
    shown: dict[str, Any] = {"valid_to": None, "successors": [], "village_type": None, "books_opened_on": None}
    shown |= {name: value for name, value in dict(area).items() if name in Area.__table__.columns}
    return {**shown, "successors": list(shown["successors"] or ())}
