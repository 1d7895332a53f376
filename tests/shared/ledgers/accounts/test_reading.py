"""Accounts are listed, added up and told day by day; what is told in different ways agrees."""

from typing import Any

import pytest

from shared.testing.doors import Door, a_principal
from tests.grid.builders import CLERK, OTHER_CLERK, OTHER_VILLAGE, TOWN, TOWN_OFFICER, VILLAGE
from tests.shared.ledgers.accounts.conftest import FUND, Balances, Held, Post, a_day, a_donation, a_relief
from tests.shared.ledgers.records.conftest import Send, code_of, wrong

FULL = {"view": "full", "purpose": "case_handling"}


@pytest.fixture
async def written(family: Held, post: Post) -> dict[str, str]:
    """Two villages: 300 in and 120 out, 70 out of it to the other village; 50 in the other one."""
    here, there = await family("BF-1"), await family("BF-2", area=OTHER_VILLAGE)
    for day, amount in ((2, 100), (4, 200)):
        await post(TOWN_OFFICER, a_donation(amount, day=a_day(day)))
    await post(TOWN_OFFICER, a_donation(50, area=OTHER_VILLAGE, day=a_day(5)))
    await post(TOWN_OFFICER, a_relief(here, 50, day=a_day(6)))
    await post(TOWN_OFFICER, a_relief(there, 70, day=a_day(7)))
    return {"here": here, "there": there}


async def totals(send: Send, who: Any = TOWN_OFFICER, **wanted: Any) -> dict[str, tuple[int, int]]:
    answer = await send(who, "get", f"{FUND}/accounts/totals", params=wanted)
    assert answer.status_code == 200, answer.text
    return {one["kind"]: (one["accounts"], one["balance"]) for one in answer.json()["kinds"]}


async def test_totals_agree_with_the_list_whatever_is_asked(
    written: dict[str, str], send: Send, balances: Balances
) -> None:
    for wanted in (
        {},
        {"area": VILLAGE},
        {"area": OTHER_VILLAGE},
        {"area": TOWN, "kind": "fund"},
        {"record_id": written["there"]},
        *({"on": a_day(number)} for number in range(1, 9)),
        {"area": OTHER_VILLAGE, "on": a_day(6)},
    ):
        for who in (TOWN_OFFICER, CLERK, OTHER_CLERK):
            if "area" in wanted and who is not TOWN_OFFICER and not wanted["area"].startswith(who.grants[0].area):
                continue
            listed = await balances(who=who, **wanted)
            summed: dict[str, tuple[int, int]] = {}
            for key, balance in listed.items():
                count, total = summed.get(key.partition(":")[0], (0, 0))
                summed[key.partition(":")[0]] = (count + 1, total + balance)
            assert await totals(send, who, **wanted) == summed, (who.subject, wanted)
    assert await totals(send) == {"donors": (2, -350), "fund": (2, 230), "family": (2, 120)}
    assert await totals(send, on=a_day(5)) == {"donors": (2, -350), "fund": (2, 350)}


async def test_a_clerk_sees_the_accounts_of_the_village_and_no_others(
    written: dict[str, str], balances: Balances, send: Send
) -> None:
    assert await balances(who=CLERK) == {
        f"donors:{VILLAGE}": -300,
        f"fund:{VILLAGE}": 180,
        f"family:{written['here']}": 50,
    }
    for path in ("accounts", "accounts/totals", "trial-balance", "closings"):
        answer = await send(CLERK, "get", f"{FUND}/{path}", params={"area": OTHER_VILLAGE})
        assert code_of(answer) == (404, "not_found"), path


async def test_pages_of_accounts_have_no_gap(written: dict[str, str], send: Send, balances: Balances) -> None:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        answer = (await send(TOWN_OFFICER, "get", f"{FUND}/accounts", params={"limit": 1, **cursor})).json()
        found += [one["id"] for one in answer["items"]]
        if answer["next_cursor"] is None:
            break
        cursor = {"cursor": answer["next_cursor"]}
    assert len(found) == len(set(found)) == len(await balances()) == 6


async def trial(send: Send, who: Any = TOWN_OFFICER, **wanted: Any) -> dict[str, Any]:
    answer = await send(who, "get", f"{FUND}/trial-balance", params=wanted)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def test_the_trial_balance_is_zero_everywhere_on_every_day(written: dict[str, str], send: Send) -> None:
    for area in (TOWN, VILLAGE, OTHER_VILLAGE):
        for on in (None, *map(a_day, range(1, 9))):
            shown = await trial(send, area=area, **({} if on is None else {"on": on}))
            assert shown["difference"] == 0, (area, on)
    assert (await trial(send, area=TOWN))["across"] == 0
    assert (await trial(send, area=VILLAGE))["across"] == 70
    assert (await trial(send, area=OTHER_VILLAGE))["across"] == -70
    assert (await trial(send, area=OTHER_VILLAGE, on=a_day(6)))["across"] == 0
    here = await trial(send, CLERK, area=VILLAGE)
    assert {one["kind"]: one["balance"] for one in here["kinds"]} == {"donors": -300, "family": 50, "fund": 180}


async def account_of(send: Send, kind: str, area: str = VILLAGE) -> str:
    answer = await send(TOWN_OFFICER, "get", f"{FUND}/accounts", params={"kind": kind, "area": area})
    (found,) = answer.json()["items"]
    account: str = found["id"]
    return account


async def test_a_statement_tells_opening_lines_and_closing_whatever_the_page(
    written: dict[str, str], send: Send
) -> None:
    path = f"{FUND}/accounts/{await account_of(send, 'fund')}/statement"
    days = {"since": a_day(3), "until": a_day(7)}
    for limit in (1, 2, 3, 50):
        lines: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            answer = await send(CLERK, "get", path, params={**days, "limit": limit, **cursor})
            assert answer.status_code == 200, answer.text
            shown = answer.json()
            sums = shown["opening"], shown["grown"], shown["shrunk"], shown["closing"]
            assert sums == (100, 200, 120, 180)
            lines += shown["items"]
            if shown["next_cursor"] is None:
                break
            cursor = {"cursor": shown["next_cursor"]}
        assert [(one["kind"], one["day"], one["amount"], one["balance"]) for one in lines] == [
            ("donate", a_day(4), 200, 300),
            ("relieve", a_day(6), -50, 250),
            ("relieve", a_day(7), -70, 180),
        ]


async def test_several_postings_of_one_day_are_told_one_by_one(post: Post, send: Send) -> None:
    for amount in (1, 2, 3):
        await post(CLERK, a_donation(amount))
    path = f"{FUND}/accounts/{await account_of(send, 'fund')}/statement"
    days = {"since": a_day(1), "until": a_day(16), "limit": 2}
    first = (await send(CLERK, "get", path, params=days)).json()
    second = (await send(CLERK, "get", path, params={**days, "cursor": first["next_cursor"]})).json()
    assert [one["balance"] for one in (*first["items"], *second["items"])] == [1, 3, 6]


async def test_an_empty_statement_has_its_balances(written: dict[str, str], send: Send) -> None:
    account = await account_of(send, "fund")
    shown = await send(
        CLERK, "get", f"{FUND}/accounts/{account}/statement", params={"since": a_day(10), "until": a_day(12)}
    )
    body = shown.json()
    assert (body["opening"], body["grown"], body["shrunk"], body["closing"], body["items"]) == (180, 0, 0, 180, [])
    refused = await send(
        CLERK, "get", f"{FUND}/accounts/{account}/statement", params={"since": a_day(12), "until": a_day(10)}
    )
    assert wrong(refused) == [("query.until", "days_reversed")]


async def test_an_account_tells_its_balance_of_any_day(written: dict[str, str], send: Send) -> None:
    account = await account_of(send, "fund")
    path = f"{FUND}/accounts/{account}"
    found = [(await send(CLERK, "get", path, params={"on": a_day(day)})).json()["balance"] for day in range(1, 9)]
    assert found == [0, 100, 100, 300, 300, 250, 180, 180]
    now = (await send(CLERK, "get", path)).json()
    assert (now["balance"], now["version"], now["first_on"], now["last_on"]) == (180, 4, a_day(2), a_day(7))
    for where in (path, f"{path}/statement?since={a_day(1)}&until={a_day(2)}"):
        assert code_of(await send(OTHER_CLERK, "get", where)) == (404, "not_found")


async def test_who_reaches_one_side_sees_that_side_alone(
    written: dict[str, str], send: Send, post: Post, family: Held, door: Door
) -> None:
    """A clerk reads a posting that came from the next village: not from which account, nor why."""
    made = await post(TOWN_OFFICER, a_relief(written["there"], 1, remark="转给植入一户"))
    path = f"{FUND}/postings/{made.json()['id']}"
    assert made.json()["remark"] == (await send(TOWN_OFFICER, "get", path)).json()["remark"] == "****"
    door.accesses.entries.clear()
    whole = (await send(TOWN_OFFICER, "get", path, params=FULL)).json()
    assert whole["remark"] == "转给植入一户"
    assert {(one.action, one.detail, one.purpose) for one in door.accesses.entries} == {
        ("read_posting", "full", "case_handling")
    }
    assert code_of(await send(TOWN_OFFICER, "get", path, params={"view": "full"})) == (422, "purpose_required")
    for who in (a_principal("grid_worker", TOWN), a_principal("auditor", "450481")):
        assert (await send(who, "get", path)).json()["remark"] == "****"
        assert code_of(await send(who, "get", path, params=FULL)) == (403, "forbidden")
    assert [(one["record_id"], one["area"]) for one in whole["sides"]] == [
        (written["there"], OTHER_VILLAGE),
        (None, VILLAGE),
    ]
    there = (await send(OTHER_CLERK, "get", path, params=FULL)).json()
    assert there["remark"] is None
    assert there["sides"][1] == {
        "account": "fund",
        "amount": -1,
        "account_id": None,
        "record_id": None,
        "area": None,
    }
    own = (await post(CLERK, a_donation(1))).json()["id"]
    assert code_of(await send(OTHER_CLERK, "get", f"{FUND}/postings/{own}")) == (404, "not_found")
