"""Postings over HTTP: sums to zero, accounts that open of themselves, and what is refused by its place."""

import asyncio
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from shared.db.base import KitBase
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from tests.grid.builders import CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE, WORKER, an_area
from tests.shared.ledgers.accounts.conftest import (
    FUND,
    HOURS,
    Balances,
    Held,
    Post,
    a_donation,
    a_relief,
    a_side,
    an_hour,
)
from tests.shared.ledgers.records.conftest import Published, Send, code_of, wrong

TABLES = ("ledger_accounts", "ledger_account_days", "ledger_postings", "ledger_entries")


async def rows_of(database: Database) -> dict[str, int]:
    """How many rows the tables of accounts have."""
    async with database.session() as session:
        return {
            table: await session.scalar(select(func.count()).select_from(KitBase.metadata.tables[table])) or 0
            for table in TABLES
        }


async def test_accounts_open_of_themselves_one_of_each_kind_a_holder(
    family: Held, post: Post, balances: Balances, committed: Database
) -> None:
    record = await family()
    made = (await post(CLERK, a_donation(50_000, remark="某单位捐款"))).json()
    assert [(one["account"], one["amount"]) for one in made["sides"]] == [("fund", 50_000), ("donors", -50_000)]
    assert (made["version"], made["remark"], made["reversed_by"]) == (1, "****", None)
    await post(CLERK, a_donation(7_000))
    await post(CLERK, a_relief(record, 20_000))
    assert await balances() == {
        f"donors:{VILLAGE}": -57_000,
        f"fund:{VILLAGE}": 37_000,
        f"family:{record}": 20_000,
    }
    assert (await rows_of(committed))["ledger_accounts"] == 3


async def test_the_two_ledgers_that_ship_keep_books_of_their_own(
    family: Held, volunteer: Held, post: Post, balances: Balances
) -> None:
    card = await volunteer()
    await post(WORKER, an_hour(card, 90), ledger=HOURS)
    await post(CLERK, an_hour(card, 30, kind="redeem"), ledger=HOURS)
    await post(CLERK, a_donation(100))
    assert await balances(HOURS) == {f"volunteer:{card}": 60, f"community:{VILLAGE}": -60}
    assert await balances(FUND) == {f"fund:{VILLAGE}": 100, f"donors:{VILLAGE}": -100}


async def test_a_sum_that_is_not_zero_is_refused_and_tells_the_difference(post: Post, committed: Database) -> None:
    body = a_donation(100)
    body["sides"][1]["amount"] = 130
    refused = await post(CLERK, body, status=422)
    assert code_of(refused) == (422, "posting_unbalanced")
    (error,) = refused.json()["errors"]
    assert (error["path"], error["message"]) == ("sides", "减少方多 30 分")
    assert sum((await rows_of(committed)).values()) == 0


RECORD = "0197d0c0-6a01-7c11-9d01-3a4b5c6d7e8f"
FUNDS, DONORS = a_side("fund", VILLAGE, 5), a_side("donors", VILLAGE, 5)
WRONG: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("no such kind", {"kind": "gift"}, "posting_kind_unknown", ["kind"]),
    ("tomorrow", {"day": "2026-03-17"}, "posting_day_ahead", ["day"]),
    ("other order", {"sides": [DONORS, FUNDS]}, "posting_sides_wrong", ["sides.0.account", "sides.1.account"]),
    ("one too many", {"sides": [FUNDS, DONORS, DONORS]}, "posting_sides_wrong", ["sides.2.account"]),
    (
        "a record where an area holds",
        {"sides": [a_side("fund", RECORD, 5), DONORS]},
        "posting_holder_wrong",
        ["sides.0"],
    ),
    ("two holders", {"sides": [{**FUNDS, "record_id": RECORD}, DONORS]}, "posting_holder_wrong", ["sides.0"]),
    ("no holder", {"sides": [{"account": "fund", "amount": 5}, DONORS]}, "posting_holder_wrong", ["sides.0"]),
    ("a town's account", {"sides": [a_side("fund", TOWN, 5), DONORS]}, "record_area_level", ["sides.0.area"]),
]


@pytest.mark.parametrize(("change", "code", "paths"), [pytest.param(*one[1:], id=one[0]) for one in WRONG])
async def test_what_is_wrong_is_told_by_its_place_and_leaves_nothing(
    post: Post, committed: Database, change: dict[str, Any], code: str, paths: list[str]
) -> None:
    refused = await post(TOWN_OFFICER, {**a_donation(5), **change}, status=422)
    assert code_of(refused) == (422, code)
    assert [path for path, _ in wrong(refused)] == paths
    assert sum((await rows_of(committed)).values()) == 0


@pytest.mark.parametrize("amount", [0, -5, 10**12 + 1, 1.5, "5", True, None])
async def test_amounts_are_whole_and_above_zero(post: Post, amount: object) -> None:
    refused = await post(CLERK, {**a_donation(5), "sides": [{**FUNDS, "amount": amount}, DONORS]}, status=422)
    assert wrong(refused)[0][0] == "sides.0.amount"


async def test_an_area_that_nobody_knows_opens_no_account(post: Post, committed: Database) -> None:
    refused = await post(TOWN_OFFICER, a_donation(5, area="450481100299"), status=503)
    assert code_of(refused) == (503, "not_yet")
    assert sum((await rows_of(committed)).values()) == 0


async def test_an_account_stands_on_one_side_only(published: Published, post: Post) -> None:
    """A ledger may move between accounts of one kind, not from an account to itself."""
    await published.publish(MOVES)
    sides = [a_side("purse", VILLAGE, 5), a_side("purse", VILLAGE, 5)]
    refused = await post(CLERK, {"kind": "move", "day": "2026-03-02", "sides": sides}, ledger=PURSES, status=422)
    assert (code_of(refused)[1], wrong(refused)) == (
        "posting_account_repeated",
        [("sides.1", "posting_account_repeated")],
    )


async def test_an_ended_record_is_not_posted_to_and_a_retired_ledger_neither(
    family: Held, send: Send, post: Post, published: Published, committed: Database
) -> None:
    record = await family()
    await post(CLERK, a_donation(500))
    before = await rows_of(committed)
    ended = await send(CLERK, "post", f"{FUND}/records/{record}/steps/end", {"reason": "已脱困"})
    assert ended.status_code == 200, ended.text
    refused = await post(CLERK, a_relief(record, 5), status=409)
    assert (code_of(refused)[1], wrong(refused)[0][0]) == ("account_record_ended", "sides.0.record_id")
    await published.retire("relief_fund")
    assert code_of(await post(CLERK, a_donation(5), status=409))[1] == "ledger_retired"
    assert await rows_of(committed) == before


async def test_a_ledger_without_accounts_takes_no_posting(send: Send, books: None) -> None:
    for method, path, body in (
        ("post", "/postings", a_donation(5)),
        ("get", "/accounts", None),
        ("get", f"/trial-balance?area={VILLAGE}", None),
        ("get", "/closings", None),
    ):
        answer = await send(CLERK, method, f"/ledgers/mediations{path}", body)
        assert code_of(answer) == (409, "ledger_without_accounts"), path


async def test_a_side_may_name_the_version_of_the_account_that_the_caller_saw(post: Post, balances: Balances) -> None:
    first = a_donation(100)
    first["sides"][0]["version"] = 0
    await post(CLERK, first)
    refused = await post(CLERK, first, status=409)
    assert code_of(refused) == (409, "account_moved")
    assert [one["path"] for one in refused.json()["errors"]] == ["sides.0.version"]
    first["sides"][0]["version"] = 1
    await post(CLERK, first)
    assert await balances() == {f"fund:{VILLAGE}": 200, f"donors:{VILLAGE}": -200}


async def test_a_repeated_request_posts_once(send: Send, books: None, balances: Balances) -> None:
    key = {"headers": {"Idempotency-Key": "one-and-the-same"}}
    answers = [await send(CLERK, "post", f"{FUND}/postings", a_donation(100), **key) for _ in range(3)]
    assert {(answer.status_code, answer.json()["id"]) for answer in answers} == {(201, answers[0].json()["id"])}
    assert "Xiangli-Position" in answers[0].headers
    assert await balances() == {f"fund:{VILLAGE}": 100, f"donors:{VILLAGE}": -100}


async def test_a_posting_between_two_villages_is_kept_in_both(
    family: Held, post: Post, balances: Balances, send: Send
) -> None:
    record = await family(area=OTHER_VILLAGE)
    await post(TOWN_OFFICER, a_donation(500))
    await post(TOWN_OFFICER, a_relief(record, 200))
    assert await balances(area=VILLAGE) == {f"fund:{VILLAGE}": 300, f"donors:{VILLAGE}": -500}
    assert await balances(area=OTHER_VILLAGE) == {f"family:{record}": 200}


async def test_accounts_of_an_area_that_was_abolished_can_still_be_emptied(
    post: Post, published: Published, arrivals: Arrivals, balances: Balances
) -> None:
    await published.publish(MOVES)
    sides = [a_side("purse", VILLAGE, 5), a_side("source", VILLAGE, 5)]
    await post(TOWN_OFFICER, {"kind": "fill", "day": "2026-03-02", "sides": sides}, ledger=PURSES)
    await arrivals.take(an_area(VILLAGE, valid_to=date(2026, 3, 10), version=2))
    back = [a_side("purse", OTHER_VILLAGE, 5), a_side("purse", VILLAGE, 5)]
    await post(TOWN_OFFICER, {"kind": "move", "day": "2026-03-12", "sides": back}, ledger=PURSES)
    assert (await balances(PURSES))[f"purse:{OTHER_VILLAGE}"] == 5
    fresh = [a_side("savings", VILLAGE, 5), a_side("purse", OTHER_VILLAGE, 5)]
    refused = await post(TOWN_OFFICER, {"kind": "save", "day": "2026-03-12", "sides": fresh}, ledger=PURSES, status=422)
    assert wrong(refused) == [("sides.0.area", "record_area_unknown")]


PURSES = "/ledgers/purses"
MOVES = """
code: purses
title: 零用钱
owner: grid
source: 测试
levels: [village]
fields: [{name: kind, title: 类型, type: integer}]
statuses: [{code: kept, title: 在册, initial: true, final: true}]
accounts:
  unit: piece
  closes_monthly: false
  kinds:
    - {code: purse, title: 零用, holder: area}
    - {code: savings, title: 储蓄, holder: area}
    - {code: source, title: 来源, holder: area, may_be_negative: true}
  postings:
    - {code: move, title: 划转, permission: record.write, reverse_permission: record.check,
       sides: [{account: purse, sign: 1}, {account: purse, sign: -1}]}
    - {code: save, title: 转存, permission: record.write, reverse_permission: record.check,
       sides: [{account: savings, sign: 1}, {account: purse, sign: -1}]}
    - {code: fill, title: 充值, permission: record.write, reverse_permission: record.check,
       sides: [{account: purse, sign: 1}, {account: source, sign: -1}]}
    - {code: split, title: 分配, permission: record.write, reverse_permission: record.check,
       sides: [{account: purse, sign: 1}, {account: savings, sign: 1}, {account: source, sign: -1}]}
"""


async def test_three_sides_sum_to_zero(post: Post, published: Published, balances: Balances) -> None:
    await published.publish(MOVES)
    sides = [a_side("purse", VILLAGE, 30), a_side("savings", VILLAGE, 70), a_side("source", VILLAGE, 100)]
    body = {"kind": "split", "day": "2026-03-02", "sides": sides}
    await post(CLERK, body, ledger=PURSES)
    assert await balances(PURSES) == {
        f"purse:{VILLAGE}": 30,
        f"savings:{VILLAGE}": 70,
        f"source:{VILLAGE}": -100,
    }
    sides[1]["amount"] = 71
    refused = await post(CLERK, body, ledger=PURSES, status=422)
    assert refused.json()["errors"][0]["message"] == "增加方多 1 件"


async def test_a_ledger_that_does_not_close_months_says_so(send: Send, books: None, published: Published) -> None:
    await published.publish(MOVES)
    answer = await send(TOWN_OFFICER, "post", f"{PURSES}/closings", {"area": VILLAGE, "month": "2026-02"})
    assert code_of(answer) == (409, "not_closed_monthly")


async def test_one_account_opened_by_eight_at_once_is_one(post: Post, balances: Balances, committed: Database) -> None:
    await asyncio.gather(*(post(CLERK, a_donation(10)) for _ in range(8)))
    assert await balances() == {f"fund:{VILLAGE}": 80, f"donors:{VILLAGE}": -80}
    assert (await rows_of(committed))["ledger_accounts"] == 2
