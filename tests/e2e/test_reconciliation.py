"""What a service holds of others' states is what their owners say, or it is found out, named and mended.

Registry and indicators on their databases, in the test's own process; what is on its way between them can be lost.
"""

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from types import SimpleNamespace

import pytest
import pytest_asyncio
from httpx import AsyncClient
from sqlalchemy import delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.features import FEATURES as INDICATORS_FEATURES
from services.indicators.features import SPEC as INDICATORS_SPEC
from services.registry.areas.domain import read_divisions
from services.registry.features import FEATURES as REGISTRY_FEATURES
from services.registry.features import SPEC
from services.registry.persons.models import Person
from services.registry.wiring import use_cases
from shared.contracts.catalogue import TOPICS
from shared.crypto.service import Crypto
from shared.feature import Feature, routes_of
from shared.ids import bucket_of, new_id
from shared.jobs.runner import run_one
from shared.messaging.bus.cloudevents import headers
from shared.messaging.bus.interface import Record
from shared.messaging.context import PlainContext
from shared.messaging.dead_letters.store import StoredRecord
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.projection.differences import StateDifference
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.states import ProjectedState
from shared.messaging.reading.processor import PartitionView
from shared.process import plain_context
from shared.reconciliation.history import incomplete
from shared.reconciliation.jobs import ANNOUNCE, announce_kind
from shared.reconciliation.repository import ReconciliationRepository
from shared.reconciliation.service import BETWEEN, EVERY, TRIES, Comparison
from shared.reconciliation.tables import Checksum, ChecksumQuestion, ComparisonDue
from shared.republish import KIND as REPUBLISH
from shared.republish import ask_republish, republish_kind
from shared.testing.apps import Tokens
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.plugin import AppClient, DatabaseOf
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, DIVISIONS, a_person

PERSON = "registry.person"
Lost = Callable[[OutboxMessage], bool]


def nothing(_: OutboxMessage) -> bool:
    return False


class Pair:
    """Registry and indicators, and the way between them: `carry` takes all news across but for what is lost."""

    def __init__(self, registry: ServiceDatabase, indicators: ServiceDatabase, clock: FrozenClock, crypto: Crypto):
        self.databases = {"registry": registry.database, "indicators": indicators.database}
        self.clock = clock
        self._crypto = crypto
        self._seen = {"registry": 0, "indicators": 0}
        self._offset = 0
        self._features: Mapping[str, Sequence[Feature]] = {
            "registry": REGISTRY_FEATURES,
            "indicators": INDICATORS_FEATURES,
        }
        self._processors = {name: self._processor(name) for name in self._features}

    def _processor(self, name: str) -> StateProcessor:
        projector = Projector(
            self.databases[name],
            routes_of(self._features[name]),
            owner=name,
            clock=self.clock,
            crypto=self._crypto,
            reader=name,
        )
        return StateProcessor(projector)

    async def carry(self, lost: Lost = nothing) -> None:
        """What both have announced reaches the other, until nobody announces anything more."""
        while any([await self._carry(name, lost) for name in self.databases]):
            pass

    async def _carry(self, name: str, lost: Lost) -> bool:
        async with self.databases[name].session() as session:
            news = select(OutboxMessage).where(OutboxMessage.id > self._seen[name]).order_by(OutboxMessage.id)
            rows = (await session.scalars(news)).all()
        if not rows:
            return False
        self._seen[name] = rows[-1].id
        await self.deliver([row for row in rows if not lost(row)])
        return True

    async def deliver(self, rows: Sequence[OutboxMessage]) -> None:
        """These announcements reach whoever follows their nouns."""
        for reader, processor in self._processors.items():
            wanted = [row for row in rows if TOPICS[row.noun].name in processor.nouns]
            if wanted:
                records = [self._record(row) for row in wanted]
                ends = {(record.topic, 0): record.offset + 1 for record in records}
                await processor.process(records, PartitionView(cluster_id="test", ends=ends))
                async with self.databases[reader].session() as session:
                    assert not (await session.execute(text("SELECT noun, code FROM dead_letters"))).all()

    def _record(self, row: OutboxMessage) -> Record:
        self._offset += 1
        attributes = headers(
            event_id=row.event_id,
            type_=row.type,
            schema_version=row.schema_version,
            subject=row.key,
            time=row.occurred_at,
            sequence=row.sequence,
            revision=row.revision,
            traceparent=None,
        )
        name = TOPICS[row.noun].name
        return StoredRecord(name, 0, self._offset, row.key.encode(), row.payload, attributes)

    async def duty(self, name: str, schedule: str) -> None:
        """A schedule's work, in transactions of its own until there is no more."""
        (found,) = [one for feature in self._features[name] for one in feature.schedules if one.name == schedule]
        more = True
        while more:
            async with self.databases[name].session() as session:
                more = await found.run(self.context(name, session)) is True
                await session.commit()

    async def compare(self) -> None:
        """Indicators compares as often as it does until it is sure."""
        for _ in range(TRIES):
            await self.duty("indicators", "comparisons")
            self.clock.advance(minutes=BETWEEN.total_seconds() / 60)

    async def announce(self) -> int:
        """Registry announces again what it was asked for; returns how many jobs there were."""
        database = self.databases["registry"]
        kind = announce_kind(
            SPEC, lambda session: self.context("registry", session), database=database, clock=self.clock, chunk=3
        )
        done = 0
        while await run_one(database, {ANNOUNCE: kind}, stop=asyncio.Event()):
            done += 1
        return done

    def context(self, name: str, session: AsyncSession) -> PlainContext:
        specs = {"registry": SPEC, "indicators": INDICATORS_SPEC}
        return plain_context(session, specs[name], self.clock, self._crypto)

    async def reconcile(self, lost: Lost = nothing) -> None:
        """A whole round: counted, compared, asked, announced again, compared again."""
        self.clock.advance(hours=1)
        await self.duty("registry", "checksums")
        await self.carry(lost)
        await self.compare()
        await self.carry(lost)
        await self.announce()
        await self.carry(lost)
        await self.compare()

    async def differences(self) -> list[tuple[str, str, str, int | None, int | None, bool]]:
        async with self.databases["indicators"].session() as session:
            rows = await session.scalars(select(StateDifference).order_by(StateDifference.number))
            return [(one.noun, one.aggregate, one.kind, one.held, one.told, one.mended_at is not None) for one in rows]

    async def held(self) -> dict[str, int]:
        async with self.databases["indicators"].session() as session:
            rows = await session.execute(
                select(ProjectedState.aggregate, ProjectedState.sequence).where(ProjectedState.noun == PERSON)
            )
            return {row.aggregate: row.sequence for row in rows}

    async def owned(self) -> dict[str, int]:
        async with self.databases["registry"].session() as session:
            return {str(row.id): row.version for row in await session.execute(select(Person.id, Person.version))}


@pytest_asyncio.fixture(loop_scope="session")
async def pair(committed_of: DatabaseOf, clock: FrozenClock, crypto: Crypto) -> Pair:
    return Pair(await committed_of("registry"), await committed_of("indicators"), clock, crypto)


@pytest_asyncio.fixture(loop_scope="session")
async def registry(app_client: AppClient, token_for: Tokens) -> AsyncClient:
    client = await app_client("registry")
    client.headers["Authorization"] = f"Bearer {token_for('county_registrar', COUNTY)}"
    return client


@pytest_asyncio.fixture(loop_scope="session")
async def people(pair: Pair, registry: AsyncClient) -> list[str]:
    """Nine residents, known on both sides."""
    async with pair.databases["registry"].session() as session:
        areas = use_cases(pair.context("registry", session)).areas
        await areas.take_over(read_divisions(DIVISIONS), books_opened_on=BOOKS_OPENED_ON)
        await session.commit()
    made = [await register(registry) for _ in range(9)]
    await pair.carry()
    assert await pair.held() == await pair.owned()
    return made


async def register(client: AsyncClient) -> str:
    answer = await client.post("/registry/v1/persons", json=a_person())
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def move_out(client: AsyncClient, id: str) -> None:
    answer = await client.post(f"/registry/v1/persons/{id}/move-out", json={"occurred_on": "2026-03-10"})
    assert answer.is_success, answer.text


def of(*ids: str) -> Lost:
    """First announcements of these persons are lost; what is announced again arrives."""
    return lambda row: row.noun == PERSON and row.key in ids and row.revision == 0


async def questions(pair: Pair) -> list[ChecksumQuestion]:
    async with pair.databases["indicators"].session() as session:
        return list(await session.scalars(select(ChecksumQuestion)))


async def test_what_agrees_is_asked_for_by_nobody(pair: Pair, people: list[str]) -> None:
    await pair.reconcile()
    assert await pair.differences() == []
    assert await questions(pair) == []
    async with pair.databases["indicators"].session() as session:
        assert (await session.scalars(select(ComparisonDue))).all() == []
    assert await pair.announce() == 0


async def test_what_was_lost_is_named_and_comes_again(pair: Pair, registry: AsyncClient, people: list[str]) -> None:
    new = await register(registry)
    for one in people[:2]:
        await move_out(registry, one)
    await pair.carry(of(people[0], new))
    assert await pair.held() != await pair.owned()
    await pair.reconcile()
    assert await pair.held() == await pair.owned()
    assert sorted(await pair.differences()) == sorted(
        [(PERSON, people[0], "behind", 1, 2, True), (PERSON, new, "missing", None, 1, True)]
    )
    (question,) = await questions(pair)
    assert question.buckets == sorted({bucket_of(people[0]), bucket_of(new)})
    assert question.answered_at is not None
    await pair.reconcile()
    assert [one.version for one in await questions(pair)] == [1], "nothing is left to ask for"


async def residents(pair: Pair) -> tuple[int, int]:
    """How many live in the county: by the register, and by the figure."""
    async with pair.databases["registry"].session() as session:
        registered = await session.scalar(text("SELECT count(*) FROM persons WHERE status = 'active'"))
    async with pair.databases["indicators"].session() as session:
        figure = text("SELECT sum(amount) FROM deltas WHERE area = :county AND measure = 'POP-RES' AND dimension = ''")
        counted = await session.scalar(figure, {"county": COUNTY})
    assert registered is not None
    return int(registered), int(counted or 0)


async def test_a_figure_that_missed_some_is_the_registers_again_and_who_was_missed_is_named(
    pair: Pair, registry: AsyncClient, people: list[str]
) -> None:
    """Nine of ten arrived, and two of these have left since: the figure is wrong until it is reconciled."""
    new = await register(registry)
    for one in people[:2]:
        await move_out(registry, one)
    await pair.carry(of(*people[:2], new))
    assert await residents(pair) == (8, 9)
    await pair.reconcile()
    assert await residents(pair) == (8, 8)
    assert {one for _, one, *_ in await pair.differences()} == {*people[:2], new}
    await pair.duty("indicators", "check_figures")
    async with pair.databases["indicators"].session() as session:
        assert not (await session.execute(text("SELECT area, measure FROM figure_differences"))).all()


async def test_only_the_buckets_that_differ_are_announced_again(
    pair: Pair, registry: AsyncClient, people: list[str]
) -> None:
    await move_out(registry, people[0])
    await pair.carry(of(people[0]))
    await pair.reconcile()
    async with pair.databases["registry"].session() as session:
        again = await session.scalars(
            select(OutboxMessage.key).where(OutboxMessage.noun == PERSON, OutboxMessage.revision > 0)
        )
        assert set(again) == {one for one in people if bucket_of(one) == bucket_of(people[0])}


async def test_what_its_owner_does_not_know_is_named_until_it_is_gone(pair: Pair, people: list[str]) -> None:
    stranger = next(one for one in iter(lambda: str(new_id()), "") if bucket_of(one) == bucket_of(people[0]))
    async with pair.databases["indicators"].session() as session:
        known = await session.scalar(select(ProjectedState).where(ProjectedState.aggregate == people[0]))
        assert known is not None
        copied = {column.name: getattr(known, column.name) for column in ProjectedState.__table__.columns}
        await session.execute(insert(ProjectedState).values(copied | {"aggregate": stranger, "sequence": 4}))
        await session.commit()
    await pair.reconcile()
    assert await pair.differences() == [(PERSON, stranger, "surplus", 4, None, False)]
    assert [one.version for one in await questions(pair)] == [1], "what does not come again is not asked for at once"
    await pair.reconcile()
    assert await pair.differences() == [(PERSON, stranger, "surplus", 4, None, False)], "named once"
    async with pair.databases["indicators"].session() as session:
        await session.execute(delete(ProjectedState).where(ProjectedState.aggregate == stranger))
        await session.commit()
    await pair.reconcile()
    assert await pair.differences() == [(PERSON, stranger, "surplus", 4, None, True)]


async def test_what_came_about_after_the_question_is_no_surplus(
    pair: Pair, registry: AsyncClient, people: list[str]
) -> None:
    """The owner may have passed by when it changed: it was announced then, in no run."""
    asked_at = pair.clock.advance(hours=1)
    pair.clock.advance(seconds=1)
    await move_out(registry, people[0])
    await pair.carry()
    async with pair.databases["indicators"].session() as session:
        now = pair.clock.advance(seconds=1)
        repository = ReconciliationRepository(session)
        await repository.note_surplus(PERSON, EVERY, run=9, before=asked_at, now=now)
        await session.commit()
    assert {one[1] for one in await pair.differences()} == set(people) - {people[0]}


async def test_who_lost_a_log_asks_for_all_of_it_and_is_whole_when_it_agrees(pair: Pair, people: list[str]) -> None:
    async with pair.databases["indicators"].session() as session:
        await session.execute(delete(ProjectedState).where(ProjectedState.noun == PERSON))
        await Comparison(pair.context("indicators", session), "indicators").ask_for_all([PERSON])
        await session.commit()
        assert await incomplete(session) == [PERSON]
    pair.clock.advance(minutes=1)
    await pair.carry()
    assert await pair.announce() == 1
    await pair.carry()
    assert await pair.held() == await pair.owned()
    async with pair.databases["indicators"].session() as session:
        assert await incomplete(session) == [PERSON], "it has come, and was not compared yet"
    await pair.compare()
    async with pair.databases["indicators"].session() as session:
        assert await incomplete(session) == []


async def test_a_checksum_of_before_the_question_does_not_answer_it(pair: Pair, people: list[str]) -> None:
    await pair.duty("registry", "checksums")
    await pair.carry()
    pair.clock.advance(minutes=1)
    async with pair.databases["indicators"].session() as session:
        await Comparison(pair.context("indicators", session), "indicators").ask_for_all([PERSON])
        await session.commit()
    await pair.compare()
    async with pair.databases["indicators"].session() as session:
        assert await incomplete(session) == [PERSON]


async def test_what_happens_after_the_count_is_not_taken_for_a_difference(
    pair: Pair, registry: AsyncClient, people: list[str]
) -> None:
    pair.clock.advance(hours=1)
    await pair.duty("registry", "checksums")
    pair.clock.advance(seconds=1)
    await move_out(registry, people[0])
    await pair.carry()
    await pair.compare()
    assert await questions(pair) == []


async def test_what_is_under_way_is_waited_for(pair: Pair, registry: AsyncClient, people: list[str]) -> None:
    await move_out(registry, people[0])
    kept_back: list[OutboxMessage] = []

    def delayed(row: OutboxMessage) -> bool:
        if row.noun == PERSON:
            kept_back.append(row)
        return row.noun == PERSON

    await pair.carry(delayed)
    pair.clock.advance(hours=1)
    await pair.duty("registry", "checksums")
    await pair.carry()
    await pair.duty("indicators", "comparisons")
    assert await questions(pair) == [], "it may still come"
    await pair.deliver(kept_back)
    await pair.compare()
    assert await questions(pair) == []
    assert await pair.differences() == []


async def test_what_is_announced_again_for_another_reason_names_nobody(
    pair: Pair, registry: AsyncClient, people: list[str]
) -> None:
    """After a lost broker an operator republishes: everything that was missing comes late, and is no finding."""
    new = await register(registry)
    await pair.carry(of(new))
    database = pair.databases["registry"]
    async with database.session() as session:
        await ask_republish(session, SPEC, [PERSON], requested_by="operator")
        await session.commit()
    kind = republish_kind(SPEC, database=database, clock=pair.clock)
    assert await run_one(database, {REPUBLISH: kind}, stop=asyncio.Event())
    await pair.carry()
    assert await pair.held() == await pair.owned()
    assert await pair.differences() == []


async def test_restricted_ones_are_mended_and_told_to_no_operator(
    pair: Pair, registry: AsyncClient, people: list[str], app_client: AppClient, token_for: Tokens
) -> None:
    noun = "registry.restricted_tag"
    body = {"code": "drug_user", "started_on": "2026-03-01"}
    answer = await registry.post(f"/registry/v1/persons/{people[0]}/restricted-tags", json=body)
    assert answer.status_code == 201, answer.text
    await pair.carry(lambda row: row.noun == noun and row.revision == 0)
    new = await register(registry)
    await pair.carry(of(new))
    await pair.reconcile()
    assert {one[0] for one in await pair.differences()} == {noun, PERSON}
    client = await app_client("indicators")
    path = "/indicators/v1/state-differences"
    for role in ("operator", "auditor"):
        client.headers["Authorization"] = f"Bearer {token_for(role, COUNTY)}"
        told = (await client.get(path)).json()["items"]
        assert [(one["noun"], one["aggregate"], one["kind"]) for one in told] == [(PERSON, new, "missing")]
        assert (await client.get(path, params={"noun": noun})).json()["items"] == []
        assert (await client.get(path, params={"standing": "true"})).json()["items"] == []


async def test_an_operator_counts_now(pair: Pair, people: list[str], registry: AsyncClient, token_for: Tokens) -> None:
    registry.headers["Authorization"] = f"Bearer {token_for('operator', COUNTY)}"
    answer = await registry.post("/registry/v1/checksums")
    assert answer.status_code == 202, answer.text
    async with pair.databases["registry"].session() as session:
        said = {one.noun: sum(one.counts) for one in await session.scalars(select(Checksum))}
    assert answer.json() == {"nouns": len(said)}
    assert said[PERSON] == len(people)
    assert not {noun for noun in said if "checksum" in noun}


@pytest.mark.parametrize("service", ["registry", "services_hall", "grid", "indicators"])
def test_the_worker_of_every_service_announces_again_what_it_is_asked_for(service: str) -> None:
    features: Sequence[Feature] = importlib.import_module(f"services.{service}.features").FEATURES
    worker = SimpleNamespace(spec=SPEC, context_of=None, database=None, clock=None)
    (found,) = [one for one in features if one.tag == "reconciliation"]
    assert found.jobs is not None
    assert [kind.name for kind in found.jobs(worker)] == [ANNOUNCE]
    assert {schedule.name for schedule in found.schedules} == {"checksums", "comparisons"}
