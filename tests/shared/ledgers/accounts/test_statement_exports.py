"""Statements are taken out as tables: what the caller may see, with a watermark, out of one state of the books."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.jobs import queue
from shared.jobs.runner import run_one
from shared.ledgers.accounts import exporting
from shared.ledgers.records.wiring import LedgerParts
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.accounts.conftest import FUND, Held, Post, a_day, a_donation, a_relief
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.records.conftest import Published, Send, code_of, wrong
from tests.shared.ledgers.sheets.conftest import Work
from tests.shared.ledgers.sheets.working import kinds_of
from tests.shared.spreadsheets.workbooks import rows_of

EXPORTS = f"{FUND}/statement-exports"
DAYS = {"since": a_day(3), "until": a_day(7), "purpose": "statistics"}
REMARK = "转给植入一户"


@pytest.fixture
def door(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock, published: Published, tmp_path: Path
) -> Door:
    return door_of(committed, service_database, clock, files=str(tmp_path))


@pytest.fixture
def work(door: Door, committed: Database, clock: FrozenClock, parts: LedgerParts) -> Work:
    """Does all the long work that waits."""
    kit, log = door.kit, door.accesses
    kinds = kinds_of(kit.spec, kit.settings, parts, committed, kit.crypto, clock, log)  # type: ignore[arg-type]

    async def run() -> None:
        while await run_one(committed, kinds, stop=asyncio.Event()):
            pass

    return run


@pytest.fixture
async def written(family: Held, post: Post) -> dict[str, str]:
    """300 into the village's fund, 50 out of it to a family there, 70 to one of the other village, 20 taken back."""
    here, there = await family("BF-1"), await family("BF-2", area=OTHER_VILLAGE)
    for day, amount in ((2, 100), (4, 200)):
        await post(TOWN_OFFICER, a_donation(amount, day=a_day(day)))
    made = await post(TOWN_OFFICER, a_relief(here, 50, day=a_day(6), remark="=1+1"))
    await post(TOWN_OFFICER, a_relief(there, 70, day=a_day(7), remark=REMARK))
    accounts = {one["account"]: one["account_id"] for one in made.json()["sides"]}
    return {"family": accounts["family"], "fund": accounts["fund"], "record": here}


async def taken_out(door: Door, work: Work, account: str, who: Principal = CLERK, **asked: Any) -> bytes:
    async with door.client(who) as one:
        begun = await one.post(EXPORTS, json={"account_id": account, **DAYS, **asked})
        assert begun.status_code == 201, begun.text
        await work()
        done = (await one.get(f"{EXPORTS}/{begun.json()['id']}")).json()
        assert done["status"] == "done", done
        content = await one.get(f"{EXPORTS}/{done['id']}/content")
        assert content.status_code == 200, content.text
        return content.content


async def table(data: bytes) -> tuple[str, list[dict[str, str]]]:
    """The watermark, and rows by title below it."""
    rows = [{at: cell.text for at, cell in row.cells.items()} for row in await rows_of(data)]
    titles = rows[1]
    return next(iter(rows[0].values())), [{titles[at]: text for at, text in row.items()} for row in rows[2:]]


def shown(rows: list[dict[str, str]], *titles: str) -> list[tuple[str | None, ...]]:
    return [tuple(row.get(title) or None for title in titles) for row in rows]


@pytest.mark.parametrize("form", ["xlsx", "csv"])
async def test_a_statement_tells_opening_lines_and_closing_with_remarks_masked(
    door: Door, work: Work, written: dict[str, str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 2)  # three lines are two pages
    above, rows = await table(await taken_out(door, work, written["fund"], format=form))
    assert above.startswith(f"导出人：村（社区）文书 {CLERK.subject}　用途：统计　时间：2026-")
    money = [title for title in rows[0] if title.startswith("余额")]
    assert [float(row[money[0]]) for row in rows] == [1, 3, 2.5, 1.8, 1.8]
    business = [title for (title,) in shown(rows, "业务")]
    assert (business[0], business[-1], len(business)) == ("期初余额", "期末余额", 5)
    if form == "csv":
        assert shown(rows, "日期") == [(day,) for day in map(a_day, (3, 4, 6, 7, 7))]
    # the last one went to the next village, whose accounts the clerk does not reach
    assert shown(rows, "摘要") == [(None,), (None,), ("****",), (None,), (None,)]
    assert {row["所属区划"] for row in rows} == {VILLAGE}
    noted = {(one.action, one.purpose, str(one.detail)) for one in door.accesses.entries}
    assert {("export_statement", "statistics", "masked"), ("read_export", "statistics", "masked")} <= noted
    assert not [one for one in door.accesses.entries if str(one.detail) == "full"]


async def test_remarks_stand_in_full_for_who_may_and_each_is_noted(
    door: Door, work: Work, written: dict[str, str], send: Send
) -> None:
    _, rows = await table(await taken_out(door, work, written["fund"], TOWN_OFFICER, full=True, format="csv"))
    assert [remark for (remark,) in shown(rows, "摘要") if remark] == ["=1+1", REMARK]
    noted = [one for one in door.accesses.entries if one.action == "read_posting" and str(one.detail) == "full"]
    assert {one.purpose for one in noted} == {"statistics"}
    assert len(noted) == 2
    door.accesses.entries.clear()
    _, rows = await table(await taken_out(door, work, written["family"], CLERK, full=True))
    assert {row["归属记录编号"] for row in rows} == {written["record"]}
    assert written["record"] in {
        str(one.object_id) for one in door.accesses.entries if one.action == "export_statement"
    }


async def test_who_may_not_take_out_takes_nothing(
    door: Door, work: Work, written: dict[str, str], send: Send, committed: Database
) -> None:
    asked = {"account_id": written["fund"], **DAYS}
    worker, auditor = a_principal("grid_worker", TOWN), a_principal("auditor", "450481")
    assert code_of(await send(worker, "post", EXPORTS, asked)) == (403, "forbidden")
    assert code_of(await send(auditor, "post", EXPORTS, asked)) == (403, "forbidden")
    assert code_of(await send(OTHER_CLERK, "post", EXPORTS, asked)) == (404, "not_found")
    hours = await send(CLERK, "post", "/ledgers/volunteer_hours/statement-exports", asked)
    assert code_of(hours) == (404, "not_found")  # an account of another ledger
    reversed_ = await send(CLERK, "post", EXPORTS, asked | {"since": a_day(8)})
    assert wrong(reversed_) == [("until", "days_reversed")]
    made = (await send(CLERK, "post", EXPORTS, asked)).json()
    path = f"{EXPORTS}/{made['id']}"
    assert code_of(await send(CLERK, "get", f"{path}/content")) == (409, "export_not_written")
    for who in (OTHER_CLERK, TOWN_OFFICER):
        assert code_of(await send(who, "get", path)) == (404, "not_found")
    await work()
    assert (await send(CLERK, "get", f"{path}/content")).status_code == 200
    elsewhere = Principal(CLERK.subject, (Grant("village_clerk", OTHER_VILLAGE),))
    lesser = Principal(CLERK.subject, (Grant("grid_worker", VILLAGE),))
    assert code_of(await send(elsewhere, "get", f"{path}/content")) == (404, "not_found")
    assert code_of(await send(lesser, "get", f"{path}/content")) == (403, "forbidden")
    async with committed.session() as session:
        for _ in range(queue.MOST_OPEN):
            await queue.enqueue(session, exporting.KIND, {}, requested_by=CLERK.subject)
        await session.commit()
    assert code_of(await send(CLERK, "post", EXPORTS, asked)) == (409, "too_much_work")


async def test_a_statement_agrees_with_itself_though_somebody_posts_meanwhile(
    door: Door, work: Work, written: dict[str, str], post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A donation of a day long past comes in while the second page is read: none of it, or all."""
    monkeypatch.setattr(exporting, "PAGE", 1)
    ends = exporting._ends
    late: list[asyncio.Future[Any]] = []

    def meanwhile(*given: Any) -> Any:
        if not late:
            late.append(asyncio.ensure_future(post(TOWN_OFFICER, a_donation(7, day=a_day(3)))))
        return ends(*given)

    monkeypatch.setattr(exporting, "_ends", meanwhile)
    write = door.accesses.write

    async def waits(entries: Any) -> None:
        if late and asyncio.current_task() is not late[0]:
            await late[0]
        await write(entries)

    monkeypatch.setattr(door.accesses, "write", waits)
    _, rows = await table(await taken_out(door, work, written["fund"], TOWN_OFFICER, format="csv"))
    assert late[0].done()
    balances = [float(row[next(title for title in row if title.startswith("余额"))]) for row in rows]
    assert balances in ([1, 3, 2.5, 1.8, 1.8], [1, 1.07, 3.07, 2.57, 1.87, 1.87])
