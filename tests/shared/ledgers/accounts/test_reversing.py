"""Postings are never changed: they are reversed, once, by somebody else."""

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.grid.builders import CLERK, COUNTY_OFFICER, OTHER_CLERK, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.accounts.conftest import (
    CHECKER,
    FUND,
    HOURS,
    Balances,
    Held,
    Post,
    a_day,
    a_donation,
    a_relief,
    an_hour,
    until_waiting,
)
from tests.shared.ledgers.records.conftest import Published, Send, code_of, wrong

WHY = {"reason": "金额录错"}


@pytest.fixture
async def donation(post: Post) -> str:
    """100 fen that the town officer took in on the 2nd."""
    made: str = (await post(TOWN_OFFICER, a_donation(100))).json()["id"]
    return made


async def test_a_reversal_moves_every_account_back_and_both_stay(donation: str, send: Send, balances: Balances) -> None:
    answer = await send(CHECKER, "post", f"{FUND}/postings/{donation}/reverse", {**WHY, "day": a_day(5)})
    assert answer.status_code == 200, answer.text
    shown = answer.json()
    assert (shown["id"], shown["version"], answer.headers["ETag"]) == (donation, 2, '"2.masked"')
    counter = (await send(CHECKER, "get", f"{FUND}/postings/{shown['reversed_by']}")).json()
    assert (counter["reverses"], counter["day"], counter["remark"]) == (donation, a_day(5), "****")
    assert [(one["account"], one["amount"]) for one in counter["sides"]] == [("fund", -100), ("donors", 100)]
    assert await balances() == {f"fund:{VILLAGE}": 0, f"donors:{VILLAGE}": 0}
    assert await balances(on=a_day(4)) == {f"fund:{VILLAGE}": 100, f"donors:{VILLAGE}": -100}


async def test_a_posting_is_reversed_once_also_by_eight_at_once(donation: str, send: Send, balances: Balances) -> None:
    path = f"{FUND}/postings/{donation}/reverse"
    answers = await asyncio.gather(*(send(who, "post", path, WHY) for who in [CHECKER, COUNTY_OFFICER] * 4))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"posting_reversed"}
    assert await balances() == {f"fund:{VILLAGE}": 0, f"donors:{VILLAGE}": 0}
    assert code_of(await send(CHECKER, "post", path, WHY, seen=1)) == (412, "version_mismatch")
    assert code_of(await send(CHECKER, "post", path, WHY, seen=2)) == (409, "posting_reversed")


async def test_of_two_that_wait_for_the_accounts_the_second_finds_it_reversed(
    donation: str, send: Send, committed: Database
) -> None:
    """Both found it unreversed before they waited; not the missing money is told to the second."""
    path = f"{FUND}/postings/{donation}/reverse"
    async with committed.session() as session:
        await session.execute(text("SELECT FROM ledger_accounts FOR UPDATE"))
        waiting = [asyncio.ensure_future(send(who, "post", path, WHY)) for who in (CHECKER, COUNTY_OFFICER)]
        await until_waiting(committed, 2)
        await session.rollback()
    answers = sorted(await asyncio.gather(*waiting), key=lambda answer: answer.status_code)
    assert answers[0].status_code == 200, answers[0].text
    assert code_of(answers[1]) == (409, "posting_reversed")


async def test_a_reversal_is_not_reversed(donation: str, send: Send) -> None:
    answer = await send(CHECKER, "post", f"{FUND}/postings/{donation}/reverse", WHY)
    counter = answer.json()["reversed_by"]
    refused = await send(COUNTY_OFFICER, "post", f"{FUND}/postings/{counter}/reverse", WHY)
    assert code_of(refused) == (409, "posting_is_reversal")


async def test_who_posted_does_not_reverse_and_who_may_only_post_neither(donation: str, send: Send) -> None:
    path = f"{FUND}/postings/{donation}/reverse"
    assert code_of(await send(TOWN_OFFICER, "post", path, WHY)) == (403, "posting_four_eyes")
    assert code_of(await send(CLERK, "post", path, WHY)) == (403, "forbidden")
    assert code_of(await send(OTHER_CLERK, "post", path, WHY)) == (404, "not_found")
    assert (await send(CHECKER, "post", path, WHY)).status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "path"),
    [
        ({}, "invalid_request", "reason"),
        ({"reason": " "}, "invalid_request", "reason"),
        ({**WHY, "day": a_day(1)}, "reversal_before_posting", "day"),
        ({**WHY, "day": a_day(17)}, "posting_day_ahead", "day"),
    ],
)
async def test_a_reversal_has_a_reason_and_a_day_between(
    donation: str, send: Send, balances: Balances, body: dict[str, Any], code: str, path: str
) -> None:
    refused = await send(CHECKER, "post", f"{FUND}/postings/{donation}/reverse", body)
    assert (code_of(refused), wrong(refused)[0][0]) == ((422, code), path)
    assert await balances() == {f"fund:{VILLAGE}": 100, f"donors:{VILLAGE}": -100}


async def test_what_was_entered_wrongly_is_undone_of_ended_records_and_retired_ledgers_too(
    family: Held, post: Post, send: Send, published: Published, balances: Balances
) -> None:
    record = await family()
    await post(CLERK, a_donation(100))
    wrongly = (await post(CLERK, a_relief(record, 100))).json()["id"]
    await send(CLERK, "post", f"{FUND}/records/{record}/steps/end", {"reason": "已脱困"})
    await published.retire("relief_fund")
    answer = await send(TOWN_OFFICER, "post", f"{FUND}/postings/{wrongly}/reverse", WHY)
    assert answer.status_code == 200, answer.text
    assert (await balances())[f"family:{record}"] == 0


async def test_a_posting_of_another_ledger_is_not_there(donation: str, volunteer: Held, post: Post, send: Send) -> None:
    hours = (await post(CLERK, an_hour(await volunteer(), 5), ledger=HOURS)).json()["id"]
    assert code_of(await send(CHECKER, "post", f"{FUND}/postings/{hours}/reverse", WHY)) == (404, "not_found")
    assert code_of(await send(CHECKER, "get", f"{HOURS}/postings/{donation}")) == (404, "not_found")


async def test_postings_are_append_only_for_the_service_itself(donation: str, committed: Database) -> None:
    async with committed.session() as session:
        for table in ("ledger_postings", "ledger_entries", "ledger_carried"):
            for right, has in (("UPDATE", False), ("DELETE", False), ("INSERT", True)):
                asked = text(f"SELECT has_table_privilege(current_user, '{table}', '{right}')")
                assert await session.scalar(asked) is has, (table, right)
