"""Rotation of keys: every column of bytes says what it is, a killed job goes on, nothing else of a row may change."""

import asyncio
import importlib
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import ARRAY, LargeBinary, insert, select, text
from sqlalchemy.exc import DBAPIError

from shared.crypto.service import BlindKey, Crypto
from shared.db.engine import Database
from shared.db.sealing import NAMES, BlindAs, blind_columns, declared, sealed_columns, tables_with
from shared.diagnostics import Diagnostics
from shared.doctor.findings import Level
from shared.doctor.keys import missing_keys
from shared.feature import indexes_of
from shared.files.tables import FileRow
from shared.http.app import readiness, reasons
from shared.ids import new_id
from shared.imports.tables import ImportRow
from shared.imports.titles import open_titles, sealed_titles
from shared.jobs.queue import Job, JobAlreadyOpen
from shared.jobs.runner import run_one
from shared.jobs.tables import JobStatus
from shared.ledgers.accounts.models import LedgerClosing, LedgerPosting
from shared.ledgers.accounts.service.closing import REASON
from shared.ledgers.accounts.service.moving import REMARK
from shared.ledgers.records.models import LedgerKey, LedgerRecord
from shared.messaging.dead_letters.store import DeadLetter, NewDeadLetter, StoredRecord, opened, store_dead_letters
from shared.migration.kit_schema import KIT
from shared.observability import metrics
from shared.rotation import job as rotation_job
from shared.rotation.indexes import missing
from shared.rotation.job import ask_rotation, last_rotation, rotation_kind
from shared.rotation.leftovers import digest_sweep
from shared.rotation.standing import Standing
from shared.rotation.tables import HeldKey, Ring
from shared.rotation.watch import KeyWatch, given_up
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase, existing_services, spec_of
from shared.testing.plugin import DatabaseOf
from tests.shared.http_service import build, client
from tests.shared.http_world import things_world
from tests.shared.keys import keys
from tests.shared.rotating_child import NOTHING, crypto_of, rotation_of
from tests.shared.working import cancel, finished, look, running, until

EVERY = pytest.mark.parametrize("service", existing_services())
OLD, NEW = "old1", "new1"


@pytest.fixture
async def kit(committed_of: DatabaseOf) -> ServiceDatabase:
    """The kit's tables, true commits."""
    return await committed_of("kit")


def features_of(service: str) -> Sequence[Any]:
    found: Sequence[Any] = importlib.import_module(f"services.{service}.features").FEATURES
    return found


@EVERY
def test_every_column_of_bytes_says_what_it_is(service: str) -> None:
    for table in (table for target in (KIT, spec_of(service).metadata) for table in target.tables.values()):
        for column in table.columns:
            kind = column.type.item_type if isinstance(column.type, ARRAY) else column.type
            assert not isinstance(kind, LargeBinary) or column.name in declared(table), (
                f"{table.name}.{column.name}: say sealed(…), blind(…), blind_for_a_while(…) or unkeyed(…) in its model"
            )


@EVERY
def test_every_digest_that_something_is_found_by_is_made_again(service: str) -> None:
    targets = (KIT, spec_of(service).metadata)
    remade = {table for index in indexes_of(features_of(service)) for table in index.tables}
    assert remade == {table.name for table in tables_with(blind_columns, targets)}
    assert len({index.name for index in indexes_of(features_of(service))}) == len(indexes_of(features_of(service)))


@EVERY
def test_owners_and_keys_of_declared_columns_are_columns(service: str) -> None:
    for table in (table for target in (KIT, spec_of(service).metadata) for table in target.tables.values()):
        names = set(table.columns.keys())
        for sealed in sealed_columns(table).values():
            assert {*sealed.owners, *([sealed.only] if sealed.only else [])} <= names, table.name
            assert sealed.field in NAMES
        for found in blind_columns(table).values():
            assert {*found.owner, found.key} <= names, table.name
        for how in declared(table).values():
            assert not isinstance(how, BlindAs) or how.owner or how.why, f"{table.name}: why is it not made again?"


def a_file(crypto: Crypto, name: str = "张三的申请") -> dict[str, Any]:
    file = new_id()
    return {
        "id": file,
        "name": crypto.seal(name, field="files.name", owner=file),
        "uploaded_by": "clerk",
        "uploaded_at": FrozenClock().now(),
    }


async def add(database: Database, table: Any, *rows: dict[str, Any]) -> None:
    async with database.session() as session:
        await session.execute(insert(table), list(rows))
        await session.commit()


async def left(database: Database, crypto: Crypto) -> tuple[int, int]:
    """Rows and digests that need another key than the active ones."""
    async with database.session() as session:
        standing = Standing(session, (KIT,))
        return (
            await standing.rows_not_under(crypto.field_keys[0]),
            await standing.lost_without(crypto.index_keys[:1]),
        )


async def asked(database: Database, crypto: Crypto) -> Job:
    async with database.session() as session:
        job = await ask_rotation(session, crypto, requested_by="operator-1")
        await session.commit()
    return job


async def rotated(database: Database, crypto: Crypto, **more: Any) -> Job:
    job = await asked(database, crypto)
    async with running(database, rotation_kind(rotation_of(crypto), between=0.01, **more)):
        return await finished(database, job)


async def test_what_the_kit_keeps_sealed_is_sealed_anew_and_opens(kit: ServiceDatabase, clock: FrozenClock) -> None:
    """Through the product's own names: postings, closings, dead letters, imports."""
    old, both, new = crypto_of(OLD), crypto_of(NEW, OLD), crypto_of(NEW)
    posting, closing, imported = new_id(), new_id(), new_id()
    common = {"ledger": "funds", "posted_at": clock.now(), "day": clock.now().date(), "kind": "donation"}
    remark = old.seal("摘要", field=REMARK, owner=posting)
    await add(
        kit.database,
        LedgerPosting,
        {**common, "id": posting, "ledger_version": 1, "crosses": False, "restricted_topic": False}
        | {"remark": remark, "posted_by": "clerk"},
    )
    await add(
        kit.database,
        LedgerClosing,
        {"id": closing, "version": 1, "ledger": "funds", "area": "450481", "month": "2026-02", "closed_by": "clerk"}
        | {"closed_at": clock.now(), "reopened_by": "officer", "reopened_at": clock.now()}
        | {"reason": old.seal("需补记", field=REASON, owner=closing)},
    )
    titles = {"A": "姓名", "B": "张三"}
    await add(
        kit.database,
        ImportRow,
        {"id": imported, "version": 1, "target": "ledger:funds", "file": new_id(), "area": "450481"}
        | {"status": "checked", "errors": [], "counts": {}, "skipped": [], "requested_by": "clerk", "grants": []}
        | {"job": new_id(), "created_at": clock.now(), "unknown_columns": sealed_titles(old, imported, titles)},
    )
    record = StoredRecord("county.inbound.requests", 0, 1, b"k", b"\x01\x04old1 as it came", ())
    raw = await kit.database.connect_raw(purpose="test")
    for crypto in (None, old):
        await store_dead_letters(raw, "grid", [NewDeadLetter(record, "bad")], clock.now(), crypto=crypto)
    await raw.close()

    done = await rotated(kit.database, both)
    assert done.status is JobStatus.DONE
    assert await left(kit.database, new) == (0, 0)
    async with kit.database.session() as session:
        line = await session.get_one(LedgerPosting, posting)
        month = await session.get_one(LedgerClosing, closing)
        row = await session.get_one(ImportRow, imported)
        letters = (await session.scalars(select(DeadLetter).order_by(DeadLetter.number))).all()
    assert line.remark is not None
    assert month.reason is not None
    assert new.open(line.remark, field=REMARK, owner=posting) == "摘要"
    assert new.open(month.reason, field=REASON, owner=closing) == "需补记"
    assert open_titles(new, imported, row.unknown_columns) == titles
    assert [opened(letter, new).value for letter in letters] == [record.value] * 2
    assert letters[0].record_value == record.value, "what is not sealed stays as it came"


async def test_a_row_that_may_not_change_is_sealed_anew_and_nothing_else(
    kit: ServiceDatabase, clock: FrozenClock
) -> None:
    old, new, line = crypto_of(OLD), crypto_of(NEW, OLD), new_id()
    remark = old.seal("摘要", field=REMARK, owner=line)
    row = {"id": line, "ledger": "funds", "ledger_version": 1, "kind": "donation", "day": clock.now().date()}
    more = {"crosses": False, "restricted_topic": False, "posted_by": "clerk", "posted_at": clock.now()}
    await add(kit.database, LedgerPosting, {**row, **more, "remark": remark})

    async def change(column: str, value: object) -> None:
        async with kit.database.session() as session:
            await session.execute(text(f"UPDATE ledger_postings SET {column} = :value"), {"value": value})
            await session.commit()

    refused = (
        ("kind", "relief"),
        ("remark", remark),
        ("remark", old.seal("别的", field=REMARK, owner=line)),
        ("remark", new.seal("长得多的摘要", field=REMARK, owner=line)),
    )
    for column, value in refused:
        with pytest.raises(DBAPIError, match="InsufficientPrivilege"):
            await change(column, value)
    await change("remark", new.sealed_anew(remark, field=REMARK, owner=line))
    for nothing in (b"", None):
        await change("remark", nothing)  # erased
        with pytest.raises(DBAPIError, match="InsufficientPrivilege"):
            await change("remark", remark)


async def test_a_killed_rotation_goes_on_where_it_was(kit: ServiceDatabase) -> None:
    old, both = crypto_of(OLD), crypto_of(NEW, OLD)
    await add(kit.database, FileRow, *(a_file(old) for _ in range(30)))
    job = await asked(kit.database, both)
    child = subprocess.Popen([sys.executable, "-m", "tests.shared.rotating_child", kit.service_url, "3", NEW, OLD])
    try:

        async def nine_are_done() -> bool:
            return await left(kit.database, both) == (21, 0)

        await until(nine_are_done, 120)
    finally:
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
    before = await look(kit.database, job)
    assert before.status is JobStatus.RUNNING
    assert before.cursor is not None
    assert before.cursor["place"] == "table files"
    async with running(kit.database, rotation_kind(rotation_of(both), batch=3, between=0.01)):
        done = await finished(kit.database, job)
    assert (done.status, done.done, done.total) == (JobStatus.DONE, 30, 30)
    assert done.counts["files"] == 30, "each once"
    assert await left(kit.database, both) == (0, 0)


async def test_a_row_that_somebody_holds_is_left_for_the_next_pass(kit: ServiceDatabase) -> None:
    old, both = crypto_of(OLD), crypto_of(NEW, OLD)
    held, free = a_file(old), a_file(old)
    await add(kit.database, FileRow, held, free)
    async with kit.database.session() as holder:
        await holder.execute(select(FileRow.id).where(FileRow.id == held["id"]).with_for_update())
        job = await asked(kit.database, both)
        async with running(kit.database, rotation_kind(rotation_of(both), between=0.01)):

            async def another_pass() -> bool:
                return bool(((await look(kit.database, job)).cursor or {}).get("again"))

            await until(another_pass)
            assert await left(kit.database, both) == (1, 0)
            await holder.rollback()
            assert (await finished(kit.database, job)).status is JobStatus.DONE
    assert await left(kit.database, both) == (0, 0)
    assert metrics.KEYS_LEFT.labels("field")._value.get() == 0


async def test_a_worker_with_other_keys_leaves_the_rotation_to_those_that_have_them(kit: ServiceDatabase) -> None:
    old, both = crypto_of(OLD), crypto_of(NEW, OLD)
    await add(kit.database, FileRow, a_file(old))
    job = await asked(kit.database, both)
    with pytest.raises(JobAlreadyOpen):
        await asked(kit.database, old)
    former = rotation_kind(rotation_of(old))
    assert not await run_one(kit.database, {former.name: former}, stop=asyncio.Event())
    assert (await look(kit.database, job)).status is JobStatus.QUEUED
    async with kit.database.session() as session:
        assert await last_rotation(session, old) is None
        assert (await last_rotation(session, both) or job).id == job.id


async def test_what_cannot_be_opened_stays_as_it_is_and_keeps_nothing_else_from_being_sealed_anew(
    kit: ServiceDatabase,
) -> None:
    both = crypto_of(NEW, OLD)
    lost, others = a_file(crypto_of("gone")), [a_file(crypto_of(OLD)) for _ in range(3)]
    await add(kit.database, FileRow, lost, *others)
    done = await rotated(kit.database, both, batch=2)
    assert (done.status, done.error_code) == (JobStatus.FAILED, "cannot_be_opened")
    assert done.counts["files"] == 3
    assert await left(kit.database, both) == (1, 0)
    async with kit.database.session() as session:
        assert bytes((await session.get_one(FileRow, lost["id"])).name or b"") == lost["name"]


async def test_a_rotation_that_gets_nowhere_ends(
    kit: ServiceDatabase, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Digests that nobody can make again: they would be looked through once a second for ever."""
    monkeypatch.setattr(rotation_job, "LONGEST", 0.01)
    await a_record_with_digests(kit.database, clock, OLD)
    done = await rotated(kit.database, crypto_of(NEW, OLD))
    assert (done.status, done.error_code) == (JobStatus.FAILED, "keys_still_needed")


async def test_a_killed_rotation_to_keys_that_nobody_has_any_more_can_be_cancelled(kit: ServiceDatabase) -> None:
    """Whoever goes back to the keys of before must be able to begin anew."""
    both, back = crypto_of(NEW, OLD), crypto_of(OLD, NEW)
    job = await asked(kit.database, both)
    owner = await kit.as_owner()
    await owner.execute(
        "UPDATE jobs SET status = 'running', lease_owner = $1, lease_until = now() - interval '1 second'", new_id()
    )
    await owner.close()
    with pytest.raises(JobAlreadyOpen):
        await asked(kit.database, back)
    await cancel(kit.database, job)
    kind = rotation_kind(rotation_of(back))
    assert await run_one(kit.database, {kind.name: kind}, stop=asyncio.Event())
    assert (await look(kit.database, job)).status is JobStatus.CANCELLED
    assert (await rotated(kit.database, back)).status is JobStatus.DONE


class Process:
    """The watch of a process with some keys, and what it says."""

    def __init__(self, database: Database, *kids: str) -> None:
        self.diagnostics = Diagnostics()
        self.watch = KeyWatch(database, crypto_of(*kids), NOTHING, FrozenClock(), self.diagnostics)

    @property
    def said(self) -> str | None:
        return self.diagnostics.reasons().get("keys")


async def test_a_process_without_a_key_that_is_needed_says_so_until_it_is_not(kit: ServiceDatabase) -> None:
    first, hasty, careful = Process(kit.database, OLD), Process(kit.database, NEW), Process(kit.database, NEW, OLD)
    assert not first.watch.sound, "nobody has looked yet"
    assert await first.watch.look()
    await add(kit.database, FileRow, a_file(crypto_of(OLD)), a_file(crypto_of(OLD)))
    assert not await hasty.watch.look()
    assert not hasty.watch.sound
    assert hasty.said == (
        "XIANGLI_FIELD_KEYS: 2 values still need the key old1, which is not in the ring: "
        "put it back behind the others, run rotate-keys to its end, and take it out again; if it is lost: give-up-key"
    )
    assert await careful.watch.look()
    await rotated(kit.database, crypto_of(NEW, OLD))
    assert await hasty.watch.look()
    assert hasty.watch.sound
    assert hasty.said is None
    async with kit.database.session() as session:
        gone = select(HeldKey.ring, HeldKey.key_id).where(HeldKey.cleared_at.is_not(None)).order_by(HeldKey.ring)
        assert list((await session.execute(gone)).tuples()) == [("field", OLD), ("index", OLD)]
    assert not await first.watch.look(), "the old key alone opens nothing any more"
    async with kit.database.session() as session:
        assert list((await session.execute(gone)).tuples()) == [], "and whoever has a wrong ring clears nobody's key"


async def test_a_key_that_is_lost_is_given_up_by_whoever_says_how_much_is_lost(kit: ServiceDatabase) -> None:
    """Without it one value under a key that nobody has keeps every process from becoming ready for ever."""
    await add(kit.database, FileRow, a_file(crypto_of("gone")))
    process, now = Process(kit.database, OLD), FrozenClock().now()

    async def give_up(values: int | None) -> int:
        async with kit.database.session() as session:
            found = await given_up(session, NOTHING, crypto_of(OLD), (Ring.FIELD, "gone"), now, values)
            await session.commit()
            return found

    assert await Process(kit.database, "gone").watch.look()
    assert not await process.watch.look()
    for values in (None, 0, 2):
        assert await give_up(values) == 1
        assert not await process.watch.look()
    assert await give_up(1) == 1
    assert await process.watch.look()
    assert process.said is None


async def test_doctor_says_what_lies_under_a_key_that_is_lost_and_what_was_given_up(kit: ServiceDatabase) -> None:
    await add(kit.database, FileRow, a_file(crypto_of("gone")))
    assert await Process(kit.database, "gone").watch.look()
    assert await missing_keys(kit.database, NOTHING, crypto_of("gone")) == []
    assert not await Process(kit.database, OLD).watch.look()
    (missing,) = await missing_keys(kit.database, NOTHING, crypto_of(OLD))
    assert missing.level is Level.FAULT
    assert missing.english.startswith("XIANGLI_FIELD_KEYS: the key gone is missing, 1 names, numbers, addresses cannot")
    assert "缺少密钥 gone，1 项姓名、号码、住址等内容无法读出" in missing.chinese
    async with kit.database.session() as session:
        now = FrozenClock().now()
        assert await given_up(session, NOTHING, crypto_of(OLD), (Ring.FIELD, "gone"), now, 1) == 1
        await session.commit()
    (told,) = await missing_keys(kit.database, NOTHING, crypto_of(OLD))
    assert told.level is Level.WARNING, "the service works without it"
    assert "was given up, 1 " in told.english


async def test_a_key_that_comes_back_is_needed_again(kit: ServiceDatabase) -> None:
    for kids in ((OLD,), (NEW,), (OLD, NEW)):
        assert await Process(kit.database, *kids).watch.look()
    await add(kit.database, FileRow, a_file(crypto_of(OLD)))
    assert not await Process(kit.database, NEW).watch.look()


async def test_a_watch_waits_for_a_database_and_for_the_rotation(kit: ServiceDatabase) -> None:
    stop = asyncio.Event()
    nowhere = Database("postgresql+asyncpg://nobody@127.0.0.1:1/nothing", pool=1, application="test")
    looking = asyncio.create_task(Process(nowhere, OLD).watch.run(stop))
    await asyncio.sleep(0)
    stop.set()
    await looking
    await nowhere.close()


@pytest.mark.parametrize(
    ("held", "lacking"),
    [
        ([], []),
        ([("a", b"1")], [BlindKey("b", b"2")]),
        ([("a", b"1"), ("b", b"2")], []),
        ([("b", b"2")], [BlindKey("a", b"1")]),
    ],
)
def test_what_nobody_holds_stays_free(held: list[tuple[str, bytes]], lacking: list[BlindKey]) -> None:
    assert (
        missing(held, [[BlindKey("a", b"1"), BlindKey("b", b"2")], [BlindKey("a", b"8"), BlindKey("b", b"9")]])
        == lacking
    )


async def test_an_api_without_a_key_that_is_needed_is_not_ready_and_says_which(committed_of: DatabaseOf) -> None:
    async with things_world(committed_of, settings=keys(OLD)) as world:
        await add(world.database, FileRow, a_file(crypto_of(OLD)))
        assert await Process(world.database, OLD).watch.look()
        url = world.kit.settings.database_url.get_secret_value()
        log = world.kit.access_log
        hasty = build(url, clock=world.clock, database=world.database, access_log=log, settings=keys(NEW))
        async with hasty.router.lifespan_context(hasty):

            async def looked() -> bool:
                return "keys" in reasons(hasty.state.kit)()

            await until(looked)
            assert (await readiness(hasty.state.kit)())["keys"] is False
            assert "need the key old1" in reasons(hasty.state.kit)()["keys"]
            async with client(hasty) as one:
                asked = await one.get("/open")
            assert (asked.status_code, asked.json()["code"], asked.headers["retry-after"]) == (503, "unavailable", "5")
        await rotated(world.database, crypto_of(NEW, OLD))
        async with hasty.router.lifespan_context(hasty):

            async def ready() -> bool:
                return bool((await readiness(hasty.state.kit)())["keys"])

            await until(ready)
            async with client(hasty) as one:
                assert (await one.get("/open")).status_code == 200


async def test_digests_go_only_when_their_key_was_cleared(kit: ServiceDatabase, clock: FrozenClock) -> None:
    """Key ids of digests of nothing: what counts is which of them are removed."""
    old, new = crypto_of(OLD), crypto_of(NEW)
    await a_record_with_digests(kit.database, clock, OLD, NEW)

    async def sweep(crypto: Crypto) -> list[str]:
        async with kit.database.session() as session:
            await digest_sweep(crypto, NOTHING).run(rotation_of(crypto).context_of(session))
            await session.commit()
            found = text("SELECT DISTINCT key_id FROM ledger_keys ORDER BY key_id")
            return list(await session.scalars(found))

    assert await Process(kit.database, OLD).watch.look()
    assert await sweep(new) == [NEW, OLD], "a key that was forgotten in the settings loses nothing"
    assert await Process(kit.database, NEW).watch.look()
    assert await sweep(old) == [NEW, OLD], "a process that holds it still needs it, and says so"
    assert await Process(kit.database, NEW).watch.look()
    assert await sweep(new) == [NEW]


async def test_what_is_found_by_a_cleared_key_alone_keeps_its_digest(kit: ServiceDatabase, clock: FrozenClock) -> None:
    """A process that was never restarted writes under the old key after it was cleared: nothing would make it again."""
    old, new = crypto_of(OLD), crypto_of(NEW)
    for kids in ((OLD,), (NEW,)):
        assert await Process(kit.database, *kids).watch.look()
    await a_record_with_digests(kit.database, clock, OLD)
    async with kit.database.session() as session:
        await digest_sweep(new, NOTHING).run(rotation_of(new).context_of(session))
        await session.commit()
        assert list(await session.scalars(text("SELECT key_id FROM ledger_keys"))) == [OLD]
    assert await left(kit.database, new) == (0, 1)
    assert old.index_keys == (OLD,)


async def a_record_with_digests(database: Database, clock: FrozenClock, *kids: str) -> None:
    record, now = new_id(), clock.now()
    row = {"id": record, "version": 1, "ledger": "funds", "ledger_version": 1, "area": "450481", "status": "kept"}
    more = {"live": True, "restricted_topic": False, "values": {}, "entered": {}, "limits": [], "opened_by": "clerk"}
    await add(database, LedgerRecord, {**row, **more, "opened_at": now, "changed_at": now})
    held = [{"ledger": "funds", "key_id": kid, "digest": kid.encode(), "record_id": record} for kid in kids]
    await add(database, LedgerKey, *held)
