"""Postings are announced once, each on its topic, and announced again as they stand; nothing tells whose they are."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import orjson
import pytest
from sqlalchemy import text

from shared.contracts.envelope import Fact
from shared.contracts.ledger_records import MADE_OF
from shared.db.engine import Database
from shared.testing.doors import Door
from tests.grid.builders import CLERK, OTHER_CLERK, TOWN_OFFICER, VILLAGE, WORKER
from tests.shared.ledgers.accounts.conftest import (
    CHECKER,
    FUND,
    HOURS,
    Held,
    Post,
    a_day,
    a_donation,
    a_relief,
    a_side,
    an_hour,
)
from tests.shared.ledgers.accounts.test_posting import MOVES, PURSES
from tests.shared.ledgers.records.conftest import Published, Send
from tests.shared.ledgers.restating import require_restated

Posted = Callable[[], Awaitable[Sequence[Fact[Any]]]]
PLANTED = ("欧阳植入", "植入摘要", "植入理由", "13912345678")


async def test_a_posting_tells_kinds_areas_amounts_and_what_it_counts(family: Held, post: Post, posted: Posted) -> None:
    record = await family()
    await post(CLERK, a_donation(500))
    await post(CLERK, a_relief(record, 200))
    donated, relieved = [fact.state for fact in await posted()]
    assert [(side.account, side.area, side.amount) for side in relieved.sides] == [
        ("family", VILLAGE, 200),
        ("fund", VILLAGE, -200),
    ]
    counts = {(one.indicator, one.area, one.amount) for one in (*donated.counts, *relieved.counts)}
    assert counts == {
        ("grid.relief_fund.donated", VILLAGE, 500),
        ("grid.relief_fund.donated.records", VILLAGE, 1),
        ("grid.relief_fund.fund", VILLAGE, 500),
        ("grid.relief_fund.fund.records", VILLAGE, 1),
        ("grid.relief_fund.relieved", VILLAGE, 200),
        ("grid.relief_fund.relieved.records", VILLAGE, 1),
        ("grid.relief_fund.fund", VILLAGE, -200),
    }


async def test_a_reversal_takes_off_what_was_counted(post: Post, send: Send, posted: Posted) -> None:
    made = (await post(CLERK, a_donation(500))).json()["id"]
    await send(CHECKER, "post", f"{FUND}/postings/{made}/reverse", {"reason": "录错", "day": a_day(5)})
    first, second = [fact.state for fact in await posted()]
    assert (second.reverses, second.version) == (first.id, 1)
    for one, other in zip(first.counts, second.counts, strict=True):
        amount = one.amount if one.indicator.endswith(MADE_OF) else -one.amount
        assert (one.indicator, one.area, amount) == (other.indicator, other.area, other.amount)
        assert (one.day.isoformat(), other.day.isoformat()) == (a_day(2), a_day(5))


async def test_every_posting_is_restated_once_with_its_state_on_its_own_topic(
    volunteer: Held, post: Post, posted: Posted, published: Published, committed: Database
) -> None:
    await published.publish(MOVES)
    card = await volunteer()
    for minutes in (10, 20, 30):
        await post(WORKER, an_hour(card, minutes), ledger=HOURS)
    sides = [a_side("purse", VILLAGE, 5), a_side("source", VILLAGE, 5)]
    await post(CLERK, {"kind": "fill", "day": a_day(2), "sides": sides}, ledger=PURSES)
    told = {fact.state.subject: fact.state for fact in await posted()}
    for noun, expected in (("grid.ledger_posting", 1), ("grid.restricted_ledger_posting", 3)):
        await require_restated(committed, noun, told, count=expected, page_of=2)


async def test_planted_names_and_words_are_on_no_topic_in_no_table_in_the_open_and_in_no_log(
    family: Held,
    post: Post,
    send: Send,
    committed: Database,
    door: Door,
    posted: Posted,
    caplog: pytest.LogCaptureFixture,
) -> None:
    record = await family()
    await post(CLERK, a_donation(500, remark="植入摘要：欧阳植入 13912345678", day="2026-02-01"))
    made = (await post(CLERK, a_relief(record, 200, remark="植入摘要"))).json()["id"]
    reversed_ = await send(CHECKER, "post", f"{FUND}/postings/{made}/reverse", {"reason": "植入理由"})
    assert reversed_.status_code == 200, reversed_.text
    closed = await send(TOWN_OFFICER, "post", f"{FUND}/closings", {"area": VILLAGE, "month": "2026-02"})
    path = f"{FUND}/closings/{closed.json()['id']}/reopen"
    assert (await send(TOWN_OFFICER, "post", path, {"reason": "植入理由"})).status_code == 200
    refused = await post(CLERK, a_relief(record, 10**6, remark="植入摘要"), status=409)
    async with committed.session() as session:
        for table in ("ledger_postings", "ledger_closings", "idempotency_keys", "ledger_accounts", "ledger_entries"):
            rows = (await session.execute(text(f"SELECT to_jsonb(t)::text FROM {table} t"))).scalars().all()
            assert not any(word in str([orjson.loads(row) for row in rows]) for word in PLANTED), table
    told = "".join(fact.model_dump_json() for fact in await posted())
    for where in (told, caplog.text, str(door.accesses.entries), refused.text):
        assert not any(word in where for word in PLANTED)
    assert record not in told


async def test_who_wrote_and_who_looked_is_noted_at_the_record(
    family: Held, post: Post, send: Send, door: Door
) -> None:
    record = await family()
    await post(CLERK, a_donation(500))
    made = (await post(CLERK, a_relief(record, 200, remark="摘要"))).json()["id"]
    listed = (await send(CLERK, "get", f"{FUND}/accounts", params={"record_id": record})).json()["items"]
    door.accesses.entries.clear()
    await send(CLERK, "get", f"{FUND}/postings/{made}")
    await send(CLERK, "get", f"{FUND}/accounts/{listed[0]['id']}")
    await send(CLERK, "get", f"{FUND}/accounts", params={"kind": "family"})
    await send(CHECKER, "post", f"{FUND}/postings/{made}/reverse", {"reason": "录错"})
    await send(OTHER_CLERK, "get", f"{FUND}/accounts/{listed[0]['id']}")
    noted = [(one.action, one.detail, one.role) for one in door.accesses.entries if one.object_id == record]
    assert noted[:4] == [
        ("read_posting", "masked", "village_clerk"),
        ("read_account", "masked", "village_clerk"),
        ("list_accounts", "masked", "village_clerk"),
        ("reverse", "write", "town_officer"),
    ]
    assert {one.subject for one in door.accesses.entries} == {CLERK.subject, CHECKER.subject}


async def test_a_refused_posting_is_noted_as_refused_or_not_at_all(family: Held, post: Post, door: Door) -> None:
    record = await family()
    door.accesses.entries.clear()
    await post(CLERK, a_relief(record, 200), status=409)
    assert [one for one in door.accesses.entries if one.result == "ok" and one.detail == "write"] == []
