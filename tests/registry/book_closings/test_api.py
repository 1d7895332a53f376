"""Months of the two books are closed in order; what comes in late counts in the first open one; two people reopen."""

from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.area_changes.steps import a_plan, change, opened, whole
from tests.registry.builders import COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events, Work
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    BALANCES,
    BOOK_CLOSINGS,
    CLERK,
    DISCREPANCIES,
    FAR_CLERK,
    NOBODY,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    given,
    last_event,
    life_events,
    move_in,
    move_out,
    register,
    reverse,
    undone,
)

OFFICER, NEW = ("town_officer", TOWN), TOWN + "210"
WHY = "一月漏记整组迁入"
JANUARY = {"from": "2026-01-01", "to": "2026-01-31"}
FEBRUARY = {"from": "2026-02-01", "to": "2026-02-28"}


async def close(client: Any, area: str, month: str) -> Any:
    return await client.post(BOOK_CLOSINGS, json={"area": area, "month": month})


async def reopen(client: Any, closing: Json) -> Any:
    return await client.post(f"{BOOK_CLOSINGS}/{closing['id']}/reopen", json={"reason": WHY})


async def booked(client: Any, area: str = COUNTY, book: str = "residence", **period: str) -> Json:
    params = {"area": area, "book": book, "basis": "booked", **period}
    return given(await client.get(BALANCES, params=params))


def flows(balance: Json) -> dict[str, tuple[int, int]]:
    return {one["kind"]: (one["amount"], one["late"]) for one in balance["flows"] if one["amount"] or one["late"]}


async def test_what_happened_in_a_closed_month_counts_in_the_first_open_one_and_is_marked(
    client_of: Client, county: None, events: Events
) -> None:
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    people = [(await register(client))["id"] for _ in range(4)]
    given(await move_out(client, people[0], "2026-01-20"))
    open_ = await booked(client, **JANUARY)
    assert (open_["closing"], open_["closed"]) == (3, False)
    made = given(await close(client, COUNTY, "2026-01"), 201)
    frozen = await booked(client, **JANUARY)
    assert frozen == {**open_, "closed": True}
    carried = [{"book": book, "opening": 0, "closing": 3} for book in ("registration", "residence")]
    assert (made["carried"], made["closed_by"]) == (carried, "one")
    # told late: a death, a move, and that the first one never left
    given(await die(client, people[1], "2026-01-25"))
    given(await move_in(client, people[2], "2026-01-26", residence=FAR))
    await undone(client, other, people[0], (await life_events(client, people[0]))[-1]["id"])
    assert await booked(client, **JANUARY) == frozen
    february = await booked(client, **FEBRUARY)
    late = {"death": (-1, -1), "out": (1, 1), "transfer_in": (1, 1), "transfer_out": (-1, -1)}
    assert (february["opening"], february["closing"], flows(february)) == (3, 3, late)
    lines = [one["state"] for one in await events("registry.posting.") if one["state"]["late_on"]]
    assert {(one["kind"], one["occurred_on"][:7], one["late_on"]) for one in lines} == {
        (kind, "2026-01", "2026-02-01") for kind in late
    }
    # by the day on which it happened it is January's, with today's knowledge
    occurred = given(await client.get(BALANCES, params={"area": COUNTY, "book": "residence", **JANUARY}))
    assert (occurred["closing"], occurred["closed"]) == (3, False)
    assert flows(occurred)["death"] == (-1, -1)
    listed = await client.get(
        "/registry/v1/postings", params={"area": FAR, "book": "residence", "from": "2026-03-16", "to": "2026-03-16"}
    )
    assert [(one["occurred_on"], one["late_on"]) for one in given(listed)["items"]] == [("2026-01-26", "2026-02-01")]
    await assert_books_agree(client, events)


async def test_a_new_resident_of_a_closed_month_counts_late_too(
    client_of: Client, county: None, events: Events
) -> None:
    clerk = client_of(*CLERK)
    given(await close(clerk, VILLAGE, "2026-01"), 201)
    await register(clerk)
    await register(clerk, occurred_on="2026-02-02")
    told = sorted((one["state"]["occurred_on"], one["state"]["late_on"]) for one in await events("registry.posting."))
    assert told == [*[("2026-01-01", "2026-02-01")] * 2, *[("2026-02-02", None)] * 2]


async def test_both_halves_of_a_transfer_count_in_one_month(client_of: Client, county: None) -> None:
    """One of the two villages has closed; in the county nobody came and nobody left."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await close(client_of(*FAR_CLERK), FAR, "2026-01"), 201)
    given(await move_in(client, person, "2026-01-26", residence=FAR))
    for period, halves in ((JANUARY, {}), (FEBRUARY, {"transfer_in": (1, 1), "transfer_out": (-1, -1)})):
        told = await booked(client, **period)
        assert {kind: told for kind, told in flows(told).items() if kind != "opening"} == halves
        assert told["closing"] == 1


async def test_months_are_closed_in_order_and_with_all_that_lies_in_the_area(client_of: Client, county: None) -> None:
    clerk, officer, registrar = client_of(*CLERK), client_of(*OFFICER), client_of(*REGISTRAR)
    assert_refused(await close(clerk, VILLAGE, "2026-03"), "book_month_not_over")
    assert_refused(await close(registrar, COUNTY + "999", "2026-01"), "unknown_area")
    given(await close(clerk, VILLAGE, "2025-12"), 201)
    assert_refused(await close(clerk, VILLAGE, "2026-02"), "book_month_not_next")
    assert_refused(await close(clerk, VILLAGE, "2025-12"), "book_month_closed")
    given(await close(officer, TOWN, "2026-01"), 201)
    for area in (VILLAGE, SISTER):
        assert_refused(await close(officer, area, "2026-01"), "book_month_closed")
    given(await close(clerk, VILLAGE, "2026-02"), 201)
    assert (await booked(registrar, SISTER, **FEBRUARY))["closed"] is False
    given(await close(registrar, COUNTY, "2026-02"), 201)
    assert (await booked(registrar, SISTER, **FEBRUARY))["closed"] is True
    assert_refused(await close(officer, TOWN, "2026-02"), "book_month_closed")
    listed = [(one["area"], one["month"]) for one in await all_pages(registrar, BOOK_CLOSINGS, area=COUNTY)]
    assert listed == [(COUNTY, "2026-02"), (VILLAGE, "2026-02"), (TOWN, "2026-01"), (VILLAGE, "2025-12")]
    asked = {"area": TOWN, "month": "2026-02"}
    assert [one["area"] for one in await all_pages(registrar, BOOK_CLOSINGS, **asked)] == [VILLAGE]
    assert given(await registrar.get(f"{BOOK_CLOSINGS}/count", params=asked))["count"] == 1


async def test_somebody_else_reopens_until_the_next_is_closed(client_of: Client, county: None) -> None:
    one, two = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    people = [(await register(one))["id"] for _ in range(2)]
    first = given(await close(one, COUNTY, "2026-01"), 201)
    given(await move_out(one, people[0], "2026-01-20"))
    second = given(await close(one, COUNTY, "2026-02"), 201)
    assert_refused(await reopen(two, first), "later_book_month_closed")
    assert_refused(await reopen(one, second), "book_closing_four_eyes")
    answer = given(await reopen(two, second))
    assert (answer["reopened_by"], answer["reason"], answer["carried"]) == (
        "two",
        WHY,
        second["carried"],
    )
    assert_refused(await reopen(two, second), "book_month_reopened")
    given(await reopen(two, first))
    (shown, *_) = await all_pages(one, BOOK_CLOSINGS, area=COUNTY)
    assert (shown["reason"], shown["carried"], shown["version"]) == (None, [], 2)
    given(await move_out(one, people[1], "2026-01-21"))
    january, february = await booked(one, **JANUARY), await booked(one, **FEBRUARY)
    assert (january["closed"], january["closing"], flows(january)["out"]) == (False, 1, (-1, 0))
    assert (february["closing"], flows(february)) == (0, {"out": (-1, -1)}), "what came in late stays where it counts"
    # and is taken back there
    given(await reverse(one, people[0], await last_event(one, people[0])), 201)
    assert (await booked(one, **JANUARY))["closing"] == 1
    assert flows(await booked(one, **FEBRUARY)) == {}
    again = given(await close(two, COUNTY, "2026-01"), 201)
    assert again["carried"] != first["carried"]
    assert given(await one.get(f"{BOOK_CLOSINGS}/{first['id']}"))["carried"] == first["carried"]


async def test_what_is_closed_above_is_reopened_above(client_of: Client, county: None) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    own = given(await close(clerk, VILLAGE, "2026-01"), 201)
    given(await close(registrar, COUNTY, "2026-01"), 201)
    assert_refused(await reopen(client_of(*OFFICER, subject="other"), own), "later_book_month_closed")


async def test_a_village_that_opens_later_is_closed_with_its_county(
    client_of: Client, county: None, events: Events
) -> None:
    """Two villages are merged as of a day of a closed month: the month stays, boundary lines count late."""
    registrar = client_of(*REGISTRAR)
    await register(registrar)
    given(await close(registrar, COUNTY, "2026-02"), 201)
    before = await booked(registrar, **FEBRUARY)
    plan = a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW),), on="2026-02-10")
    given(await change(registrar, plan), 201)
    assert await booked(registrar, **FEBRUARY) == before
    told = [one["state"] for one in await events("registry.posting.") if one["state"]["kind"].startswith("boundary")]
    assert [(one["occurred_on"], one["late_on"]) for one in told] == [("2026-02-10", "2026-03-01")] * 4
    person = await register(registrar, residence={"area": NEW}, registration=None, occurred_on="2026-02-12")
    lines = [one["state"] for one in await events("registry.posting.") if one["state"]["person_id"] == person["id"]]
    assert [one["late_on"] for one in lines] == ["2026-03-01"]


async def test_parts_add_up_to_the_area(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(3)]
    given(await move_in(client, people[0], "2026-02-10", residence=FAR))
    given(await move_in(client, people[1], "2026-02-11", residence=SISTER))
    asked = {"area": COUNTY, "book": "residence", **FEBRUARY}
    whole = given(await client.get(BALANCES, params=asked))
    for basis in ("occurred", "booked", "posted"):
        for parts, areas in (("town", [TOWN, OTHER_TOWN]), ("village", [VILLAGE, SISTER, FAR]), ("county", [COUNTY])):
            rows = await all_pages(client, f"{BALANCES}/parts", **asked, parts=parts, basis=basis, limit=1)
            if basis == "posted":  # everything was entered in March
                assert rows == []
                continue
            assert [row["area"] for row in rows] == areas
            assert sum(row["closing"] for row in rows) == whole["closing"]
            assert [row["flows"] for row in rows if row["area"] == COUNTY] in ([], [whole["flows"]])
    towns = await all_pages(client, f"{BALANCES}/parts", **asked, parts="town")
    assert [one["crossing"] for one in towns[0]["flows"]] == [0, -1]
    assert_refused(
        await client.get(f"{BALANCES}/parts", params={**asked, "area": VILLAGE, "parts": "town"}),
        "invalid_request",
        [("query.parts", "above_area")],
    )
    assert_not_found(await client_of(*CLERK).get(f"{BALANCES}/parts", params={**asked, "parts": "village"}))


async def test_lines_that_bend_a_closed_month_are_found_by_the_daily_check(
    client_of: Client, county: None, committed: Database, work: Work
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    for area, month in ((VILLAGE, "2026-01"), (COUNTY, "2026-02")):
        given(await close(client, area, month), 201)
    await work(lambda registry: registry.discrepancies.compare())
    assert await all_pages(client, DISCREPANCIES, area=COUNTY) == []
    line = (
        "INSERT INTO postings (id, person_id, book, kind, area, amount, occurred_on, posted_on)"
        " VALUES (gen_random_uuid(), :person, 'residence', 'correction', :area, :amount, '2026-01-15', '2026-03-16')"
    )
    async with committed.session() as session:
        for amount, area in ((1, VILLAGE), (1, FAR)):
            await session.execute(text(line), {"person": person, "area": area, "amount": amount})
        await session.commit()
    await work(lambda registry: registry.discrepancies.compare())
    found = await all_pages(client, DISCREPANCIES, area=COUNTY)
    told = {(one["area"], one["month"], one["ledger"], one["stock"]) for one in found}
    assert told == {
        (VILLAGE, None, 2, 1),
        (VILLAGE, "2026-01", 2, 1),
        (VILLAGE, "2026-02", 2, 1),
        (FAR, None, 1, 0),
        (FAR, "2026-02", 1, 0),
    }
    assert given(await client.post(f"{DISCREPANCIES}/check", json={"area": FAR}))["count"] == 2


async def test_nobody_elsewhere_closes_reads_or_reopens(client_of: Client, county: None) -> None:
    made = given(await close(client_of(*CLERK), VILLAGE, "2026-01"), 201)
    far, officer = client_of(*FAR_CLERK), client_of("town_officer", OTHER_TOWN)
    for asked in (made, {"id": NOBODY}):
        assert_not_found(await far.get(f"{BOOK_CLOSINGS}/{asked['id']}"))
        assert_not_found(await reopen(officer, asked))
    for area in (VILLAGE, OTHER_TOWN, COUNTY):
        assert_not_found(await close(far, area, "2026-01"))
    assert await all_pages(far, BOOK_CLOSINGS, area=FAR) == []
    assert_not_found(await far.get(BOOK_CLOSINGS, params={"area": VILLAGE}))
    assert_refused(await reopen(client_of(*CLERK), made), "forbidden")
    assert_refused(await close(client_of("auditor", COUNTY), COUNTY, "2026-01"), "forbidden")


async def test_why_a_month_was_reopened_is_sealed(client_of: Client, county: None, committed: Database) -> None:
    made = given(await close(client_of(*CLERK), VILLAGE, "2026-01"), 201)
    given(await reopen(client_of(*OFFICER, subject="other"), made))
    async with committed.session() as session:
        (kept,) = (await session.execute(text("SELECT reason_sealed FROM book_closings"))).scalars()
    assert "漏记".encode() not in kept
    assert given(await client_of(*CLERK).get(f"{BOOK_CLOSINGS}/{made['id']}"))["reason"] == WHY


@pytest.mark.parametrize("statement", ["UPDATE book_carried SET closing = 0", "DELETE FROM book_carried"])
async def test_what_was_frozen_is_not_changed(
    client_of: Client, county: None, committed: Database, statement: str
) -> None:
    await register(client_of(*CLERK))
    given(await close(client_of(*CLERK), VILLAGE, "2026-01"), 201)
    async with committed.session() as session:
        with pytest.raises(Exception, match="permission denied"):
            await session.execute(text(statement))


async def test_months_before_time_begins_are_none(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    for month in ("0000-01", "0000-12", "0001-01", "1799-12", "9999-12"):
        assert_refused(await close(client, COUNTY, month), "invalid_request", [("month", "month_range")])
        answer = await client.get(BOOK_CLOSINGS, params={"area": COUNTY, "month": month})
        assert_refused(answer, "invalid_request", [("query.month", "month_range")])
    for month in ("2999-12", "2026-03"):
        assert_refused(await close(client, COUNTY, month), "book_month_not_over")
