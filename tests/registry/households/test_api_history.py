"""What was stays: relations before a succession, one head on every day, and memberships that never overlap."""

from datetime import timedelta
from typing import Any

from tests.registry.builders import BOOKS_OPENED_ON, FAR, TODAY
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    REGISTRAR,
    Json,
    assert_refused,
    die,
    found,
    given,
    household_of,
    join,
    leave,
    members_of,
    move_in,
    register,
)


def lines(household: Json) -> list[tuple[str, str, str, str | None]]:
    return [(one["person_id"], one["relation"], one["since"], one["until"]) for one in household["members"]]


def assert_one_head_a_day(*households: Json) -> None:
    """And nobody is in two of these, or twice in one, on any day."""
    for number in range((TODAY - BOOKS_OPENED_ON).days + 1):
        day = f"{BOOKS_OPENED_ON + timedelta(days=number)}"
        there: list[str] = []
        for household in households:
            rows = [one for one in household["members"] if one["since"] <= day and (one["until"] or "9") > day]
            assert sum(one["relation"] == "02" for one in rows) == bool(rows), (day, household)
            there += [one["person_id"] for one in rows]
        assert len(there) == len(set(there)), day


async def a_family(client: Any) -> tuple[Json, str, str, str]:
    """Head, wife and son since January."""
    son = str((await register(client, name="覃小山", sex="1"))["id"])
    household = given(await join(client, await found(client), relation="20", person_id=son))
    head, wife, _ = members_of(household)
    return household, head, wife, son


async def test_a_succession_keeps_what_the_relations_were(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    household, head, wife, son = await a_family(client)
    heir = {"head": wife, "relations": [{"person_id": son, "relation": "27"}]}
    given(await die(client, head, "2026-02-10", new_head=heir))
    heir = {"head": son}
    given(await leave(client, household, wife, "2026-03-01", heir))
    after = await household_of(client, household)
    assert lines(after) == [
        (head, "02", "2026-01-01", "2026-02-10"),
        (wife, "10", "2026-01-01", "2026-02-10"),
        (son, "20", "2026-01-01", "2026-02-10"),
        (wife, "02", "2026-02-10", "2026-03-01"),
        (son, "27", "2026-02-10", "2026-03-01"),
        (son, "02", "2026-03-01", None),
    ]
    assert_one_head_a_day(after)
    assert (await events("registry.household.", household["id"]))[-1]["state"]["members"] == after["members"]


async def test_a_head_who_leaves_late_in_the_telling_is_followed_by_who_was_there(
    client_of: Client, county: None
) -> None:
    """The wife left on 10 March; that the head had died on the first is told later, and dissolves nothing before."""
    client = client_of(*CLERK)
    made = await found(client)
    head, wife = members_of(made)
    given(await leave(client, made, wife, "2026-03-10"))
    assert_refused(await die(client, head, "2026-03-01"), "household_needs_head")
    given(await die(client, head, "2026-03-01", new_head={"head": wife}))
    after = await household_of(client, made)
    assert (after["status"], after["dissolved_on"]) == ("dissolved", "2026-03-10")
    assert_one_head_a_day(after)


async def test_a_household_ends_with_its_last_membership(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    head, wife = members_of(made)
    given(await leave(client, made, wife, "2026-03-10"))
    given(await leave(client, made, head, "2026-03-10"))
    assert (await household_of(client, made))["dissolved_on"] == "2026-03-10"


async def test_an_heir_belongs_to_the_household_on_the_day(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client, {"relation": "02", "person_id": (await register(client))["id"]})
    (head,) = members_of(made)
    later = (await register(client, name="覃小山"))["id"]
    given(await join(client, made, relation="30", person_id=later, since="2026-03-05"))
    refused = await leave(client, made, head, "2026-03-01", {"head": later})
    assert_refused(refused, "membership_dates", [("new_head.head", "not_a_member_throughout")])
    given(await leave(client, made, head, "2026-03-05", {"head": later}))
    assert_one_head_a_day(await household_of(client, made))


async def test_who_comes_back_does_not_overlap_the_first_membership(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    household, _, wife, son = await a_family(client)
    given(await leave(client, household, son, "2026-02-10"))
    refused = await join(client, household, relation="20", person_id=son, since="2026-02-09")
    assert_refused(refused, "membership_dates")
    back = given(await join(client, household, relation="20", person_id=son))
    assert lines(back)[-1] == (son, "20", "2026-02-10", None)
    # nor the one of another household
    given(await leave(client, household, wife, "2026-03-01"))
    early = {"relation": "02", "person_id": wife, "since": "2026-02-28"}
    answer = await client.post("/registry/v1/households", json=own(early))
    assert_refused(answer, "membership_dates")
    other = await found(client, {"relation": "02", "person_id": wife})
    assert lines(other) == [(wife, "02", "2026-03-01", None)]
    assert_one_head_a_day(await household_of(client, household), other)


def own(*members: Json) -> Json:
    return {"kind": "legal", "area": CLERK[1], "established_on": "2026-01-01", "members": list(members)}


async def test_nobody_joins_before_there_is_the_head_to_whom_the_relation_is(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    head, wife = [(await register(client))["id"] for _ in range(2)]
    late = {"relation": "02", "person_id": head, "since": "2026-02-01"}
    answer = await client.post(
        "/registry/v1/households", json=own({"relation": "10", "person_id": wife, "since": "2026-01-31"}, late)
    )
    assert_refused(answer, "membership_dates")
    made = await found(client, {"relation": "10", "person_id": wife}, late)
    assert [one[2] for one in lines(made)] == ["2026-02-01", "2026-02-01"]
    given(await leave(client, made, head, "2026-03-01", {"head": wife}))
    other = (await register(client))["id"]
    refused = await join(client, made, relation="30", person_id=other, since="2026-02-28")
    assert_refused(refused, "membership_dates")
    joined = given(await join(client, made, relation="30", person_id=other))
    assert lines(joined)[-1][2] == "2026-03-01"
    assert_one_head_a_day(joined)


async def test_who_took_part_in_a_succession_did_not_leave_before_it(client_of: Client, county: None) -> None:
    """The wife became head on 1 March: that she had moved away in February contradicts it."""
    client = client_of(*REGISTRAR)
    made = await found(client)
    head, wife = members_of(made)
    given(await die(client, head, "2026-03-01", new_head={"head": wife}))
    assert_refused(await move_in(client, wife, "2026-02-01", registration=FAR), "event_out_of_order")
    given(await move_in(client, wife, "2026-03-02", registration=FAR))
    after = await household_of(client, made)
    assert (after["status"], after["dissolved_on"]) == ("dissolved", "2026-03-02")
    assert_one_head_a_day(after)
