"""Both keys of every service are changed while people read and write; afterwards the old ones are needed by nothing."""

import asyncio
import base64
import importlib
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from httpx import AsyncClient
from sqlalchemy import MetaData, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.app import create_app as create_indicators
from services.indicators.features import ROUTES as INDICATORS_ROUTES
from shared.auth.access_log import AccessNotes
from shared.auth.principal import Grant, Principal
from shared.crypto.service import Crypto, header_of
from shared.db.engine import Database
from shared.db.provision import quoted
from shared.db.sealing import blind_columns, sealed_columns, tables_with
from shared.diagnostics import Diagnostics
from shared.feature import indexes_of
from shared.ids import new_id
from shared.jobs import queue
from shared.jobs.context import JobKind
from shared.jobs.queue import Job
from shared.jobs.tables import JobStatus
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.migration.kit_schema import KIT
from shared.rotation.job import Rotation, rotation_kind
from shared.rotation.leftovers import sweep
from shared.rotation.watch import KeyWatch
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase, existing_services, spec_of
from shared.testing.doors import Arrivals, Door, a_principal
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import settings_for
from tests.architecture.worlds import World, a_grid, a_hall, a_registry
from tests.grid.hotline import Hotline, a_request
from tests.registry import builders
from tests.services_hall import conftest as hall
from tests.shared.keys import keys
from tests.shared.ledgers.records.conftest import Published, a_mediation
from tests.shared.ledgers.records.definitions import MEDIATIONS
from tests.shared.working import finished, running

OPERATOR = a_principal("operator", builders.COUNTY)
HELD = builders.a_number(date(1990, 3, 7), "1", serial=40_000)
OFTEN = 5
"""How often somebody comes back while the job runs: without an end the job itself would hardly get its turn."""
OLD, NEW = "old1", "new1"
"""Of such a length that the beginning of what they sealed is a whole number of base64's letters."""


def crypto_of(service: str, *kids: str) -> Crypto:
    return Crypto.from_settings(settings_for(service, "postgresql+asyncpg://nowhere", **keys(*kids)))


async def rows_that_begin(database: Database, targets: Sequence[MetaData], kid: str) -> dict[str, int]:
    """Tables that hold anything, anywhere in a row, that a key sealed: whether a column says so or not."""
    header = header_of(kid)
    found: dict[str, int] = {}
    async with database.session() as session:
        for table in (table for target in targets for table in target.sorted_tables):
            name = quoted(table.name)
            statement = text(f"SELECT count(*) FROM {name} WHERE {name}::text LIKE :hex OR {name}::text LIKE :letters")
            letters = base64.b64encode(header).decode()
            if many := await session.scalar(statement, {"hex": f"%{header.hex()}%", "letters": f"%{letters}%"}):
                found[table.name] = many
    return found


async def empty_columns(database: Database, targets: Sequence[MetaData]) -> set[str]:
    found = set()
    async with database.session() as session:
        for table in tables_with(sealed_columns, targets):
            for column, how in sealed_columns(table).items():
                empty = "'[]'" if how.paired else "''"
                statement = f"SELECT count(*) FROM {quoted(table.name)} WHERE {quoted(column)} <> {empty}"
                if not await session.scalar(text(statement)):
                    found.add(f"{table.name}.{column}")
    return found


Act = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Service:
    """A service under test, with the keys of which each of its doors was made."""

    name: str
    database: ServiceDatabase
    clock: FrozenClock
    files: Path

    @property
    def targets(self) -> Sequence[MetaData]:
        return (KIT, spec_of(self.name).metadata)

    def door(self, *kids: str) -> Door:
        """Another process, which holds these keys."""
        settings = settings_for(self.name, self.database.service_url, files=str(self.files), **keys(*kids))
        create_app = importlib.import_module(f"services.{self.name}.app").create_app
        return Door(create_app(settings, clock=self.clock, database=self.database.database))

    def watch(self, *kids: str) -> tuple[KeyWatch, Diagnostics]:
        diagnostics = Diagnostics()
        crypto = crypto_of(self.name, *kids)
        metadata = spec_of(self.name).metadata
        return KeyWatch(self.database.database, crypto, metadata, self.clock, diagnostics), diagnostics

    async def sound(self, *kids: str) -> bool:
        """Whether a process with these keys would be ready."""
        watch, _ = self.watch(*kids)
        return await watch.look()

    def context_of(self, crypto: Crypto) -> Callable[[AsyncSession], PlainContext]:
        def made(session: AsyncSession) -> PlainContext:
            outbox = Outbox(session, owner=self.name, clock=self.clock)
            return PlainContext(
                session=session, clock=self.clock, outbox=outbox, crypto=crypto, access=AccessNotes(self.clock)
            )

        return made

    def kind(self, *kids: str, batch: int = 25) -> JobKind:
        """The job of a rotation to the first of these keys, in small steps."""
        crypto = crypto_of(self.name, *kids)
        features = importlib.import_module(f"services.{self.name}.features").FEATURES
        rotation = Rotation(spec_of(self.name).metadata, crypto, indexes_of(features), self.context_of(crypto))
        return rotation_kind(rotation, batch=batch, between=0.01)

    async def rotated(self, *kids: str) -> Job:
        """A rotation from its request over HTTP to its end."""
        async with self.door(*kids).client(OPERATOR) as client:
            asked = await client.post("/keys/rotation")
            assert asked.status_code == 202, asked.text
            async with self.database.database.session() as session:
                job = await queue.find(session, UUID(asked.json()["id"]))
            async with running(self.database.database, self.kind(*kids)):
                done = await finished(self.database.database, job)
            told = (await client.get("/keys")).json()
        assert done.status is JobStatus.DONE, done.error_code
        assert told["rotation"]["status"] == "done"
        assert (told["field"], told["index"]) == tuple([{"active": kids[0], "others": list(kids[1:])}] * 2)
        return done

    async def rows_with_old_digests(self) -> int:
        found = 0
        async with self.database.database.session() as session:
            for table in tables_with(blind_columns, self.targets):
                for how in blind_columns(table).values():
                    key = f"{quoted(table.name)}.{quoted(how.key)}"
                    statement = text(f"SELECT count(*) FROM {quoted(table.name)} WHERE {key} = :old")
                    found += await session.scalar(statement, {"old": OLD}) or 0
        return found


@dataclass(frozen=True)
class Uses:
    """What people do with a service. `write` is done again and again, `read` must give the same at any moment."""

    world: Callable[..., Awaitable[World]]
    village: str
    use: Callable[[Door], Awaitable[None]]
    write: Callable[[Door, int], Awaitable[None]]
    read: Callable[[Door], Awaitable[Any]]
    unfilled: frozenset[str]  # columns in which nothing is before the rotation


async def given(client: AsyncClient, method: str, path: str, status: int, body: Any = None, **headers: str) -> Any:
    answer = await client.request(method, path, json=body, headers=headers)
    assert answer.status_code == status, f"{path}: {answer.text}"
    return answer.json()


async def a_record(door: Door, village: str) -> None:
    """A record of a ledger: personal, restricted and masked parts, search fields, a key, a line with words."""
    values = a_mediation(contact="张三", phone="13800138000", number=HELD, secret="有内情")
    writers = Principal("recorder", (Grant("village_clerk", village), Grant("county_registrar", village)))
    async with door.client(writers) as client:
        path = "/ledgers/mediations/records"
        made = await given(client, "POST", path, 201, {"area": village, "values": values})
        other = await given(client, "POST", path, 201, {"area": village, "values": a_mediation()})
        dismissed = f"{path}/{other['id']}/steps/dismiss"
        await given(client, "POST", dismissed, 200, {"reason": "不在本村"}, **{"If-Match": '"1"'})
        assert made["id"]


async def searched(door: Door, village: str) -> Any:
    """A search in the ledger, and that its key is taken by somebody."""
    async with door.client(a_principal("village_clerk", village, subject=f"searcher {new_id()}")) as client:
        body = {"field": "phone", "value": "13800138000", "purpose": "case_handling"}
        found = await given(client, "POST", "/ledgers/mediations/records/search", 200, body)
        again = {"area": village, "values": a_mediation(number=HELD)}
        await given(client, "POST", "/ledgers/mediations/records", 409, again)
    return [one["id"] for one in found["items"]]


async def use_registry(door: Door) -> None:
    """What the samples do not do: refusals in words, a month that is reopened, a difference that is explained."""
    officer, clerk = a_principal("county_registrar", builders.COUNTY), a_principal("village_clerk", builders.VILLAGE)
    async with door.client(officer) as client:
        for path, body in (
            ("reversals", {"note": "已核实"}),
            ("corrections", {"step": "check", "reason": "evidence_missing", "note": "请补交"}),
        ):
            one = (await given(client, "GET", f"/{path}?area={builders.VILLAGE}", 200))["items"][0]
            refuse = f"/{path}/{one['id']}/refuse"
            await given(client, "POST", refuse, 200, body, **{"If-Match": f'"{one["version"]}"'})
        closed = (await given(client, "GET", f"/book-closings?area={builders.VILLAGE}", 200))["items"][0]
        reopen = f"/book-closings/{closed['id']}/reopen"
        await given(client, "POST", reopen, 200, {"reason": "需补记"}, **{"If-Match": '"1"'})
        differs = (await given(client, "GET", f"/discrepancies?area={builders.VILLAGE}", 200))["items"][0]
        explain = f"/discrepancies/{differs['id']}/explain"
        await given(client, "POST", explain, 200, {"note": "系统升级时漏记"}, **{"If-Match": '"1"'})
    async with door.client(clerk) as client:
        person = builders.a_person(name="仇小燕", document={"number": HELD}, birth_date="1990-03-07", sex="1")
        first = await given(client, "POST", "/persons", 201, person, **{"Idempotency-Key": "once"})
        again = await given(client, "POST", "/persons", 201, person, **{"Idempotency-Key": "once"})
        assert first == again


async def write_registry(door: Door, number: int) -> None:
    async with door.client(a_principal("village_clerk", builders.VILLAGE)) as client:
        new = await given(client, "POST", "/persons", 201, builders.a_person(name=f"甲{chr(0x4E00 + number)}"))
        path = f"/persons/{new['id']}/correct"
        await given(client, "POST", path, 200, {"phone": "13800008000"}, **{"If-Match": "*"})


async def read_registry(door: Door) -> Any:
    """Numbers and names are found, what is held is held, a repeated request is answered as before."""
    who = a_principal("village_clerk", builders.VILLAGE, subject=f"searcher {new_id()}")
    async with door.client(who) as client:
        wanted = {"document_number": HELD, "purpose": "verification"}
        found = await given(client, "POST", "/persons/search", 200, wanted)
        named = await given(client, "POST", "/persons/search-by-name", 200, {"name": "qxy", "purpose": "verification"})
        taken = builders.a_person(document={"number": HELD}, birth_date="1990-03-07", sex="1")
        await given(client, "POST", "/persons", 409, taken)
        building = {"area": builders.VILLAGE, "kind": "apartments", "valid_from": "2026-02-01"}
        await given(client, "POST", "/buildings", 409, {**building, "address": "示例路9号1栋"})
        homes = await given(client, "GET", f"/dwellings?area={builders.VILLAGE}&limit=1", 200)
        room = {"building_id": homes["items"][0]["building_id"], "room": "101", "valid_from": "2026-02-01"}
        await given(client, "POST", "/dwellings", 409, room)
    async with door.client(a_principal("village_clerk", builders.VILLAGE)) as client:
        person = builders.a_person(name="仇小燕", document={"number": HELD}, birth_date="1990-03-07", sex="1")
        again = await given(client, "POST", "/persons", 201, person, **{"Idempotency-Key": "once"})
    assert found["items"], "a number is found"
    assert named["items"], "a name is found"
    return [one["id"] for one in found["items"]], again, await searched(door, builders.VILLAGE)


async def use_nothing(door: Door) -> None: ...


async def use_hall(door: Door) -> None:
    """Somebody typed at the counter into a case."""
    async with door.client(hall.CLERK) as client:
        case = (await given(client, "GET", "/cases", 200))["items"][0]
        typed = {"name": "李四", "document_type": "citizen_id", "document_number": "321083197812162119"}
        await given(client, "POST", f"/cases/{case['id']}/persons", 200, {"capacity": "spouse", "person": typed})
    async with door.client(a_principal("village_clerk", hall.VILLAGE, subject="who-calls")) as client:
        row = (await given(client, "GET", "/rectifications?status=open", 200))["items"][0]["id"]
        called = {"outcome": "confirmed", "note": "李四说没人接电话"}
        await given(client, "POST", f"/rectifications/{row}/call-back", 200, called)


async def write_file(door: Door, number: int) -> None:
    await a_file(door, hall.VILLAGE)


async def read_hall(door: Door) -> Any:
    async with door.client(hall.CLERK) as client:
        case = (await given(client, "GET", "/cases", 200))["items"][0]
        shown = await given(client, "GET", f"/cases/{case['id']}", 200)
        shown["persons"] = await given(client, "GET", f"/cases/{case['id']}/persons", 200)
    return shown, await searched(door, hall.VILLAGE)


async def use_grid(door: Door) -> None:
    """An incident in words, and one of the county's hotline."""
    async with door.client(a_principal("village_clerk", hall.VILLAGE)) as client:
        body = {"source": "patrol", "category": "environment", "area": hall.VILLAGE, "description": "张三家门口"}
        one = await given(client, "POST", "/incidents", 201, body)
        rejected = {"reason": "other", "note": "李四已清理"}
        await given(client, "POST", f"/incidents/{one['id']}/reject", 200, rejected, **{"If-Match": '"1"'})
    async with door.client(a_principal("county_officer", hall.VILLAGE[:6], subject="who-calls")) as client:
        call = (await given(client, "GET", "/satisfaction-calls", 200))["items"][0]["id"]
        await given(client, "POST", f"/satisfaction-calls/{call}/answer", 200, {"rating": 1, "note": "王五说没有清理"})
        petition = {"area": hall.VILLAGE, "form": "visit", "matter": "land", "registered_on": "2026-03-16"}
        petition |= {"name": "李四", "phone": "13800001234", "address": "示例路九号", "claim": "李四家的地"}
        made = await given(client, "POST", "/petitions", 201, petition)
        await given(client, "POST", f"/petitions/{made['id']}/accept", 200, {"note": "王五说材料齐全"})
        report = {"category": "environment", "area": hall.VILLAGE, "description": "张三家门口", "phone": "13800001234"}
        await given(client, "POST", "/public-reports", 201, report)
        held = (await given(client, "GET", "/public-reports?status=held", 200))["items"][0]["id"]
        await given(client, "POST", f"/public-reports/{held}/dismiss", 200, {"reason": "other", "note": "李四已清理"})
    hotline = Hotline(door.kit.database, door.kit.clock, door.kit.crypto)
    await hotline.send(a_request(area=hall.VILLAGE), id="HL-1")
    await hotline.send(a_request(colour="red"), id="HL-2")


async def write_grid(door: Door, number: int) -> None:
    async with door.client(a_principal("village_clerk", hall.VILLAGE)) as client:
        body = {"source": "patrol", "category": "environment", "area": hall.VILLAGE, "description": f"第{number}处"}
        await given(client, "POST", "/incidents", 201, body)


async def read_grid(door: Door) -> Any:
    async with door.client(a_principal("village_clerk", hall.VILLAGE)) as client:
        listed = (await given(client, "GET", "/incidents?status=rejected", 200))["items"]
        shown = await given(client, "GET", f"/incidents/{listed[0]['id']}", 200)
    assert shown["description"] == "张三家门口"
    return shown, await searched(door, hall.VILLAGE)


async def a_file(door: Door, village: str) -> None:
    async with door.client(a_principal("village_clerk", village, subject=f"uploader {new_id()}")) as client:
        named = {"Xiangli-File-Name": quote("张三的申请.jpg")}
        file = await client.post("/files", content=b"\xff\xd8\xff\xe0 a picture", headers=named)
        assert file.status_code == 201, file.text
        read = await client.get(f"/files/{file.json()['id']}")
        assert read.status_code == 200, read.text


async def an_indicators(database: ServiceDatabase, clock: FrozenClock, files: Path, **more: Any) -> World:
    settings = settings_for("indicators", database.service_url, files=str(files), **more)
    door = Door(create_indicators(settings, clock=clock, database=database.database))  # type: ignore[arg-type]
    crypto = Crypto.from_settings(settings)
    arrivals = Arrivals(database.database, INDICATORS_ROUTES, owner="indicators", clock=clock, crypto=crypto)
    await arrivals.take(hall.an_area("450481114"), hall.an_area(hall.VILLAGE), *hall.calendars())
    return World(door, {})


async def read_indicators(door: Door) -> Any:
    return await searched(door, hall.VILLAGE)


KEPT_BY_THE_KIT = frozenset(
    {"dead_letters.record_value", "imports.unknown_columns", "ledger_closings.reason", "ledger_postings.remark"}
)
"""What is tried with rows of their own in `tests/shared/test_rotation.py`."""
NO_ANSWER = frozenset({"idempotency_keys.answer"})
OF_AUDITORS = frozenset({"reading_findings.note_sealed"})
"""A finding is made when a day of the access log is over."""

USES = {
    "registry": Uses(
        a_registry, builders.VILLAGE, use_registry, write_registry, read_registry, KEPT_BY_THE_KIT | OF_AUDITORS
    ),
    "services_hall": Uses(a_hall, hall.VILLAGE, use_hall, write_file, read_hall, KEPT_BY_THE_KIT | NO_ANSWER),
    "grid": Uses(
        a_grid,
        hall.VILLAGE,
        use_grid,
        write_grid,
        read_grid,
        KEPT_BY_THE_KIT - {"dead_letters.record_value"} | NO_ANSWER,
    ),
    "indicators": Uses(
        an_indicators, hall.VILLAGE, use_nothing, write_file, read_indicators, KEPT_BY_THE_KIT | NO_ANSWER
    ),
}


@pytest.mark.parametrize("name", existing_services())
async def test_both_keys_are_changed_while_people_read_and_write(
    name: str, committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    uses, service = USES[name], Service(name, await committed_of(name), clock, tmp_path)
    database = service.database.database
    await Published(database).publish(MEDIATIONS, owner=name)
    old = (await uses.world(service.database, clock, tmp_path, **keys(OLD))).door
    await a_record(old, uses.village)
    await a_file(old, uses.village)
    await uses.use(old)
    before = await uses.read(old)
    assert await empty_columns(database, service.targets) == uses.unfilled
    assert await rows_that_begin(database, service.targets, OLD)

    assert await service.sound(OLD)
    hasty, said = service.watch(NEW)
    assert not await hasty.look(), "the new key alone opens nothing yet"
    assert "XIANGLI_" in said.reasons()["keys"]
    assert f"need the key {OLD}" in said.reasons()["keys"]

    over = asyncio.Event()

    async def reading(door: Door) -> int:
        times = 0
        while times < OFTEN and not over.is_set():
            assert await uses.read(door) == before
            times += 1
        return times

    async def writing(door: Door, numbers: Iterable[int]) -> int:
        times = 0
        for number in numbers:
            await uses.write(door, number)
            times += 1
            if over.is_set():
                break
        return times

    former, both = service.door(OLD, NEW), service.door(NEW, OLD)
    async with asyncio.TaskGroup() as people:
        tasks = [people.create_task(one) for one in (reading(both), writing(both, range(10, 10 + OFTEN)))]
        tasks.append(people.create_task(writing(former, range(3))))  # not every process has the new setting yet
        done = await service.rotated(NEW, OLD)
        over.set()
    assert all(task.result() for task in tasks)
    assert done.total is not None
    assert done.done >= done.total, "what came meanwhile is walked through too"
    assert await rows_that_begin(database, service.targets, OLD) == {}
    assert await service.rows_with_old_digests() > 0, "both are written as long as both are in use"
    assert await service.sound(NEW), "the old keys may go"
    after = service.door(NEW)
    assert await uses.read(after) == before
    async with database.session() as session:
        await sweep(service.context_of(crypto_of(name, NEW))(session), [OLD], [NEW], service.targets)
        await session.commit()
    assert await service.rows_with_old_digests() == 0
    assert await uses.read(after) == before
    await uses.write(after, 2000)

    late, said = service.watch(OLD)
    assert not await late.look(), "a process that was given the old keys alone"
    assert f"need the key {NEW}" in said.reasons()["keys"]


async def test_two_buildings_of_one_address_are_both_found_when_their_villages_are_merged_between_the_keys(
    committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    """What one village holds under the old key alone is not taken under the new one by who comes from the other."""
    service = Service("registry", await committed_of("registry"), clock, tmp_path)
    await a_registry(service.database, clock, tmp_path, **keys(OLD))
    registrar = a_principal("county_registrar", builders.COUNTY)
    async with service.door(NEW, OLD).client(registrar) as client:
        building = {"area": builders.SISTER, "kind": "apartments", "valid_from": "2026-02-01"}
        await given(client, "POST", "/buildings", 201, {**building, "address": "示例路9号1栋"})
        merged = {"origin": builders.SISTER, "to": builders.VILLAGE}
        plan = {"kind": "merge", "effective_on": "2026-03-10", "opens": [], "moves": [merged]}
        await given(client, "POST", "/area-changes", 201, plan)
    await service.rotated(NEW, OLD)


async def test_what_nobody_can_open_any_more_keeps_nobody_else_from_being_found_by_the_new_key(
    committed_of: DatabaseOf, clock: FrozenClock, tmp_path: Path
) -> None:
    service = Service("registry", await committed_of("registry"), clock, tmp_path)
    database = service.database.database
    await Published(database).publish(MEDIATIONS, owner="registry")
    world = await a_registry(service.database, clock, tmp_path, **keys(OLD))
    await a_record(world.door, builders.VILLAGE)
    tables = {"persons": "name_sealed", "buildings": "address_sealed", "dwellings": "room_sealed"}
    async with database.session() as session:
        for table, column in (*tables.items(), ("persons", "number_sealed"), ("ledger_records", "personal")):
            first = f"SELECT id FROM {table} WHERE {column} IS NOT NULL ORDER BY id LIMIT 1"
            broken = f"UPDATE {table} SET {column} = set_byte({column}, 20, (get_byte({column}, 20) + 1) % 256)"
            await session.execute(text(f"{broken} WHERE id = ({first})"))
        await session.commit()
    async with world.door.client(a_principal("village_clerk", builders.VILLAGE)) as client:
        person = builders.a_person(name="仇小燕", document={"number": HELD}, birth_date="1990-03-07", sex="1")
        await given(client, "POST", "/persons", 201, person)
    async with service.door(NEW, OLD).client(OPERATOR) as client:
        asked = await given(client, "POST", "/keys/rotation", 202)
        async with database.session() as session:
            job = await queue.find(session, UUID(asked["id"]))
        async with running(database, service.kind(NEW, OLD)):
            done = await finished(database, job)
    assert (done.status, done.error_code) == (JobStatus.FAILED, "cannot_be_opened")
    async with service.door(NEW).client(a_principal("village_clerk", builders.VILLAGE)) as client:
        for path, wanted in (("search", {"document_number": HELD}), ("search-by-name", {"name": "仇小燕"})):
            found = await given(client, "POST", f"/persons/{path}", 200, {**wanted, "purpose": "verification"})
            assert len(found["items"]) == 1
