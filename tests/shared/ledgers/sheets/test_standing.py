"""Registers that ran on paper are imported whole: status, the days of statuses, history, limits, figures, keys."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.auth.principal import Grant, Principal
from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, TOWN, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.records.conftest import RECORDS, Facts, Send, code_of
from tests.shared.ledgers.sheets.conftest import Work
from tests.shared.ledgers.sheets.test_exporting import exported
from tests.shared.ledgers.sheets.test_importing import IMPORTS, checked, figures, taken

TITLES = "所属区划,类型,发现日期,结果,状态,进入调解中状态日期,进入已办结状态日期"


def lines(*rows: str) -> bytes:
    return "\n".join([TITLES, *(f"{VILLAGE},{row}" for row in rows), ""]).encode()


@pytest.fixture(autouse=True)
def known(villages: None) -> None:
    """The villages have arrived."""


async def told(door: Door, made: dict[str, Any]) -> list[tuple[int, str | None, str]]:
    async with door.client(TOWN_OFFICER) as one:
        items = (await one.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
    return [(item["row"], item["column"], item["code"]) for item in items]


async def test_a_register_is_taken_in_as_it_stands(door: Door, work: Work, send: Send, facts: Facts) -> None:
    rows = lines(
        "土地,2026-01-05,达成,已办结,2026-01-06,2026-02-01",
        "家庭,2026-03-02,,调解中,2026-03-09,",
        "邻里,2026-03-02,,,,",
    )
    assert figures(await taken(door, work, rows, TOWN_OFFICER, TOWN)) == ("done", 3, 0, 3, 0, 0)
    listed = (await send(TOWN_OFFICER, "get", RECORDS)).json()["items"]
    new, running, closed = listed
    assert [one["status"] for one in listed] == ["registered", "mediating", "closed"]
    assert closed["entered"] == {"mediating": "2026-01-06T00:00:00+08:00", "closed": "2026-02-01T00:00:00+08:00"}
    assert running["entered"] == {"mediating": "2026-03-09T00:00:00+08:00"}
    assert running["due_at"] == "2026-03-16T23:59:59+08:00", "five working days after the day on which it began"
    assert (closed["due_at"], new["due_at"]) == (None, None)
    history = (await send(TOWN_OFFICER, "get", f"{RECORDS}/{closed['id']}/history")).json()["items"]
    assert [(line["step"], line["status"], line["actor"]) for line in history] == [
        ("import", "closed", TOWN_OFFICER.subject)
    ]
    states = {fact.state.status: fact.state for fact in await facts()}
    assert states["closed"].values["outcome"] == "agreed"
    assert {fact.type for fact in await facts()} == {"grid.record.opened"}


async def test_what_cannot_stand_so_is_told_by_row_and_column(door: Door, work: Work) -> None:
    rows = lines(
        "土地,2026-01-05,达成,归档了,,",
        "土地,2026-01-05,,已办结,2026-01-06,2026-02-01",
        "土地,2026-01-05,达成,调解中,,",
        "土地,2026-01-05,达成,已办结,2026-02-06,2026-02-01",
        "土地,2026-01-05,,不予受理,2026-02-06,",
        "土地,2026-01-05,,,2026-02-06,",
        "土地,2026-01-05,达成,已办结,,2027-02-01",
    )
    made = await checked(door, work, rows, TOWN_OFFICER, TOWN)
    assert figures(made)[:3] == ("checked", 0, 7)
    assert await told(door, made) == [
        (2, "E", "not_a_choice"),
        (3, "D", "missing"),
        (4, "F", "missing"),
        (5, "F", "status_not_on_the_way"),
        (6, "E", "status_not_on_the_way"),
        (7, "E", "missing"),
        (8, "G", "date_in_future"),
    ]


async def test_who_holds_the_steps_on_the_way_imports_what_stands_behind_them(
    door: Door, work: Work, send: Send
) -> None:
    """`waiting` is reached by steps of `record.check`; a registrar has `record.import` and `record.write` only."""
    registrar = Principal("registrar", (Grant("county_registrar", TOWN),))
    rows = lines("土地,2026-01-05,,调解中,2026-03-09,", "土地,2026-01-05,,中止,2026-03-09,", "土地,2026-01-05,,,,")
    made = await checked(door, work, rows, registrar, TOWN)
    assert figures(made)[:3] == ("checked", 2, 1)
    async with door.client(registrar) as one:
        [finding] = (await one.get(f"{IMPORTS}/{made['id']}/findings")).json()["items"]
    assert (finding["row"], finding["column"], finding["code"]) == (3, "E", "status_not_yours")


async def test_four_eyes_see_an_import_as_every_step_on_the_way(door: Door, work: Work, send: Send) -> None:
    """Who imported a record behind a step does not check it; who imported its beginning only has opened it only."""
    await taken(door, work, lines("土地,2026-01-05,,调解中,2026-03-09,", "家庭,2026-01-05,,,,"), CLERK, VILLAGE)
    new, running = (await send(CLERK, "get", RECORDS)).json()["items"]
    close = {"values": {"outcome": "agreed"}}
    path = f"{RECORDS}/{running['id']}/steps/close"
    assert code_of(await send(CLERK, "post", path, close, seen=1)) == (403, "record_four_eyes")
    assert (await send(TOWN_OFFICER, "post", path, close, seen=1)).status_code == 200
    mediated = await send(TOWN_OFFICER, "post", f"{RECORDS}/{new['id']}/steps/mediate", {}, seen=1)
    assert mediated.status_code == 200
    closed = await send(CLERK, "post", f"{RECORDS}/{new['id']}/steps/close", close, seen=2)
    assert closed.status_code == 200, closed.text


async def test_a_record_that_has_ended_holds_no_key(door: Door, work: Work, send: Send) -> None:
    number = "45048119900307019X"
    rows = f"类型,发现日期,结果,证件号码,状态\n土地,2026-01-05,达成,{number},已办结\n家庭,2026-03-05,,{number},\n"
    made = await taken(door, work, rows.encode(), TOWN_OFFICER, VILLAGE)
    assert figures(made)[3:] == (2, 0, 0)


async def test_what_was_exported_in_full_stands_where_it_stood_when_it_is_imported(
    door: Door, work: Work, send: Send, committed: Database
) -> None:
    rows = lines("土地,2026-01-05,达成,已办结,2026-01-06,2026-02-01", "家庭,2026-03-02,,调解中,2026-03-09,")
    await taken(door, work, rows, TOWN_OFFICER, TOWN)
    data = await exported(door, work, TOWN_OFFICER, full=True, format="csv")
    again = await taken(door, work, data, TOWN_OFFICER, TOWN)
    assert figures(again) == ("done", 2, 0, 0, 2, 0), "the rows are those that were taken in"
    async with committed.session() as session:
        await session.execute(text("DELETE FROM imported_rows"))
        await session.commit()
    await taken(door, work, data, TOWN_OFFICER, TOWN)
    both = (await send(TOWN_OFFICER, "get", RECORDS)).json()["items"]
    both.sort(key=lambda one: (one["status"], one["id"]))
    shown = [{name: one[name] for name in ("status", "entered", "values", "area")} for one in both]
    assert shown[0::2] == shown[1::2]
    assert shown[0] != shown[2]
