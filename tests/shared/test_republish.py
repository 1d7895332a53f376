"""Everything a service holds can be said again, without an old version ever overtaking a new one."""

import asyncio
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import delete, insert, select, text, update

from services.registry.areas.models import Area
from services.registry.features import SPEC
from shared.contracts.registry.areas import AreaRenamed, AreaRestated, AreaState
from shared.db.engine import Database
from shared.jobs import queue
from shared.jobs.queue import Job, JobAlreadyOpen
from shared.jobs.runner import run_jobs, run_one
from shared.jobs.tables import JobStatus
from shared.messaging.outbox.backlog import backlog
from shared.messaging.outbox.tables import OutboxMessage
from shared.messaging.outbox.writer import Outbox, outbox_row
from shared.republish import KIND, UnknownNoun, ask_republish, counts_of, republish_kind
from shared.testing.apps import Tokens
from shared.testing.clock import FrozenClock
from shared.testing.plugin import AppClient, DatabaseOf
from tests.shared.facts import an_area
from tests.shared.relaying import a_bus, a_relay, on_the_bus, running, until

AREA = "registry.area"


@pytest_asyncio.fixture(loop_scope="session")
async def registry(committed_of: DatabaseOf) -> Database:
    return (await committed_of("registry")).database


@pytest_asyncio.fixture(loop_scope="session")
async def villages(registry: Database) -> list[str]:
    """Thirty areas, each in a version of its own."""
    codes = [f"4504811002{number:02}" for number in range(30)]
    columns = {"name": "某村", "level": 12, "kind": "villagers_committee", "parent": "450481100", "successors": []}
    since = date(2020, 1, 1)
    rows = [{**columns, "code": code, "valid_from": since, "version": n + 1} for n, code in enumerate(codes)]
    async with registry.session() as session:
        await session.execute(delete(Area))
        await session.execute(insert(Area), rows)
        await session.commit()
    return codes


async def asked(database: Database, *nouns: str) -> Job:
    async with database.session() as session:
        job = await ask_republish(session, SPEC, nouns, requested_by="test")
        await session.commit()
    return job


async def worked(database: Database, clock: FrozenClock, **options: Any) -> None:
    kind = republish_kind(SPEC, database=database, clock=clock, **options)
    assert await run_one(database, {KIND: kind}, stop=asyncio.Event())


async def rows(database: Database) -> Sequence[OutboxMessage]:
    async with database.session() as session:
        return (await session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))).all()


async def found(database: Database, job: Job) -> Job:
    async with database.session() as session:
        return await queue.find(session, job.id)


async def test_every_state_is_said_again_in_its_version_with_the_run_as_revision(
    registry: Database, villages: list[str], clock: FrozenClock
) -> None:
    job = await asked(registry, AREA)
    assert counts_of(job) == {AREA: 30}
    await worked(registry, clock, chunk=7)
    said = await rows(registry)
    assert [row.key for row in said] == villages
    assert [row.sequence for row in said] == list(range(1, 31))
    assert {(row.type, row.revision) for row in said} == {("registry.area.restated", job.number)}
    after = await found(registry, job)
    assert (after.status, after.done, after.total, after.counts) == (JobStatus.DONE, 30, 30, {AREA: 30})


async def test_without_a_noun_all_of_the_service_are_said(
    registry: Database, villages: list[str], clock: FrozenClock
) -> None:
    job = await asked(registry)
    assert set(counts_of(job)) == set(SPEC.restate)
    await worked(registry, clock)
    assert {row.key for row in await rows(registry) if row.noun == AREA} == set(villages)
    assert (await found(registry, job)).status is JobStatus.DONE


async def test_a_later_run_has_a_higher_revision(registry: Database, villages: list[str], clock: FrozenClock) -> None:
    revisions = []
    for _ in range(2):
        revisions.append((await asked(registry, AREA)).number)
        await worked(registry, clock)
    assert revisions[0] < revisions[1]
    assert len({row.event_id for row in await rows(registry)}) == 60


async def test_one_run_at_a_time(registry: Database) -> None:
    await asked(registry, AREA)
    with pytest.raises(JobAlreadyOpen):
        await asked(registry)


async def test_a_noun_of_somebody_else_is_refused(registry: Database) -> None:
    with pytest.raises(UnknownNoun) as refused:
        await asked(registry, AREA, "grid.grid")
    assert [one.path for one in refused.value.errors] == ["nouns.1"]


async def test_a_newer_version_is_never_followed_by_an_older_one(
    registry: Database, villages: list[str], clock: FrozenClock
) -> None:
    """A change is under way while the run comes by: it waits for the row and says what stands there then."""
    await asked(registry, AREA)
    async with registry.session() as changing:
        changed = update(Area).where(Area.code == villages[3]).values(version=100, name="新名").returning(Area)
        area = (await changing.scalars(changed)).one()
        Outbox(changing, owner="registry", clock=clock).add(AreaRenamed(state=AreaState.model_validate(area)))
        await changing.flush()
        run = asyncio.create_task(worked(registry, clock, chunk=10))
        await asyncio.sleep(0.3)
        assert not run.done()
        await changing.commit()
        await run
    said = [(row.type, row.sequence) for row in await rows(registry) if row.key == villages[3]]
    assert said == [("registry.area.renamed", 100), ("registry.area.restated", 100)]


async def test_a_run_that_is_interrupted_goes_on_where_it_was(
    registry: Database, villages: list[str], clock: FrozenClock
) -> None:
    job = await asked(registry, AREA)
    for _ in range(6):
        stop = asyncio.Event()
        kind = republish_kind(SPEC, database=registry, clock=clock, chunk=5, most=0)
        running_ = asyncio.create_task(run_jobs(registry, [kind], stop=stop, poll=0.05, grace=1))

        async def waits_for_the_relay() -> bool:
            async with registry.session() as session:
                return await backlog(session) > 0

        await until(waits_for_the_relay)
        stop.set()
        await running_
        async with registry.session() as session:
            await session.execute(text("UPDATE outbox SET published_at = now(), broker = 'test'"))
            await session.commit()
    await worked(registry, clock, chunk=5)
    assert [row.key for row in await rows(registry)] == villages
    assert (await found(registry, job)).done == 30


async def test_a_run_pauses_while_too_much_waits(registry: Database, villages: list[str], clock: FrozenClock) -> None:
    await asked(registry, AREA)
    run = asyncio.create_task(worked(registry, clock, chunk=5, most=9))
    await asyncio.sleep(1)
    assert len(await rows(registry)) == 10, "more than nine wait"
    assert not run.done()
    bus = a_bus()
    async with running(a_relay(registry, bus)):
        await run

        async def arrived() -> bool:
            return len(on_the_bus(bus, AREA)) == 30

        await until(arrived)


async def test_the_backlog_is_counted_no_further_than_needed(registry: Database, clock: FrozenClock) -> None:
    values = [outbox_row(AreaRestated(state=an_area(version=n)), owner="registry", clock=clock) for n in range(1, 51)]
    async with registry.session() as session:
        await session.execute(insert(OutboxMessage), values)
        assert await backlog(session) == 50
        assert await backlog(session, most=20) == 21
        await session.execute(text("UPDATE outbox SET published_at = now(), broker = 'test'"))
        assert await backlog(session) == 0


async def test_an_operator_starts_a_run_over_http(
    app_client: AppClient, registry: Database, villages: list[str], token_for: Tokens, clock: FrozenClock
) -> None:
    client = await app_client("registry")
    headers = {"Authorization": f"Bearer {token_for('operator', '450481')}", "Idempotency-Key": "run-1"}
    answer = await client.post("/registry/v1/republish", json={"nouns": [AREA]}, headers=headers)
    assert answer.status_code == 202, answer.text
    run = answer.json()
    assert (run["count"], run["nouns"]) == (30, {AREA: 30})
    again = await client.post("/registry/v1/republish", json={"nouns": [AREA]}, headers=headers)
    assert again.content == answer.content
    other = await client.post("/registry/v1/republish", json={}, headers={"Authorization": headers["Authorization"]})
    assert (other.status_code, other.json()["code"]) == (409, "job_already_open")
    await worked(registry, clock)
    job = (await client.get(f"/registry/v1/jobs/{run['job']}", headers=headers)).json()
    assert (job["status"], job["done"], job["total"], job["number"]) == ("done", 30, 30, run["run"])
    assert {row.revision for row in await rows(registry)} == {run["run"]}


async def test_a_run_can_be_cancelled_over_http(
    app_client: AppClient, registry: Database, villages: list[str], token_for: Tokens
) -> None:
    client = await app_client("registry")
    headers = {"Authorization": f"Bearer {token_for('operator', '450481')}"}
    run = (await client.post("/registry/v1/republish", json={}, headers=headers)).json()
    cancelled = await client.post(f"/registry/v1/jobs/{run['job']}/cancel", headers=headers)
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")


async def test_who_is_no_operator_may_not(app_client: AppClient, registry: Database, token_for: Tokens) -> None:
    client = await app_client("registry")
    headers = {"Authorization": f"Bearer {token_for('village_clerk', '450481100201')}"}
    assert (await client.post("/registry/v1/republish", json={}, headers=headers)).status_code == 403
