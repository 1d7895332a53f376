"""An account that may not be negative never is, on any day: also when the past is written."""

import asyncio

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.grid.builders import CLERK, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.accounts.conftest import (
    CHECKER,
    FUND,
    Balances,
    Held,
    Post,
    a_day,
    a_donation,
    a_relief,
    until_waiting,
)
from tests.shared.ledgers.records.conftest import Send, code_of

SHORT = (409, "account_below_zero")


async def test_more_than_there_is_does_not_go_out_and_the_answer_tells_how_much_is_missing(
    family: Held, post: Post, balances: Balances
) -> None:
    record = await family()
    await post(CLERK, a_donation(100))
    refused = await post(CLERK, a_relief(record, 130), status=409)
    assert code_of(refused) == SHORT
    (error,) = refused.json()["errors"]
    assert (error["path"], error["message"]) == ("sides.1.amount", "2026-03-03 的余额不足，差 30 分")
    assert await balances() == {f"fund:{VILLAGE}": 100, f"donors:{VILLAGE}": -100}
    await post(CLERK, a_relief(record, 100))


async def test_what_came_in_later_does_not_pay_for_what_went_out_before(family: Held, post: Post) -> None:
    record = await family()
    await post(CLERK, a_donation(100, day=a_day(10)))
    refused = await post(CLERK, a_relief(record, 100, day=a_day(9)), status=409)
    assert (code_of(refused), refused.json()["errors"][0]["message"]) == (SHORT, "2026-03-09 的余额不足，差 100 分")
    await post(CLERK, a_relief(record, 100, day=a_day(10)))


async def test_a_posting_of_the_past_is_judged_on_every_later_day(family: Held, post: Post, balances: Balances) -> None:
    """On the 4th there are 100, on the 8th 20 and today 520: 50 less on the 4th would make the 8th negative."""
    record = await family()
    for day, amount in ((4, 100), (12, 500)):
        await post(CLERK, a_donation(amount, day=a_day(day)))
    await post(CLERK, a_relief(record, 80, day=a_day(8)))
    refused = await post(CLERK, a_relief(record, 50, day=a_day(4)), status=409)
    assert (code_of(refused), refused.json()["errors"][0]["message"]) == (SHORT, "2026-03-08 的余额不足，差 30 分")
    await post(CLERK, a_relief(record, 20, day=a_day(4)))
    found = [(await balances(on=a_day(day)))[f"fund:{VILLAGE}"] for day in (4, 7, 8, 11, 12)]
    assert found == [80, 80, 0, 0, 500]
    assert code_of(await post(CLERK, a_relief(record, 1, day=a_day(5)), status=409)) == SHORT


async def test_money_of_a_reversed_donation_that_is_spent_cannot_be_taken_back(
    family: Held, post: Post, send: Send
) -> None:
    record = await family()
    donation = (await post(CLERK, a_donation(100))).json()["id"]
    await post(CLERK, a_relief(record, 60))
    refused = await send(TOWN_OFFICER, "post", f"{FUND}/postings/{donation}/reverse", {"reason": "录错"})
    assert code_of(refused) == SHORT
    await post(CLERK, a_donation(60))
    done = await send(TOWN_OFFICER, "post", f"{FUND}/postings/{donation}/reverse", {"reason": "录错"})
    assert done.status_code == 200, done.text


async def test_an_account_that_may_be_negative_may(post: Post, balances: Balances) -> None:
    await post(CLERK, a_donation(1))
    assert (await balances())[f"donors:{VILLAGE}"] == -1


async def test_two_who_spend_the_same_money_at_once_one_wins(family: Held, post: Post, send: Send) -> None:
    record = await family()
    await post(CLERK, a_donation(100))
    body = a_relief(record, 100)
    answers = await asyncio.gather(*(send(who, "post", f"{FUND}/postings", body) for who in [CLERK, CHECKER] * 4))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7


async def test_a_posting_races_one_that_is_dated_before_it(family: Held, post: Post, send: Send) -> None:
    """100 of the 2nd, asked for by one dated the 3rd and one dated the 4th: whichever is second is refused."""
    record = await family()
    await post(CLERK, a_donation(100))
    bodies = [a_relief(record, 100, day=a_day(day)) for day in (3, 4, 3, 4)]
    answers = await asyncio.gather(*(send(CLERK, "post", f"{FUND}/postings", body) for body in bodies))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_balances_stay_exact_for_every_reader(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.ledgers.accounts.service.moving.MAX_BALANCE", 10**12)
    await post(CLERK, a_donation(10**12))
    refused = await post(CLERK, a_donation(1), status=409)
    assert code_of(refused) == (409, "account_too_large")
    assert [error["path"] for error in refused.json()["errors"]] == ["sides.0.amount", "sides.1.amount"]


async def test_a_record_does_not_end_while_money_is_on_its_way(
    family: Held, post: Post, send: Send, balances: Balances, committed: Database
) -> None:
    """The payment has found the record live and waits for the fund: so the end of the record waits for the payment."""
    record = await family()
    await post(CLERK, a_donation(1_000))
    async with committed.session() as session:
        await session.execute(text("SELECT FROM ledger_accounts FOR UPDATE"))
        paying = asyncio.ensure_future(send(CLERK, "post", f"{FUND}/postings", a_relief(record, 5)))
        await until_waiting(committed, 1)
        path = f"{FUND}/records/{record}/steps/end"
        ending = asyncio.ensure_future(send(CLERK, "post", path, {"reason": "已脱困"}))
        await until_waiting(committed, 2)
        await session.rollback()
    assert (await paying).status_code == 201
    assert (await ending).status_code == 200
    assert (await balances())[f"family:{record}"] == 5
