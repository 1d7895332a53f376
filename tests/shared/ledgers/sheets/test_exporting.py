"""Templates and exports of ledgers: what the caller may see, masked or for a purpose in full, and back again equal."""

import io
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.files.tables import FileRow
from shared.ids import new_id
from shared.jobs import queue
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE, WORKER
from tests.shared.ledgers.records.conftest import Send, a_mediation, code_of
from tests.shared.ledgers.sheets.conftest import Work
from tests.shared.ledgers.sheets.test_importing import figures, taken
from tests.shared.spreadsheets.workbooks import rows_of

HOLDER = TOWN_OFFICER
"""Has `record.export` and `record.personal`."""
EXPORTS = "/ledgers/mediations/exports"
FULL: dict[str, Any] = {
    "kind": "neighbours", "found_on": "2026-03-02", "amount": 1250, "contact": "张三丰", "phone": "13800138000",
    "tags": ["old", "hot"], "remark": "=1+1", "parties": [{"name": "李四", "share": 2}, {"name": "王五"}],
}  # fmt: skip


@pytest.fixture(autouse=True)
def known(villages: None) -> None:
    """The villages have arrived."""


async def opened(send: Send, area: str = VILLAGE, **values: Any) -> None:
    who = WORKER if area == VILLAGE else TOWN_OFFICER
    answer = await send(who, "post", "/ledgers/mediations/records", {"area": area, "values": a_mediation(**values)})
    assert answer.status_code == 201, answer.text


async def exported(door: Door, work: Work, who: Principal = CLERK, **asked: Any) -> bytes:
    async with door.client(who) as one:
        begun = await one.post(EXPORTS, json={"purpose": "statistics", **asked})
        assert begun.status_code == 201, begun.text
        await work()
        done = (await one.get(f"{EXPORTS}/{begun.json()['id']}")).json()
        assert done["status"] == "done", done
        content = await one.get(f"{EXPORTS}/{done['id']}/content")
        assert content.status_code == 200
        return content.content


async def table(data: bytes) -> list[dict[str, str]]:
    """Rows by title, below the watermark."""
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(data)]
    titles = rows[1]
    return [{titles[at]: text for at, text in row.items()} for row in rows[2:]]


@pytest.mark.parametrize("written", ["xlsx", "csv"])
async def test_an_export_shows_what_the_caller_may_see_masked_with_a_watermark(
    door: Door, work: Work, send: Send, written: str
) -> None:
    await opened(send, **FULL)
    await opened(send, OTHER_VILLAGE)
    data = await exported(door, work, format=written)
    [row] = await table(data)
    assert {title: row[title] for title in ("所属区划", "状态", "类型", "联系人", "电话", "当事人1姓名", "标记")} == {
        "所属区划": VILLAGE, "状态": "已登记", "类型": "邻里", "联系人": "张*丰", "电话": "138****8000",
        "当事人1姓名": "李*", "标记": "旧、急",
    }  # fmt: skip
    [above] = [cell.text for cell in (await rows_of(data))[0].cells.values()]
    assert above.startswith(f"导出人：村（社区）文书 {CLERK.subject}　用途：统计　时间：2026-")
    assert len(await table(await exported(door, work, TOWN_OFFICER, format=written))) == 2
    noted = [(entry.action, entry.purpose, entry.detail) for entry in door.accesses.entries]
    assert ("export", "statistics", "masked") in noted
    assert ("list", None, "masked") in noted


async def test_personal_values_are_taken_out_in_full_by_who_may_and_each_is_noted(
    door: Door, work: Work, send: Send
) -> None:
    await opened(send, **FULL)
    [row] = await table(await exported(door, work, HOLDER, full=True))
    assert (row["联系人"], row["电话"], row["当事人1姓名"]) == ("张三丰", "13800138000", "李四")
    assert "内情" not in row  # restricted: a permission of its own
    assert ("read", "statistics", "full") in {
        (entry.action, entry.purpose, entry.detail) for entry in door.accesses.entries
    }


async def test_what_was_exported_in_full_is_imported_again_equal(door: Door, work: Work, send: Send) -> None:
    await opened(send, **FULL)
    workbook = await exported(door, work, HOLDER, full=True, format="xlsx")
    text = await exported(door, work, HOLDER, full=True, format="csv")
    assert figures(await taken(door, work, workbook)) == ("done", 1, 0, 1, 0, 0)
    assert figures(await taken(door, work, text)) == ("done", 1, 0, 0, 1, 0)  # the same row, however it was written
    rows = await table(await exported(door, work, HOLDER, full=True))
    for row in rows:
        row.pop("记录编号")
    assert len(rows) == 2
    assert rows[0] == rows[1]


async def test_who_may_not_take_out_takes_nothing(door: Door, work: Work, send: Send) -> None:
    await opened(send, **FULL)
    async with door.client(WORKER) as one:
        assert code_of(await one.post(EXPORTS, json={"purpose": "statistics"})) == (403, "forbidden")
    async with door.client(CLERK) as one:
        begun = (await one.post(EXPORTS, json={"purpose": "statistics"})).json()
        assert code_of(await one.post(EXPORTS, json={"purpose": "statistics", "area": OTHER_VILLAGE})) == (
            404, "not_found",
        )  # fmt: skip
        assert (await one.post(EXPORTS, json={})).status_code == 422  # no purpose
    async with door.client(OTHER_CLERK) as other:
        assert (await other.get(f"{EXPORTS}/{begun['id']}")).status_code == 404
        assert (await other.post(f"{EXPORTS}/{begun['id']}/cancel")).status_code == 404
    async with door.client(CLERK) as one:
        assert (await one.post(f"{EXPORTS}/{begun['id']}/cancel")).json()["status"] == "cancelled"


def at_today(who: Principal, *grants: Grant) -> Principal:
    """The same person with the grants of another day."""
    return Principal(who.subject, grants)


GONE = [
    pytest.param(False, [Grant("village_clerk", OTHER_VILLAGE)], id="another village"),
    pytest.param(False, [Grant("grid_head", VILLAGE)], id="a role that takes nothing out"),
    pytest.param(False, [], id="nothing"),
    pytest.param(False, [Grant("village_clerk", VILLAGE)], id="a part of the places"),
    pytest.param(True, [Grant("grid_head", TOWN), Grant("county_registrar", VILLAGE)], id="two halves of a grant"),
    pytest.param(False, [Grant("department_officer", TOWN, "civil_affairs")], id="one department's"),
]


@pytest.mark.parametrize(("full", "left"), GONE)
async def test_a_table_is_downloaded_by_whom_it_was_made_for_and_as_long_as_the_grants_stand(
    door: Door, work: Work, send: Send, full: bool, left: list[Grant]
) -> None:
    await opened(send, **FULL)
    async with door.client(HOLDER) as one:
        begun = (await one.post(EXPORTS, json={"purpose": "statistics", "full": full})).json()
        path = f"{EXPORTS}/{begun['id']}/content"
        assert code_of(await one.get(path)) == (409, "export_not_written")
        await work()
        assert "张" in (await one.get(path)).text or (await one.get(path)).content.startswith(b"PK")
        missing = await one.get(f"{EXPORTS}/{new_id()}/content")
    hidden = []
    async with door.client(at_today(HOLDER, *left)) as one:
        hidden.append(await one.get(path))
    async with door.client(at_today(OTHER_CLERK, *HOLDER.grants)) as another:
        hidden.append(await another.get(path))
    if any(grant.carries("record.export") for grant in left):
        assert code_of(hidden[0]) == code_of(missing) == (404, "not_found")
    assert all(answer.status_code in (403, 404) for answer in hidden)
    async with door.client(HOLDER) as one:
        assert (await one.get(path)).status_code == 200  # nothing was lost by asking
    noted = [(entry.action, entry.detail, entry.purpose) for entry in door.accesses.entries]
    assert noted.count(("read_export", "full" if full else "masked", "statistics")) >= 3


async def test_the_file_of_an_export_is_no_file_of_its_own(
    door: Door, work: Work, send: Send, committed: Database
) -> None:
    await opened(send, **FULL)
    await exported(door, work, HOLDER, full=True)
    async with committed.session() as session:
        [file] = await session.scalars(select(FileRow.id).where(FileRow.noun == "export"))
    async with door.client(HOLDER) as one:
        for end in ("", "/content"):
            assert code_of(await one.get(f"/files/{file}{end}")) == (404, "not_found")
        for asked in ({"file": str(file), "area": VILLAGE},):
            assert code_of(await one.post("/ledgers/mediations/imports", json=asked)) == (409, "file_attached")


async def test_a_table_is_gone_after_seven_days(door: Door, work: Work, send: Send, clock: FrozenClock) -> None:
    await opened(send, **FULL)
    async with door.client(HOLDER) as one:
        begun = (await one.post(EXPORTS, json={"purpose": "statistics"})).json()
        await work()
        clock.advance(days=7, minutes=1)
        async with door.kit.database.session() as session:
            assert await door.kit.archive.sweep(session) == 1
            await session.commit()
        assert code_of(await one.get(f"{EXPORTS}/{begun['id']}/content")) == (404, "not_found")


async def test_the_long_work_of_one_caller_is_bounded(door: Door, work: Work, send: Send, committed: Database) -> None:
    """Others wait behind it, and the store keeps what it writes for a week."""
    await opened(send, **FULL)
    asked: dict[str, Any] = {"purpose": "statistics"}
    async with door.client(CLERK) as one, door.client(TOWN_OFFICER) as other:
        begun = [await one.post(EXPORTS, json=asked) for _ in range(queue.MOST_OPEN)]
        assert {answer.status_code for answer in begun} == {201}
        assert code_of(await one.post(EXPORTS, json=asked)) == (409, "too_much_work")
        assert (await other.post(EXPORTS, json=asked)).status_code == 201
        assert (await one.post(f"{EXPORTS}/{begun[0].json()['id']}/cancel")).status_code == 200
        assert (await one.post(EXPORTS, json=asked)).status_code == 201
        await work()
        async with committed.session() as session:
            many = select(func.generate_series(1, queue.MOST_ASKED))
            for number in (await session.scalars(many)).all():
                job = await queue.enqueue(session, "record_export", {"number": number}, requested_by=CLERK.subject)
                await queue.cancel(session, job.id)
            await session.commit()
        assert code_of(await one.post(EXPORTS, json=asked)) == (409, "too_much_work")


async def test_a_partner_gets_its_own_encoding(door: Door, work: Work, send: Send) -> None:
    await opened(send, remark="\u9fb4")
    data = await exported(door, work, format="csv", encoding="gb_18030")
    assert b"\xfe\x59" in data
    assert "\ue81e".encode() in await exported(door, work, format="csv", encoding="utf_8_private_use")


async def test_a_template_is_filled_in_and_imported(door: Door, work: Work) -> None:
    async with door.client(CLERK) as one:
        answer = await one.get("/ledgers/mediations/template")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    page = book["调解"]
    titles = {str(cell.value): cell.column or 0 for cell in page[1]}
    assert {"类型*", "发现日期*", "金额（元）", "当事人1姓名", "当事人3姓名"} <= set(titles)
    assert "位置" not in titles  # points and files do not stand in tables
    page.cell(2, titles["类型*"], "家庭")
    page.cell(2, titles["发现日期*"], "2026-03-02")
    page.cell(2, titles["当事人1姓名"], "李四")
    file = io.BytesIO()
    book.save(file)
    assert figures(await taken(door, work, file.getvalue()))[:4] == ("done", 1, 0, 1)
