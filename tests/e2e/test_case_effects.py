"""A granted residence registration changes the register, a refused one shows its reason, whoever is killed meanwhile.

The hall and registry on their databases, in the test's own process; their consumers are killed before their commits.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest_asyncio
from httpx import AsyncClient
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.domain import read_divisions
from services.registry.features import ROUTES as REGISTRY_ROUTES
from services.registry.features import SPEC as REGISTRY
from services.registry.wiring import use_cases
from services.services_hall.features import ROUTES as HALL_ROUTES
from services.services_hall.features import SPEC as HALL
from shared.contracts.catalogue import TOPICS
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.bus.cloudevents import headers
from shared.messaging.bus.interface import Record
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.reading.processor import PartitionView
from shared.process import plain_context
from shared.testing.apps import Tokens
from shared.testing.clock import FrozenClock
from shared.testing.plugin import AppClient, DatabaseOf
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS, SISTER, VILLAGE, a_person

PERSONS, CASES = "/registry/v1/persons", "/services-hall/v1/cases"


class Killed(BaseException):
    """A process ends here."""


class Mortal:
    """A database whose user is killed once, right before a commit."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def __getattr__(self, name: str) -> Any:
        return getattr(self._database, name)

    @asynccontextmanager
    async def session(self, *args: Any, **options: Any) -> AsyncIterator[AsyncSession]:
        async with self._database.session(*args, **options) as session:

            async def commit() -> None:
                await session.flush()
                raise Killed

            session.commit = commit  # type: ignore[method-assign]
            yield session


class Pair:
    """The hall and registry, and the bus between them, which delivers at least once."""

    def __init__(self, databases: dict[str, Database], clock: FrozenClock, crypto: Crypto) -> None:
        self.databases = databases
        self._clock = clock
        self._crypto = crypto
        self._routes = {"registry": REGISTRY_ROUTES, "services_hall": HALL_ROUTES}
        self._seen = dict.fromkeys(databases, 0)
        self._offset = 0

    def processor(self, name: str, *, mortal: bool = False) -> StateProcessor:
        """A consumer that has just been started."""
        database: Any = Mortal(self.databases[name]) if mortal else self.databases[name]
        return StateProcessor(
            Projector(database, self._routes[name], owner=name, clock=self._clock, crypto=self._crypto, reader=name)
        )

    async def carry(self, *, kill: bool = False) -> int:
        """All news reaches its readers, twice. `kill`: each reader dies once before its commit. How many died."""
        died = 0
        while rows := [row for name in self.databases for row in await self._news(name)]:
            for reader in self.databases:
                wanted = self.processor(reader).nouns
                records = [self._record(row) for row in rows if TOPICS[row.noun].name in wanted]
                if not records:
                    continue
                view = PartitionView(cluster_id="test", ends={(one.topic, 0): one.offset + 1 for one in records})
                if kill:
                    before = await self._counts(reader)
                    try:
                        await self.processor(reader, mortal=True).process(records, view)
                    except Killed:
                        died += 1
                    assert await self._counts(reader) == before, "nothing of it stays"
                for _ in range(2):
                    await self.processor(reader).process(records, view)
                async with self.databases[reader].session() as session:
                    assert not (await session.execute(text("SELECT noun, code FROM dead_letters"))).all()
        return died

    async def _counts(self, name: str) -> int:
        async with self.databases[name].session() as session:
            return int(await session.scalar(text("SELECT coalesce(max(id), 0) FROM outbox")) or 0)

    async def _news(self, name: str) -> Sequence[OutboxMessage]:
        async with self.databases[name].session() as session:
            news = select(OutboxMessage).where(OutboxMessage.id > self._seen[name]).order_by(OutboxMessage.id)
            rows = (await session.scalars(news)).all()
        if rows:
            self._seen[name] = rows[-1].id
        return rows

    def _record(self, row: OutboxMessage) -> Record:
        self._offset += 1
        attributes = headers(
            event_id=row.event_id, type_=row.type, schema_version=row.schema_version, subject=row.key,
            time=row.occurred_at, sequence=row.sequence, revision=row.revision, traceparent=None,
        )  # fmt: skip
        return StoredRecord(TOPICS[row.noun].name, 0, self._offset, row.key.encode(), row.payload, attributes)


class County:
    """Clerks of both services, and the pair."""

    def __init__(self, pair: Pair, registry: AsyncClient, hall: AsyncClient, item: str) -> None:
        self.pair, self.registry, self.hall, self.item = pair, registry, hall, item

    async def do(self, client: AsyncClient, path: str, body: Any = None, **more: Any) -> Any:
        answer = await client.post(path, json=body, **more)
        assert answer.is_success, f"{path}: {answer.text}"
        return answer.json()

    async def granted(self, person: str) -> str:
        """A case of somebody, granted; returns its id."""
        sealed = {"audience": "services_hall", "purpose": "case_handling", "place": VILLAGE}
        extract = (await self.do(self.registry, f"{PERSONS}/{person}/extracts", sealed))["extract"]
        case = await self.do(self.hall, CASES, {"item_id": self.item, "area": VILLAGE, "extract": extract})
        path = f"{CASES}/{case['id']}"
        for verb, body in (("receive", None), ("accept", None), ("decide", {"granted": True})):
            await self.do(self.hall, f"{path}/{verb}", body)
        return str(case["id"])

    async def effect(self, case: str) -> Any:
        return (await self.hall.get(f"{CASES}/{case}")).json()["effect"]

    async def homes(self, person: str) -> list[tuple[str, str | None]]:
        return [
            (one["area"], one["end"]) for one in (await self.registry.get(f"{PERSONS}/{person}")).json()["residence"]
        ]

    async def events(self, person: str) -> list[Any]:
        return list((await self.registry.get(f"{PERSONS}/{person}/life-events")).json()["items"])


@pytest_asyncio.fixture(loop_scope="session")
async def both(
    committed_of: DatabaseOf, app_client: AppClient, token_for: Tokens, clock: FrozenClock, crypto: Crypto
) -> County:
    databases = {name: (await committed_of(name)).database for name in ("registry", "services_hall")}
    pair = Pair(databases, clock, crypto)
    async with databases["registry"].session() as session:
        cases = use_cases(plain_context(session, REGISTRY, clock, crypto))
        await cases.areas.take_over(read_divisions(DIVISIONS), books_opened_on=BOOKS_OPENED_ON)
        await cases.calendar.seed()
        await session.commit()
    registry, hall = await app_client("registry"), await app_client(HALL.name)
    registry.headers["Authorization"] = f"Bearer {token_for('county_registrar', COUNTY)}"
    hall.headers["Authorization"] = f"Bearer {token_for('county_officer', COUNTY)}"
    draft = {"code": "RESIDENCE", "department": "public_security", "category": "certificates"}
    made = await hall.post("/services-hall/v1/items", json=draft)
    assert made.status_code == 201, made.text
    version = {
        "name": "居住登记", "handling_mode": "at_once", "statutory_days": 5, "promised_days": 0, "levels": [12],
        "effect": {"kind": "residence_registration"},
    }  # fmt: skip
    county = County(pair, registry, hall, str(made.json()["id"]))
    path = f"/services-hall/v1/items/{county.item}"
    drafted = await hall.post(f"{path}/draft", json=version)
    second = token_for("county_officer", COUNTY, subject="second-officer")
    seen = {"If-Match": drafted.headers["etag"], "Authorization": f"Bearer {second}"}
    await county.do(hall, f"{path}/publish", None, headers=seen)
    return county


async def test_a_granted_registration_changes_the_register_once_though_both_consumers_are_killed(both: County) -> None:
    person = (await both.do(both.registry, PERSONS, a_person()))["id"]
    await both.do(both.registry, f"{PERSONS}/{person}/move-out", {"occurred_on": "2026-02-10"})
    await both.pair.carry()
    case = await both.granted(person)
    assert (await both.effect(case))["status"] == "asked"
    assert await both.pair.carry(kill=True) >= 2, "registry before it had applied, the hall before it had noted"
    assert (await both.effect(case))["status"] == "applied"
    assert await both.homes(person) == [(VILLAGE, "2026-02-10"), (VILLAGE, None)]
    assert [one["kind"] for one in await both.events(person)] == ["enrolled", "move_out", "move_in"]
    steps = (await both.hall.get(f"{CASES}/{case}")).json()["steps"]
    assert [one["step"] for one in steps].count("effect_answered") == 1


async def test_a_refused_one_shows_its_reason_is_mended_asked_for_again_and_taken_back(both: County) -> None:
    elsewhere = {"residence": {"area": SISTER}, "registration": {"area": SISTER}}
    person = (await both.do(both.registry, PERSONS, a_person(**elsewhere)))["id"]
    await both.pair.carry()
    case = await both.granted(person)
    assert await both.pair.carry(kill=True) >= 2
    effect = await both.effect(case)
    assert (effect["code"], effect["reason"]) == ("book_of_another_place", "该人员的居住或户籍登记在其他村（社区）")
    await both.do(both.registry, f"{PERSONS}/{person}/move-out", {"occurred_on": "2026-03-01", "books": ["residence"]})
    await both.do(both.hall, f"{CASES}/{case}/ask-effect")
    await both.pair.carry(kill=True)
    assert (await both.effect(case))["status"] == "applied"
    assert (await both.homes(person))[-1] == (VILLAGE, None)
    event = (await both.events(person))[-1]["id"]
    await both.do(both.registry, f"{PERSONS}/{person}/life-events/{event}/reverse", {"reason": "not_happened"})
    await both.pair.carry(kill=True)
    assert (await both.effect(case))["reason"] == "底册已撤销该登记"
    seen = (await both.hall.get(f"{CASES}/{case}")).headers["etag"]
    body, held = {"reason": "wrong_entry"}, {"If-Match": seen}
    assert (await both.do(both.hall, f"{CASES}/{case}/undo", body, headers=held))["status"] == "accepted"
