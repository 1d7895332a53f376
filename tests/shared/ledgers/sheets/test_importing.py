"""Imports of ledgers: checked without a change, reported by row and column, taken in once, resumed, cancelled."""

import asyncio
import io
from datetime import date, timedelta
from typing import Any

import httpx
import openpyxl
import pytest
import yaml
from sqlalchemy import text

from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.ids import new_id
from shared.imports import domain
from shared.imports import work as importing
from shared.imports.domain import ImportTransitionError
from shared.imports.taking import Taking
from shared.jobs.context import JobKind
from shared.jobs.runner import run_one
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE, WORKER, an_area
from tests.registry.builders import a_number
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Published, Send, code_of
from tests.shared.ledgers.records.definitions import MEDIATIONS
from tests.shared.ledgers.sheets.conftest import Work
from tests.shared.spreadsheets.workbooks import Book, number, sheet

IMPORTS = "/ledgers/mediations/imports"
TITLES = "类型,发现日期,联系人,电话,证件号码,金额（元）,当事人1姓名"
FIRST = "邻里,2026-03-02,张三丰,13800138000,45048119900307019X,12.5,李四"
GOOD = f"{TITLES}\n{FIRST}\n"
NUMBERS = [a_number(date(1990, 3, 7), serial=n) for n in range(8)]
MORE = "土地,2026年3月3日,欧阳修远,,,,\n"


@pytest.fixture(autouse=True)
def known(villages: None) -> None:
    """The villages have arrived."""


async def begin(door: Door, data: bytes, who: Principal = CLERK, area: str = VILLAGE) -> Any:
    async with door.client(who) as one:
        file = (await one.post("/files", content=data)).json()["id"]
        return await one.post(IMPORTS, json={"file": file, "area": area})


async def checked(door: Door, work: Work, data: bytes, who: Principal = CLERK, area: str = VILLAGE) -> dict[str, Any]:
    answer = await begin(door, data, who, area)
    assert answer.status_code == 201, answer.text
    await work()
    async with door.client(who) as one:
        found: dict[str, Any] = (await one.get(f"{IMPORTS}/{answer.json()['id']}")).json()
        return found


async def taken(door: Door, work: Work, data: bytes, who: Principal = CLERK, area: str = VILLAGE) -> dict[str, Any]:
    made = await checked(door, work, data, who, area)
    async with door.client(who) as one:
        answer = await one.post(f"{IMPORTS}/{made['id']}/commit")
        assert answer.status_code == 200, answer.text
        await work()
        found: dict[str, Any] = (await one.get(f"{IMPORTS}/{made['id']}")).json()
        return found


async def count(send: Send, who: Principal = TOWN_OFFICER) -> int:
    total: int = (await send(who, "get", f"{RECORDS}/count")).json()["total"]
    return total


def figures(found: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(found[name] for name in ("status", "right", "wrong", "taken", "unchanged", "refused"))


async def test_a_check_changes_nothing_and_a_commit_takes_in(door: Door, work: Work, send: Send, facts: Facts) -> None:
    made = await checked(door, work, (GOOD + MORE).encode("gb18030"))
    assert figures(made) == ("checked", 2, 0, 0, 0, 0)
    assert await count(send) == 0
    assert await facts() == []
    async with door.client(CLERK) as one:
        assert (await one.post(f"{IMPORTS}/{made['id']}/commit")).json()["status"] == "committing"
        await work()
        done = (await one.get(f"{IMPORTS}/{made['id']}")).json()
    assert figures(done) == ("done", 2, 0, 2, 0, 0)
    listed = (await send(CLERK, "get", RECORDS)).json()["items"]
    assert [record["values"]["contact"] for record in listed] == ["欧**远", "张*丰"]
    assert listed[1]["values"]["amount"] == 1250
    assert listed[1]["values"]["parties"] == [{"name": "李*", "share": None}]
    assert len(await facts()) == 2
    noted = {(entry.subject, entry.action) for entry in door.accesses.entries}
    assert {(CLERK.subject, "upload"), (CLERK.subject, "import"), (CLERK.subject, "commit_import")} <= noted
    assert sum(entry.action == "open" for entry in door.accesses.entries) == 2


async def test_what_is_wrong_is_told_by_row_and_column_as_json_and_as_a_table(door: Door, work: Work) -> None:
    rows: list[list[str | None]] = [
        ["序号", "类型", "发现日期", "证件号码", "电话", "协议日期", "部门"],
        ["1", "邻里", "2026-03-02", number("450481199003070190"), "13800138000", None, None],
        ["2", "其他", "2026.3", None, "123", None, None],
        ["3", "土地", "2026-03-02", None, None, "2026-03-01", None],
        ["4", "土地", "2026-12-01", None, None, None, None],
        ["合计", None, None, None, None, None, None],
    ]
    made = await checked(door, work, Book({"名册": sheet(rows)}).data())
    assert figures(made)[:3] == ("checked", 0, 4)
    assert made["unknown_columns"] == [{"column": "A", "title": "序号"}]
    async with door.kit.database.session() as session:
        kept = await session.scalar(
            text("SELECT unknown_columns::text FROM imports WHERE id = :id"), {"id": made["id"]}
        )
    assert "序号" not in kept, "without titles, the first row of a table is somebody"
    assert made["left_out"] == [{"row": 6, "reason": "total"}]
    async with door.client(CLERK) as one:
        page = (await one.get(f"{IMPORTS}/{made['id']}/findings", params={"limit": 2})).json()
        rest = (await one.get(f"{IMPORTS}/{made['id']}/findings", params={"cursor": page["next_cursor"]})).json()
        told = page["items"] + rest["items"]
        assert [(item["row"], item["column"], item["field"]) for item in told] == [
            (2, "D", "number"), (3, "B", "kind"), (3, "C", "found_on"), (4, "F", "agreed_on"), (5, "C", "found_on"),
        ]  # fmt: skip
        assert [item["code"] for item in told[:3]] == ["number_not_text", "not_a_choice", "day_missing"]
        assert all(item["message"] for item in told)
        report = await one.get(f"{IMPORTS}/{made['id']}/report")
        assert (await one.post(f"{IMPORTS}/{made['id']}/commit")).json()["code"] == "nothing_to_import"
    page_ = openpyxl.load_workbook(io.BytesIO(report.content)).active
    assert page_ is not None
    assert [row[0].value for row in page_.iter_rows(min_row=2)] == [2, 3, 4, 5]
    assert page_["F2"].fill.fgColor.rgb == "FFFFC7CE"  # D of the table, behind number and reasons
    assert "450481199003070190" not in str(told)


async def test_rows_without_a_fault_are_taken_in_beside_those_with_one(door: Door, work: Work, send: Send) -> None:
    done = await taken(door, work, (GOOD + "天灾,2026-03-02,,,,,\n").encode())
    assert figures(done) == ("done", 1, 1, 1, 0, 0)
    assert await count(send) == 1


async def test_the_same_list_again_changes_nothing_and_equal_rows_do_not_collapse(
    door: Door, work: Work, send: Send
) -> None:
    twice = (TITLES + "\n" + MORE + MORE).encode()
    assert figures(await taken(door, work, twice))[3:] == (2, 0, 0)
    assert figures(await taken(door, work, twice))[3:] == (0, 2, 0)
    third = (TITLES + "\n" + MORE + MORE + MORE + FIRST + "\n").encode()
    assert figures(await taken(door, work, third))[3:] == (2, 2, 0)
    assert await count(send) == 4


async def test_of_equal_rows_only_as_many_are_taken_in_as_can_be_told_apart(
    door: Door, work: Work, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "MOST_EQUAL", 2)
    made = await checked(door, work, (TITLES + "\n" + MORE * 5).encode())
    async with door.client(CLERK) as one:
        items = (await one.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
        assert [(item["row"], item["column"], item["code"]) for item in items] == [
            (5, None, "too_many_equal"),
            (6, None, "too_many_equal"),
        ]
        await one.post(f"{IMPORTS}/{made['id']}/commit")
        await work()
        assert figures((await one.get(f"{IMPORTS}/{made['id']}")).json()) == ("done", 3, 2, 3, 0, 0)
    assert await count(send) == 3


async def test_a_row_that_somebody_opened_since_the_check_is_refused_and_leaves_the_others(
    door: Door, work: Work, send: Send
) -> None:
    made = await checked(door, work, (GOOD + MORE).encode())
    values = {"kind": "land", "found_on": "2026-03-02", "number": "45048119900307019X"}
    assert (await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": values})).status_code == 201
    async with door.client(CLERK) as one:
        await one.post(f"{IMPORTS}/{made['id']}/commit")
        await work()
        done = (await one.get(f"{IMPORTS}/{made['id']}")).json()
        assert figures(done) == ("done", 2, 0, 1, 0, 1)
        [finding] = (await one.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
    assert (finding["row"], finding["code"]) == (2, "record_exists")


async def test_a_column_that_the_ledger_gave_up_since_the_check_is_not_left_out_in_silence(
    door: Door, work: Work, send: Send, published: Published
) -> None:
    """Checked by one version, taken in by the next: all of the table or nothing."""
    made = await checked(door, work, GOOD.encode())
    fields = [one for one in yaml.safe_load(MEDIATIONS)["fields"] if one["name"] != "amount"]
    without: dict[str, Any] = {"fields": fields, "published": ["kind"]}
    await published.publish(MEDIATIONS, number=2, additive=False, mapping={}, **without)
    async with door.client(CLERK) as one:
        assert (await one.post(f"{IMPORTS}/{made['id']}/commit")).status_code == 200
        await work()
        found = (await one.get(f"{IMPORTS}/{made['id']}")).json()
    assert (found["status"], found["error_code"], found["taken"]) == ("refused", "import_columns_changed", 0)
    assert await count(send) == 0
    listed = (await send(CLERK, "get", "/code-lists/table_refusals")).json()["codes"]
    assert found["error_code"] in {one["code"] for one in listed}
    again = await taken(door, work, GOOD.encode())
    assert figures(again)[:4] == ("done", 1, 0, 1)
    assert again["unknown_columns"] == [{"column": "F", "title": "金额（元）"}], "said before it is taken in"


async def test_work_that_was_interrupted_goes_on_where_it_stood(
    door: Door, kinds: dict[str, JobKind], work: Work, send: Send, committed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)
    lines = "".join(f"土地,2026-03-02,李{name},,,,\n" for name in "甲乙丙丁戊己庚")
    made = await checked(door, work, (TITLES + "\n" + lines).encode())
    async with door.client(CLERK) as one:
        await one.post(f"{IMPORTS}/{made['id']}/commit")
        commit, steps = kinds["import_commit"], 0

        async def dies(context: Any) -> None:
            original = context.step

            def step() -> Any:
                nonlocal steps
                steps += 1
                if steps == 3:
                    raise ConnectionError("as if the process were killed")
                return original()

            context.step = step
            await commit.run(context)

        await run_one(committed, {"import_commit": JobKind("import_commit", dies)}, stop=asyncio.Event())
        assert await count(send) == 4
        assert (await one.get(f"{IMPORTS}/{made['id']}")).json()["taken"] == 4
        async with committed.session() as session:
            await session.execute(importing_now())
            await session.commit()
        await work()
        assert figures((await one.get(f"{IMPORTS}/{made['id']}")).json()) == ("done", 7, 0, 7, 0, 0)
    assert await count(send) == 7


async def test_work_that_failed_says_why_and_the_table_is_taken_in_again(
    door: Door, work: Work, send: Send, committed: Database
) -> None:
    made = await checked(door, work, GOOD.encode())
    async with door.client(CLERK) as one:
        await one.post(f"{IMPORTS}/{made['id']}/commit")

        async def fails(context: Any) -> None:
            raise ImportTransitionError(context.job.id)

        await run_one(committed, {"import_commit": JobKind("import_commit", fails)}, stop=asyncio.Event())
        told = (await one.get(f"{IMPORTS}/{made['id']}")).json()
        assert (told["status"], told["job_status"], told["error_code"]) == ("committing", "failed", "import_status")
        assert (await one.post(f"{IMPORTS}/{made['id']}/cancel")).json()["status"] == "cancelled"
        again = await checked(door, work, GOOD.encode())
        await one.post(f"{IMPORTS}/{again['id']}/commit")
    await work()
    assert await count(send) == 1


def importing_now() -> Any:
    """Lets work that failed be tried again at once."""
    return text("UPDATE jobs SET not_before = now() WHERE status = 'queued'")


async def test_an_import_is_cancelled_before_and_while_it_is_taken_in(
    door: Door, kinds: dict[str, JobKind], work: Work, send: Send, committed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await checked(door, work, GOOD.encode())
    async with door.client(CLERK) as one:
        assert (await one.post(f"{IMPORTS}/{made['id']}/cancel")).json()["status"] == "cancelled"
        assert code_of(await one.post(f"{IMPORTS}/{made['id']}/commit")) == (409, "import_status")
        monkeypatch.setattr(importing, "BATCH", 1)
        made = await checked(door, work, (TITLES + "\n" + MORE * 5).encode())
        await one.post(f"{IMPORTS}/{made['id']}/commit")
        commit = kinds["import_commit"]

        async def cancelled_meanwhile(context: Any) -> None:
            original = context.step

            def step() -> Any:
                if context.steps == 2:
                    context._cancel.set()
                return original()

            context.step = step
            await one.post(f"{IMPORTS}/{made['id']}/cancel")
            await commit.run(context)

        await run_one(committed, {"import_commit": JobKind("import_commit", cancelled_meanwhile)}, stop=asyncio.Event())
        assert figures((await one.get(f"{IMPORTS}/{made['id']}")).json())[0] == "cancelled"
    assert await count(send) <= 2


async def test_after_many_rows_the_tables_that_they_lie_in_are_analysed(
    door: Door,
    work: Work,
    committed: Database,
    service_database: ServiceDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By the service's own role; else the planner would take a full register for an empty one."""
    owner = await service_database.as_owner()
    await owner.execute("ANALYZE")  # what other tests left is forgotten
    await owner.close()
    monkeypatch.setattr(importing, "MANY", 4)
    await taken(door, work, (TITLES + "\n" + MORE * 3).encode())
    assert await analysed(committed) == set()
    await taken(door, work, (TITLES + "\n" + FIRST + "\n" + MORE * 6).encode())
    tables = {"ledger_records", "ledger_record_steps", "ledger_index", "ledger_keys", "imported_rows"}
    assert await analysed(committed) == tables


async def analysed(database: Database) -> set[str]:
    """Tables of which the planner knows that they are not empty."""
    async with database.session() as session:
        known = "SELECT relname FROM pg_class WHERE reltuples > 0 AND relname = ANY(:names)"
        names = ["ledger_records", "ledger_record_steps", "ledger_index", "ledger_keys", "imported_rows", "outbox"]
        return set(await session.scalars(text(known), {"names": names}))


async def test_a_row_that_is_refused_among_many_is_found_by_halves(
    door: Door, work: Work, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are taken in together, in as few steps as it takes, and in their order."""
    named = zip("甲乙丙丁戊己庚辛", NUMBERS, strict=True)
    lines = "".join(f"土地,2026-03-02,李{name},,{number},,\n" for name, number in named)
    made = await checked(door, work, f"{TITLES}\n{lines}".encode())
    values = {"kind": "land", "found_on": "2026-03-02", "number": NUMBERS[2]}
    assert (await send(WORKER, "post", RECORDS, {"area": VILLAGE, "values": values})).status_code == 201
    together: list[int] = []
    take = Taking._take

    async def counting(self: Any, step: Any, rows: Any, context: Any) -> None:
        together.append(len(rows))
        await take(self, step, rows, context)

    monkeypatch.setattr(Taking, "_take", counting)
    async with door.client(CLERK) as one:
        await one.post(f"{IMPORTS}/{made['id']}/commit")
        await work()
        assert figures((await one.get(f"{IMPORTS}/{made['id']}")).json()) == ("done", 8, 0, 7, 0, 1)
        [finding] = (await one.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
    assert (finding["row"], finding["code"]) == (4, "record_exists")
    assert together == [8, 4, 2, 2, 1, 1, 4]
    listed = (await send(CLERK, "get", RECORDS)).json()["items"]
    assert [one["values"]["contact"] for one in listed[:7]] == ["李*"] * 7


async def test_a_row_that_names_what_nobody_knows_is_refused_and_stops_no_other(
    door: Door, work: Work, send: Send, arrivals: Arrivals
) -> None:
    """A village that has not arrived, or a slip of the pen: the table is taken in but for this row."""
    areas = (VILLAGE, "450481100299", OTHER_VILLAGE)
    lines = "".join(f"{area},土地,2026-03-0{at}\n" for at, area in enumerate(areas, 1))
    data = f"所属区划,类型,发现日期\n{lines}".encode()
    done = await taken(door, work, data, TOWN_OFFICER, TOWN)
    assert figures(done) == ("done", 3, 0, 2, 0, 1)
    async with door.client(TOWN_OFFICER) as one:
        [told] = (await one.get(f"{IMPORTS}/{done['id']}/findings")).json()["items"]
    assert (told["row"], told["column"], told["code"]) == (3, "A", "not_yet")
    assert await count(send) == 2
    await arrivals.take(an_area("450481100299"))
    again = await taken(door, work, data, TOWN_OFFICER, TOWN)
    assert figures(again)[3:] == (1, 2, 0)


async def test_two_rows_of_one_key_are_one_record_and_one_refusal(door: Door, work: Work, send: Send) -> None:
    """They lie in one batch: neither is there before the other."""
    lines = "".join(f"{kind},2026-03-02,李四,,{NUMBERS[0]},,\n" for kind in ("邻里", "土地"))
    done = await taken(door, work, f"{TITLES}\n{lines}".encode())
    assert figures(done) == ("done", 2, 0, 1, 0, 1)
    assert [one["values"]["kind"] for one in (await send(CLERK, "get", RECORDS)).json()["items"]] == ["neighbours"]


async def test_a_department_that_the_county_does_not_have_is_found_by_row_and_column(door: Door, work: Work) -> None:
    rows = "类型,发现日期,部门\n土地,2026-03-02,urban_management\n土地,2026-03-02,urban_managment\n"
    made = await checked(door, work, rows.encode(), TOWN_OFFICER)
    assert figures(made)[:3] == ("checked", 1, 1)
    async with door.client(TOWN_OFFICER) as one:
        [told] = (await one.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
    assert (told["row"], told["column"], told["code"]) == (3, "C", "code_unlisted")


async def test_who_may_import_where(door: Door, work: Work, send: Send) -> None:
    assert code_of(await begin(door, GOOD.encode(), WORKER)) == (403, "forbidden")
    assert code_of(await begin(door, GOOD.encode(), OTHER_CLERK)) == (404, "not_found")
    made = await checked(door, work, GOOD.encode())
    async with door.client(TOWN_OFFICER) as other:
        assert (await other.get(f"{IMPORTS}/{made['id']}")).status_code == 404
        assert (await other.post(f"{IMPORTS}/{made['id']}/commit")).status_code == 404
        assert (await other.get(f"/files/{made['file']}")).status_code == 404
    async with door.client(OTHER_CLERK) as away:
        assert (await away.get(f"/files/{made['file']}")).status_code == 404


async def test_a_file_of_somebody_else_is_not_imported(door: Door) -> None:
    """Neither one that lies loose nor one that is attached to an import, though the area is the caller's."""
    async with door.client(TOWN_OFFICER) as other, door.client(CLERK) as one:
        foreign = (await other.post("/files", content=GOOD.encode())).json()["id"]
        body = {"file": foreign, "area": VILLAGE}
        assert code_of(await one.post(IMPORTS, json=body)) == (404, "not_found")
        assert (await other.post(IMPORTS, json=body)).status_code == 201
        assert code_of(await one.post(IMPORTS, json=body)) == (404, "not_found")


async def test_a_table_that_was_handed_in_is_read_through_its_import_by_who_handed_it_in_and_may_still_import(
    door: Door, work: Work, committed: Database
) -> None:
    made = await checked(door, work, (GOOD + "天灾,2026-03-02,,,,,\n").encode())
    report = f"{IMPORTS}/{made['id']}/report"
    missing = code_of(await _get(door, CLERK, f"/files/{new_id()}"))
    for who in (CLERK, Principal("another", CLERK.grants), TOWN_OFFICER):
        for end in ("", "/content"):
            assert code_of(await _get(door, who, f"/files/{made['file']}{end}")) == missing == (404, "not_found")
    assert (await _get(door, CLERK, report)).status_code == 200
    assert (await _get(door, Principal("another", CLERK.grants), report)).status_code == 404
    for moved in (Grant("village_clerk", OTHER_VILLAGE), Grant("department_officer", OTHER_VILLAGE, "water")):
        assert code_of(await _get(door, Principal(CLERK.subject, (moved,)), report)) == (404, "not_found")
    async with committed.session() as session:
        kept = await session.execute(text("SELECT expires_at - uploaded_at, permission FROM files"))
        assert [tuple(row) for row in kept] == [(timedelta(days=92), "by_object")]  # as long as the import


async def _get(door: Door, who: Principal, path: str) -> httpx.Response:
    async with door.client(who) as one:
        return await one.get(path)


async def test_rows_may_name_areas_inside_the_import(door: Door, work: Work, send: Send) -> None:
    lines = "".join(f"{area},土地,2026-03-02\n" for area in (VILLAGE, OTHER_VILLAGE, "450481101201"))
    lines = f"所属区划,类型,发现日期\n{lines}"
    done = await taken(door, work, lines.encode(), TOWN_OFFICER, TOWN)
    assert figures(done)[:4] == ("done", 2, 1, 2)
    assert sorted(item["area"] for item in (await send(TOWN_OFFICER, "get", RECORDS)).json()["items"]) == [
        VILLAGE, OTHER_VILLAGE,
    ]  # fmt: skip


async def test_a_file_that_is_no_table_is_refused_with_its_reason(door: Door, work: Work) -> None:
    made = await checked(door, work, Book({f"表{at}": sheet([["甲"]]) for at in range(200)}).data())
    assert (made["status"], made["error_code"]) == ("refused", "too_many_sheets")
    assert made["errors"] == [
        {"path": "", "code": "too_many_sheets", "message": "工作表过多，请只保留要导入的工作表后重新上传"}
    ]
    async with door.client(CLERK) as one:
        assert code_of(await one.get(f"{IMPORTS}/{made['id']}/report")) == (409, "import_status")
    made = await checked(door, work, "姓名,电话\n张三,1\n".encode())
    assert (made["status"], made["error_code"]) == ("refused", "no_header")
    assert {one["path"] for one in made["errors"]} == {"kind", "found_on"}
    assert code_of(await begin(door, b"\xff\xd8\xff\xe0 a picture")) == (422, "wrong_file_kind")
    async with door.client(CLERK) as one:
        again = await one.post(IMPORTS, json={"file": made["file"], "area": VILLAGE})
    assert code_of(again) == (409, "file_attached")


async def test_what_people_are_called_stands_in_no_log_and_no_finding(
    door: Door, work: Work, committed: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await taken(door, work, (GOOD + "天灾,2026-03-02,欧阳修远,138,,,\n").encode())
    async with committed.session() as session:
        for table in ("imports", "import_findings", "imported_rows", "jobs", "outbox"):
            rows = (await session.execute(text(f"SELECT row_to_json(t)::text FROM {table} t"))).scalars().all()
            for secret in ("张三丰", "欧阳修远", "13800138000", "45048119900307019X", "李四"):
                assert not any(secret in row for row in rows), table
    said = capsys.readouterr()
    assert "张三丰" not in said.out + said.err
