"""Months are closed and reopened: what is closed is not posted to, and what was carried stands still."""

import asyncio
from typing import Any

import pytest

from shared.auth.principal import Principal
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.accounts.conftest import CHECKER, FUND, Balances, Held, Post, a_donation, a_relief
from tests.shared.ledgers.records.conftest import Send, code_of, wrong

JANUARY, FEBRUARY = "2026-01-20", "2026-02-20"
CLOSED = (409, "month_closed")


@pytest.fixture
async def money(post: Post) -> None:
    """100 of January and 30 of February in the village, 5 of January in the next one."""
    await post(TOWN_OFFICER, a_donation(100, day=JANUARY))
    await post(TOWN_OFFICER, a_donation(30, day=FEBRUARY))
    await post(TOWN_OFFICER, a_donation(5, day=JANUARY, area=OTHER_VILLAGE))


async def closed(send: Send, month: str, *, area: str = VILLAGE, who: Principal = TOWN_OFFICER) -> dict[str, Any]:
    answer = await send(who, "post", f"{FUND}/closings", {"area": area, "month": month})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def carried(shown: dict[str, Any]) -> dict[str, tuple[int, int]]:
    return {one["kind"]: (one["accounts"], one["balance"]) for one in shown["carried"]}


async def test_a_closed_month_takes_no_posting_and_its_balances_are_frozen(
    money: None, send: Send, post: Post, balances: Balances
) -> None:
    shown = await closed(send, "2026-01")
    assert carried(shown) == {"donors": (1, -100), "fund": (1, 100)}
    for day in (JANUARY, "2026-01-31", "2025-12-31"):
        refused = await post(TOWN_OFFICER, a_donation(1, day=day), status=409)
        assert (code_of(refused), wrong(refused)[0][0]) == (CLOSED, "day")
        assert "反结账" in refused.json()["advice"]
    await post(TOWN_OFFICER, a_donation(1, day="2026-02-01"))
    await post(TOWN_OFFICER, a_donation(1, day=JANUARY, area=OTHER_VILLAGE))
    again = (await send(TOWN_OFFICER, "get", f"{FUND}/closings/{shown['id']}")).json()
    assert carried(again) == carried(shown)
    on = await balances(area=VILLAGE, on="2026-01-31")
    assert on == {f"donors:{VILLAGE}": -100, f"fund:{VILLAGE}": 100}


async def test_a_month_closed_for_a_town_is_closed_in_its_villages(money: None, send: Send, post: Post) -> None:
    shown = await closed(send, "2026-02", area=TOWN)
    assert carried(shown) == {"donors": (2, -135), "fund": (2, 135)}
    for area in (VILLAGE, OTHER_VILLAGE):
        refused = await post(TOWN_OFFICER, a_donation(1, day=FEBRUARY, area=area), status=409)
        assert code_of(refused) == CLOSED
    foreign = "450481101201"
    await post(COUNTY_OFFICER, a_donation(1, day=FEBRUARY, area=foreign))


async def test_a_posting_with_one_side_in_a_closed_month_is_refused_whole(
    money: None, send: Send, post: Post, family: Held, balances: Balances
) -> None:
    record = await family(area=OTHER_VILLAGE)
    await closed(send, "2026-01", area=OTHER_VILLAGE)
    before = await balances()
    refused = await post(TOWN_OFFICER, a_relief(record, 5, day=JANUARY), status=409)
    assert code_of(refused) == CLOSED
    assert await balances() == before


async def test_a_closed_month_is_reopened_for_a_reason_and_closed_again(money: None, send: Send, post: Post) -> None:
    first = await closed(send, "2026-01")
    path = f"{FUND}/closings/{first['id']}"
    assert wrong(await send(TOWN_OFFICER, "post", f"{path}/reopen", {}))[0][0] == "reason"
    assert code_of(await send(TOWN_OFFICER, "post", f"{path}/reopen", {"reason": "x"}, seen=2))[0] == 412
    answer = await send(TOWN_OFFICER, "post", f"{path}/reopen", {"reason": "补记捐款"}, seen=1)
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["version"], shown["reason"], shown["reopened_by"]) == (2, "补记捐款", TOWN_OFFICER.subject)
    assert carried(shown) == carried(first)  # what was frozen then can still be read
    await post(TOWN_OFFICER, a_donation(7, day=JANUARY))
    assert code_of(await send(TOWN_OFFICER, "post", f"{path}/reopen", {"reason": "x"}))[1] == "closing_reopened"
    second = await closed(send, "2026-01")
    assert carried(second) == {"donors": (1, -107), "fund": (1, 107)}
    listed = (await send(CLERK, "get", f"{FUND}/closings")).json()["items"]
    assert [(one["id"], one["version"]) for one in listed] == [(second["id"], 1), (first["id"], 2)]


async def test_months_are_reopened_from_the_last_one_on(money: None, send: Send) -> None:
    january, february = await closed(send, "2026-01"), await closed(send, "2026-02")
    refused = await send(TOWN_OFFICER, "post", f"{FUND}/closings/{january['id']}/reopen", {"reason": "x"})
    assert code_of(refused) == (409, "later_month_closed")
    for one in (february, january):
        done = await send(TOWN_OFFICER, "post", f"{FUND}/closings/{one['id']}/reopen", {"reason": "x"})
        assert done.status_code == 200, done.text


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"area": VILLAGE, "month": "2026-03"}, (422, "month_not_over")),
        ({"area": VILLAGE, "month": "2027-01"}, (422, "month_not_over")),
        ({"area": VILLAGE, "month": "2026-13"}, (422, "invalid_request")),
        ({"area": VILLAGE, "month": "2026-01"}, (409, "month_closed_already")),
        ({"area": VILLAGE, "month": "2025-11"}, (409, "month_closed_already")),
        ({"area": "450481101", "month": "2026-02"}, (404, "not_found")),
        ({"area": "450481100299", "month": "2026-02"}, (503, "not_yet")),
    ],
)
async def test_which_month_may_be_closed_where(
    money: None, send: Send, body: dict[str, str], code: tuple[int, str]
) -> None:
    await closed(send, "2026-01")
    assert code_of(await send(TOWN_OFFICER, "post", f"{FUND}/closings", body)) == code


async def test_who_may_not_decide_closes_and_reopens_nothing(money: None, send: Send) -> None:
    body = {"area": VILLAGE, "month": "2026-01"}
    assert code_of(await send(CLERK, "post", f"{FUND}/closings", body)) == (403, "forbidden")
    assert code_of(await send(OTHER_CLERK, "post", f"{FUND}/closings", body)) == (404, "not_found")
    shown = await closed(send, "2026-01")
    path = f"{FUND}/closings/{shown['id']}"
    for who, code in ((CLERK, 403), (OTHER_CLERK, 404)):
        assert (await send(who, "post", f"{path}/reopen", {"reason": "x"})).status_code == code
        assert (await send(who, "get", path)).status_code == (200 if who is CLERK else 404)
    assert (await send(OTHER_CLERK, "get", f"{FUND}/closings")).json()["items"] == []


async def test_a_posting_of_a_closed_month_is_reversed_in_an_open_one(
    money: None, post: Post, send: Send, balances: Balances
) -> None:
    wrongly = (await post(CLERK, a_donation(9, day=JANUARY))).json()["id"]
    await closed(send, "2026-01")
    path = f"{FUND}/postings/{wrongly}/reverse"
    refused = await send(CHECKER, "post", path, {"reason": "录错", "day": "2026-01-31"})
    assert code_of(refused) == CLOSED
    done = await send(CHECKER, "post", path, {"reason": "录错"})
    assert done.status_code == 200, done.text
    assert (await balances(on="2026-01-31"))[f"fund:{VILLAGE}"] == 109
    assert (await balances())[f"fund:{VILLAGE}"] == 130


async def test_postings_race_a_close_and_what_is_frozen_is_what_the_month_has(
    money: None, send: Send, balances: Balances
) -> None:
    """Whatever the order: what was taken before the close is carried, what came after is refused."""
    body = a_donation(1, day=JANUARY)
    postings = [send(CLERK, "post", f"{FUND}/postings", body) for _ in range(12)]
    close = send(TOWN_OFFICER, "post", f"{FUND}/closings", {"area": VILLAGE, "month": "2026-01"})
    *answers, shown = await asyncio.gather(*postings[:6], *postings[6:], close)
    assert shown.status_code == 201, shown.text
    taken = sum(answer.status_code == 201 for answer in answers)
    assert all(answer.status_code == 201 or code_of(answer) == CLOSED for answer in answers)
    assert carried(shown.json())["fund"] == (1, 100 + taken)
    assert (await balances(on="2026-01-31"))[f"fund:{VILLAGE}"] == 100 + taken


async def test_two_who_close_the_same_month_one_wins(money: None, send: Send) -> None:
    body = {"area": VILLAGE, "month": "2026-01"}
    answers = await asyncio.gather(
        *(send(who, "post", f"{FUND}/closings", body) for who in [TOWN_OFFICER, CHECKER] * 3)
    )
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 5
