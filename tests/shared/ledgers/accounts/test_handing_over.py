"""Accounts of a record that went elsewhere: kept in the books that opened them, read where the record lies."""

from typing import Any

import pytest

from shared.auth.principal import Principal
from shared.ids import new_id
from shared.testing.doors import Arrivals, a_principal
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE, a_person, a_span
from tests.shared.ledgers.accounts.conftest import (
    FUND,
    SHIPPED,
    Balances,
    Held,
    Post,
    Posted,
    a_donation,
    a_relief,
)
from tests.shared.ledgers.records.conftest import Published, Send, code_of

REVERSER = a_principal("county_officer", "450481", subject="reverser")
PASS_ON = (
    "steps:\n  - {verb: pass_on, title: 移交, from: [paired], to: paired, permission: record.check, hands_over: true}\n"
)


@pytest.fixture
async def books(published: Published, villages: None) -> None:
    """The relief fund, with a step that hands its records over, and with one whose records follow persons."""
    written = (SHIPPED / "relief_fund.yaml").read_text(encoding="utf-8")
    await published.publish(written.replace("steps:\n", PASS_ON))
    follows = written.replace("code: relief_fund", "code: following_fund")
    await published.publish(follows.replace("subject: household", "subject: person\nfollows_subject: true"))


async def given(send: Send, post: Post, family: Held) -> str:
    """A family of the village with 100 out of its fund of 500, handed over to the next village."""
    record = await family()
    await post(TOWN_OFFICER, a_donation(500))
    await post(TOWN_OFFICER, a_relief(record, 100))
    path = f"{FUND}/records/{record}/steps/pass_on"
    answer = await send(TOWN_OFFICER, "post", path, {"area": OTHER_VILLAGE})
    assert answer.status_code == 200, answer.text
    return record


async def account_of(send: Send, who: Principal, record: str, ledger: str = FUND) -> dict[str, Any]:
    answer = await send(who, "get", f"{ledger}/accounts", params={"record_id": record})
    assert answer.status_code == 200, answer.text
    (one,) = answer.json()["items"]
    found: dict[str, Any] = one
    return found


async def trial(send: Send, area: str, who: Principal = TOWN_OFFICER) -> dict[str, Any]:
    answer = await send(who, "get", f"{FUND}/trial-balance", params={"area": area})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_kind(shown: dict[str, Any]) -> dict[str, int]:
    return {one["kind"]: one["balance"] for one in shown["kinds"]}


async def test_who_reads_the_record_reads_its_account(send: Send, post: Post, family: Held, balances: Balances) -> None:
    record = await given(send, post, family)
    account = await account_of(send, OTHER_CLERK, record)
    assert (account["area"], account["balance"]) == (VILLAGE, 100), "it stays in the books where it was opened"
    path = f"{FUND}/accounts/{account['id']}"
    days = {"since": "2026-03-01", "until": "2026-03-31"}
    for address, params in ((path, {}), (f"{path}/statement", days)):
        assert (await send(OTHER_CLERK, "get", address, params=params)).status_code == 200
        refused = await send(CLERK, "get", address, params=params)
        assert code_of(refused) == (404, "not_found"), "who gave the record does not read on"
    assert f"family:{record}" not in await balances(who=CLERK)
    assert await balances(who=OTHER_CLERK) == {f"family:{record}": 100}


async def test_the_books_of_both_villages_sum_to_zero(send: Send, post: Post, family: Held) -> None:
    record = await given(send, post, family)
    before = await trial(send, VILLAGE)
    assert (by_kind(before), before["across"]) == ({"donors": -500, "family": 100, "fund": 400}, 0)
    await post(TOWN_OFFICER, a_donation(300, area=OTHER_VILLAGE))
    await post(TOWN_OFFICER, a_relief(record, 50, area=OTHER_VILLAGE))
    here, there, town = [await trial(send, area) for area in (VILLAGE, OTHER_VILLAGE, TOWN)]
    assert [one["difference"] for one in (here, there, town)] == [0, 0, 0]
    assert (by_kind(here), here["across"]) == ({"donors": -500, "family": 150, "fund": 400}, -50)
    assert (by_kind(there), there["across"]) == ({"donors": -300, "fund": 250}, 50)
    assert (by_kind(town)["family"], town["across"]) == (150, 0)


async def test_what_was_closed_stays_closed_wherever_the_record_lies(send: Send, post: Post, family: Held) -> None:
    """The account is frozen with the books that it is kept in; the taker's open month does not open them."""
    record = await family()
    await post(TOWN_OFFICER, a_donation(500, day="2026-01-20"))
    await post(TOWN_OFFICER, a_donation(500, day="2026-01-20", area=OTHER_VILLAGE))
    await post(TOWN_OFFICER, a_relief(record, 100, day="2026-01-21"))
    closing = {"area": VILLAGE, "month": "2026-01"}
    shown = (await send(TOWN_OFFICER, "post", f"{FUND}/closings", closing)).json()
    answer = await send(TOWN_OFFICER, "post", f"{FUND}/records/{record}/steps/pass_on", {"area": OTHER_VILLAGE})
    assert answer.status_code == 200, answer.text
    again = (await send(TOWN_OFFICER, "get", f"{FUND}/closings/{shown['id']}")).json()
    assert again["carried"] == shown["carried"]
    late = a_relief(record, 5, day="2026-01-25", area=OTHER_VILLAGE)
    assert code_of(await post(TOWN_OFFICER, late, status=409)) == (409, "month_closed")
    await post(TOWN_OFFICER, a_donation(5, day="2026-01-25", area=OTHER_VILLAGE))
    await post(TOWN_OFFICER, a_relief(record, 5, day="2026-02-01", area=OTHER_VILLAGE))


async def test_a_posting_names_the_books_and_each_holder_is_asked_where_it_lies_now(
    send: Send, post: Post, family: Held, posted: Posted
) -> None:
    record = await given(send, post, family)
    assert code_of(await post(CLERK, a_relief(record, 5), status=404)) == (404, "not_found"), "the family is elsewhere"
    assert code_of(await post(OTHER_CLERK, a_relief(record, 5), status=404)) == (404, "not_found"), "the fund is"
    await post(TOWN_OFFICER, a_relief(record, 5))
    *_, last = await posted()
    assert [(one.account, one.area) for one in last.state.sides] == [("family", VILLAGE), ("fund", VILLAGE)]


async def test_a_posting_made_before_is_reversed_where_the_record_lies_now(
    send: Send, post: Post, family: Held
) -> None:
    record = await family()
    await post(TOWN_OFFICER, a_donation(500))
    made = (await post(TOWN_OFFICER, a_relief(record, 100))).json()["id"]
    await send(TOWN_OFFICER, "post", f"{FUND}/records/{record}/steps/pass_on", {"area": OTHER_VILLAGE})
    path, why = f"{FUND}/postings/{made}/reverse", {"reason": "重复发放"}
    assert code_of(await send(CLERK, "post", path, why)) == (404, "not_found")
    answer = await send(REVERSER, "post", path, why)
    assert answer.status_code in (200, 201), answer.text
    assert (await account_of(send, OTHER_CLERK, record))["balance"] == 0
    assert by_kind(await trial(send, VILLAGE)) == {"donors": -500, "family": 0, "fund": 500}


async def test_accounts_of_a_record_that_follows_stay_in_their_books(
    send: Send, post: Post, books: None, arrivals: Arrivals
) -> None:
    person, fund = new_id(), "/ledgers/following_fund"
    await arrivals.take(a_person(person, a_span(VILLAGE + "001")))
    values = {"number": "BF-9", "family": "欧阳植入", "hardship": "illness", "paired_on": "2026-01-15"}
    body = {"area": VILLAGE, "subject_id": str(person), "values": values}
    record = (await send(TOWN_OFFICER, "post", f"{fund}/records", body)).json()["id"]
    await post(TOWN_OFFICER, a_donation(500), ledger=fund)
    await post(TOWN_OFFICER, a_relief(record, 100), ledger=fund)
    await arrivals.take(a_person(person, a_span(OTHER_VILLAGE + "001"), version=2))
    account = await account_of(send, OTHER_CLERK, record, fund)
    assert (account["area"], account["balance"]) == (VILLAGE, 100)
    assert (await send(CLERK, "get", f"{fund}/accounts/{account['id']}")).status_code == 404
    await arrivals.take(a_person(person, a_span(VILLAGE + "001"), version=3))
    assert (await send(CLERK, "get", f"{fund}/accounts/{account['id']}")).json()["balance"] == 100
