"""A balance by occurrence and by posting: what a late report changes, what it must not, and who may ask."""

from typing import Any

import pytest

from services.registry.balances.domain import Balance, Basis, Flow
from shared.testing.clock import FrozenClock
from tests.registry.builders import BOOKS_OPENED_ON, COUNTY, FAR, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import (
    BALANCES,
    CLERK,
    OFFICER,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    die,
    given,
    move_in,
    move_out,
    register,
)


async def stated(client_of: Client, area: str = VILLAGE, book: str = "residence", **what: str) -> Json:
    params = {"area": area, "book": book, "from": "2026-01-01", "to": "2026-03-16", **what}
    return given(await client_of(*OFFICER).get(BALANCES, params=params))


WRONG: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    (
        {},
        [("query.area", "missing"), ("query.book", "missing"), ("query.from", "missing"), ("query.to", "missing")],
    ),
    (
        {"area": VILLAGE + "001", "book": "both", "from": "2026-02-30", "to": "x", "basis": "y"},
        [
            ("query.area", "string_too_long"),
            ("query.book", "enum"),
            ("query.from", "date_from_datetime_parsing"),
            ("query.to", "date_from_datetime_parsing"),
            ("query.basis", "enum"),
        ],
    ),
    (
        {"area": VILLAGE, "book": "residence", "from": "2026-02-02", "to": "2026-02-01"},
        [("query.to", "before_from")],
    ),
]


async def test_a_wrong_question_is_told_every_wrong_field(client_of: Client, county: None) -> None:
    for params, errors in WRONG:
        assert_refused(await client_of(*OFFICER).get(BALANCES, params=params), "invalid_request", errors)


async def test_a_balance_of_an_area_above_or_beside_ones_own_is_not_there(client_of: Client, county: None) -> None:
    params = {"book": "residence", "from": "2026-01-01", "to": "2026-03-16"}
    for area in (FAR, SISTER, TOWN, COUNTY, "45", VILLAGE[:9] + "999"):
        assert_not_found(await client_of(*CLERK).get(BALANCES, params={**params, "area": area}))
    for area in (VILLAGE, SISTER, TOWN):
        given(await client_of("town_officer", TOWN).get(BALANCES, params={**params, "area": area}))
    assert_not_found(await client_of("town_officer", TOWN).get(BALANCES, params={**params, "area": OTHER_TOWN}))


async def test_one_day_is_a_period_and_both_its_ends_count(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    people = [(await register(client))["id"] for _ in range(2)]
    given(await move_out(client, people[0], "2026-02-10"))
    given(await die(client, people[1], "2026-02-11"))
    tenth = await stated(client_of, **{"from": "2026-02-10", "to": "2026-02-10"})
    assert (tenth["opening"], tenth["closing"], tenth["flows"]) == (
        2,
        1,
        [{"kind": "out", "amount": -1, "crossing": -1, "late": 0}],
    )
    eleventh = await stated(client_of, **{"from": "2026-02-11", "to": "2026-02-11"})
    # nobody crosses a border by dying
    assert (eleventh["opening"], eleventh["closing"], eleventh["flows"]) == (
        1,
        0,
        [{"kind": "death", "amount": -1, "crossing": 0, "late": 0}],
    )


async def test_the_stock_is_told_where_the_period_reaches_today_only(client_of: Client, county: None) -> None:
    await register(client_of(*CLERK))
    for last, stock, after_today in (("2026-03-15", None, False), ("2026-03-16", 1, False), ("2026-03-17", 1, True)):
        told = await stated(client_of, to=last)
        assert (told["stock"], told["after_today"]) == (stock, after_today)


async def test_a_closed_period_stays_closed_by_posting_and_is_set_right_by_occurrence(
    client_of: Client, county: None, clock: FrozenClock
) -> None:
    """What is reported late belongs to the day of posting in the book that closes."""
    client = client_of(*REGISTRAR)
    people = [(await register(client))["id"] for _ in range(3)]
    march = {"from": "2026-03-01", "to": "2026-03-31"}
    clock.advance(days=20)  # the fifth of April
    before = {basis: await stated(client_of, basis=basis, **march) for basis in ("posted", "occurred")}
    given(await move_out(client, people[0], "2026-03-20"))
    given(await move_in(client, people[1], "2026-03-21", residence=FAR))
    after = {basis: await stated(client_of, basis=basis, **march) for basis in ("posted", "occurred")}
    assert after["posted"] == before["posted"]
    assert (before["occurred"]["closing"], after["occurred"]["closing"]) == (3, 1)
    april = await stated(client_of, basis="posted", **{"from": "2026-04-01", "to": "2026-04-30"})
    assert (april["opening"], april["closing"], april["stock"]) == (3, 1, 1)


async def test_a_reversed_line_leaves_the_sum_and_not_the_kind(client_of: Client, county: None) -> None:
    """The kind stays in the list with what it adds up to: nothing."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_in(client, person, "2026-03-01", residence=SISTER))
    given(await move_out(client, person, "2026-02-01", books=["residence"]))
    village = await stated(client_of, **{"from": "2026-01-02"})
    assert [(one["kind"], one["amount"]) for one in village["flows"]] == [("out", -1), ("transfer_out", 0)]
    sister = await stated(client_of, SISTER)
    assert [(one["kind"], one["amount"]) for one in sister["flows"]] == [("in", 1), ("transfer_in", 0)]


@pytest.mark.parametrize(
    ("area", "crossing"), [(VILLAGE, -1), (TOWN, -1), (COUNTY, 0), ("45", 0)], ids=["village", "town", "county", "all"]
)
async def test_a_transfer_crosses_the_border_of_what_it_leaves_and_of_no_more(
    client_of: Client, county: None, area: str, crossing: int
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_in(client, person, "2026-02-01", residence=FAR))
    params = {"area": area, "book": "residence", "from": "2026-01-02", "to": "2026-03-16"}
    told: dict[str, Any] = given(await client_of("auditor", "45").get(BALANCES, params=params))
    (out,) = [one for one in told["flows"] if one["kind"] == "transfer_out"]
    assert (out["amount"], out["crossing"]) == (-1, crossing)


async def test_the_two_books_are_told_apart(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    await register(client, residence={"area": VILLAGE}, registration={"area": FAR})
    await register(client, residence=None, registration={"area": FAR})
    for area, book, stock in (
        (VILLAGE, "residence", 1),
        (VILLAGE, "registration", 0),
        (FAR, "residence", 0),
        (FAR, "registration", 2),
        (COUNTY, "residence", 1),
        (COUNTY, "registration", 2),
    ):
        told = await stated(client_of, area, book)
        assert (told["closing"], told["stock"]) == (stock, stock), (area, book)


def test_closing_is_opening_and_what_flowed() -> None:
    flows = (Flow("in", 5, 5), Flow("out", -2, -2))
    balance = Balance(VILLAGE, "residence", Basis.OCCURRED, BOOKS_OPENED_ON, BOOKS_OPENED_ON, opening=10, flows=flows)
    assert balance.closing == 13
