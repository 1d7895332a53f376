"""What a life event did to households comes back with it: membership, headship, the household itself."""

from typing import Any

from tests.registry.builders import FAR, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    household_of,
    join,
    last_event,
    leave,
    members_of,
    move_in,
    move_out,
    register,
    reverse,
    undone,
)

OFFICER = ("town_officer", TOWN)


def rows(household: Json) -> list[tuple[str, str, str, str | None]]:
    return [(one["person_id"], one["relation"], one["since"], one["until"]) for one in household["members"]]


async def three(client: Any) -> tuple[Json, str, str, str]:
    """A household of head, spouse and daughter."""
    made = await found(
        client,
        {"relation": "02", "person": a_person()},
        {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02")},
        {"relation": "30", "person": a_person(name="覃小梅", birth_date="1990-03-02")},
    )
    head, spouse, child = members_of(made)
    return made, head, spouse, child


def heir(spouse: str, child: str) -> Json:
    return {"head": spouse, "relations": [{"person_id": child, "relation": "30"}]}


async def test_the_head_who_was_told_dead_is_head_again(client_of: Client, county: None, events: Events) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    made, head, spouse, child = await three(clerk)
    given(await die(clerk, head, "2026-03-01", new_head=heir(spouse, child)))
    assert len((await household_of(clerk, made))["members"]) == 5
    await undone(clerk, officer, head, await last_event(clerk, head))
    after = await household_of(clerk, made)
    assert (rows(after), after["status"], after["version"]) == (rows(made), "active", 3)
    told = await events("registry.household.", made["id"])
    assert [one["type"].rpartition(".")[2] for one in told] == ["founded", "member_removed", "member_returned"]
    assert told[-1]["state"]["members"] == told[0]["state"]["members"]
    changes = given(await clerk.get(f"{HOUSEHOLDS}/{made['id']}/changes"))["items"]
    assert [(one["version"], one["kind"], one["person_id"], one["new_head"]) for one in changes] == [
        (2, "member_removed", head, spouse),
        (3, "member_returned", head, None),
    ]
    assert len({one["event_id"] for one in changes}) == 1


async def test_what_was_undone_meanwhile_does_not_stand_in_the_way(client_of: Client, county: None) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    made, head, spouse, child = await three(clerk)
    given(await die(clerk, head, "2026-03-01", new_head=heir(spouse, child)))
    death = await last_event(clerk, head)
    given(await move_out(clerk, child, "2026-03-02"))
    await undone(clerk, officer, child, await last_event(clerk, child))
    await undone(clerk, officer, head, death)
    assert rows(await household_of(clerk, made)) == rows(made)


async def test_a_household_that_went_on_takes_the_head_back_only_as_whoever_joins(
    client_of: Client, county: None
) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    made, head, spouse, child = await three(clerk)
    given(await die(clerk, head, "2026-03-01", new_head=heir(spouse, child)))
    given(await leave(clerk, made, child, "2026-03-05"))
    went_on = rows(await household_of(clerk, made))
    await undone(clerk, officer, head, await last_event(clerk, head))
    after = await household_of(clerk, made)
    assert rows(after) == went_on, "who stays is related to the new head"
    given(await join(clerk, made, person_id=head, relation="10", since="2026-03-06"))


async def test_a_member_comes_back_into_a_household_that_went_on_under_its_head(
    client_of: Client, county: None
) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    made, _, spouse, child = await three(clerk)
    given(await move_out(clerk, spouse, "2026-03-01"))
    given(await leave(clerk, made, child, "2026-03-05"))
    await undone(clerk, officer, spouse, await last_event(clerk, spouse))
    after = {one[0]: one[1:] for one in rows(await household_of(clerk, made))}
    assert after[spouse] == ("10", "2026-01-01", None)
    assert after[child][-1] == "2026-03-05"


async def test_a_household_that_ended_with_its_last_member_is_there_again(client_of: Client, county: None) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    person = (await register(clerk))["id"]
    made = await found(clerk, {"relation": "02", "person_id": person})
    given(await die(clerk, person, "2026-03-01"))
    assert (await household_of(clerk, made))["status"] == "dissolved"
    await undone(clerk, officer, person, await last_event(clerk, person))
    after = await household_of(clerk, made)
    assert (after["status"], after["dissolved_on"], rows(after)) == ("active", None, rows(made))


async def test_nobody_comes_back_into_two_households_of_a_kind(client_of: Client, county: None) -> None:
    """He left, came back, founded a household of his own; then his leaving turns out to be the mistake."""
    registrar = client_of(*REGISTRAR)
    made, _, spouse, _ = await three(registrar)
    given(await move_in(registrar, spouse, "2026-03-01", registration=FAR))
    first = await last_event(registrar, spouse)
    given(await move_in(registrar, spouse, "2026-03-05", registration=VILLAGE))
    second = await last_event(registrar, spouse)
    own = await found(registrar, {"relation": "02", "person_id": spouse}, established_on="2026-03-05")
    answer = await reverse(registrar, spouse, second)
    assert_refused(answer, "event_rested_on", [(f"households.{own['id']}", "household_membership")])
    assert answer.json()["errors"][0]["message"] == "2026-03-05起为该户成员"
    given(await leave(registrar, own, spouse, "2026-03-06"))
    given(await reverse(registrar, spouse, second), 201)
    given(await reverse(registrar, spouse, first), 201)
    assert rows(await household_of(registrar, made)) == [
        one if one[0] != spouse else (spouse, "10", "2026-01-01", "2026-03-01") for one in rows(made)
    ], "he was in a household of this kind in between: he joins by himself"
    given(await join(registrar, made, person_id=spouse, relation="10"))


async def test_the_day_of_a_death_is_corrected_with_the_succession(
    client_of: Client, county: None, events: Events
) -> None:
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    made, head, spouse, child = await three(clerk)
    given(await die(clerk, head, "2026-03-10", new_head=heir(spouse, child)))
    wrong = await last_event(clerk, head)
    given(await reverse(clerk, head, wrong, reason="wrong_day", corrected_on="2026-03-08"), 201)
    after = await household_of(clerk, made)
    assert rows(after) == [
        (head, "02", "2026-01-01", "2026-03-08"),
        (spouse, "10", "2026-01-01", "2026-03-08"),
        (child, "30", "2026-01-01", "2026-03-08"),
        (spouse, "02", "2026-03-08", None),
        (child, "30", "2026-03-08", None),
    ]
    assert given(await clerk.get(f"{PERSONS}/{head}"))["died_on"] == "2026-03-08"
    right = await last_event(clerk, head)
    await undone(clerk, officer, head, right)
    assert rows(await household_of(clerk, made)) == rows(made)
    types = [one["type"].rpartition(".")[2] for one in await events("registry.household.", made["id"])]
    assert types == ["founded", "member_removed", "member_removed", "member_returned"]


async def test_the_day_of_a_leaving_stays_in_a_household_that_went_on(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    made, head, spouse, child = await three(clerk)
    given(await die(clerk, head, "2026-03-10", new_head=heir(spouse, child)))
    given(await leave(clerk, made, child, "2026-03-12"))
    answer = await reverse(clerk, head, await last_event(clerk, head), corrected_on="2026-03-08")
    assert_refused(answer, "event_rested_on", [(f"households.{made['id']}", "household_membership")])


async def test_an_entry_with_a_later_day_may_not_lie_behind_the_membership(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    person = (await register(clerk, occurred_on="2026-01-05"))["id"]
    made = await found(clerk, {"relation": "02", "person_id": person}, established_on="2026-01-06")
    entry = await last_event(clerk, person)
    given(await reverse(clerk, person, entry, corrected_on="2026-01-04"), 201)
    later = await last_event(clerk, person)
    answer = await reverse(clerk, person, later, corrected_on="2026-02-01")
    assert_refused(answer, "event_rested_on", [(f"households.{made['id']}", "household_membership")])


async def test_the_changes_of_a_household_are_shown_in_its_area_alone(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    made, _, _, child = await three(clerk)
    given(await leave(clerk, made, child, "2026-03-05"))
    (change,) = given(await clerk.get(f"{HOUSEHOLDS}/{made['id']}/changes"))["items"]
    assert (change["kind"], change["person_id"], change["event_id"]) == ("member_removed", child, None)
    assert_not_found(await client_of("village_clerk", FAR).get(f"{HOUSEHOLDS}/{made['id']}/changes"))
    told = given(await client_of(*REGISTRAR).get(f"{PERSONS}/{child}/accesses"))["items"]
    assert told[0]["action"] == "read_household_changes"


async def test_a_household_that_was_split_takes_the_head_back_as_whoever_joins(client_of: Client, county: None) -> None:
    """What happens to the whole household is kept as a change of it, and stands between a leaving and its return."""
    clerk, officer = client_of(*CLERK, subject="clerk"), client_of(*OFFICER, subject="officer")
    made, head, spouse, child = await three(clerk)
    given(await die(clerk, head, "2026-03-01", new_head=heir(spouse, child)))
    body = {"on": "2026-03-05", "members": [{"person_id": child, "relation": "02"}]}
    given(await clerk.post(f"{HOUSEHOLDS}/{made['id']}/split", json=body))
    went_on = rows(await household_of(clerk, made))
    await undone(clerk, officer, head, await last_event(clerk, head))
    assert rows(await household_of(clerk, made)) == went_on
    changes = given(await clerk.get(f"{HOUSEHOLDS}/{made['id']}/changes"))["items"]
    assert [(one["kind"], one["person_id"]) for one in changes] == [("member_removed", head), ("split", None)]


async def test_a_birth_gets_no_day_that_its_household_contradicts(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    born: Json = {"entry": "birth", "document": None, "sex": "1"}
    head = await register(client, **born, name="覃小山", occurred_on="2026-03-05", birth_date="2026-03-05")
    other: Json = {"name": "莫大石", "phone": "13807749000", "address": "思孟村一组一号"}
    elder = await register(client, **born | other, occurred_on="2026-03-01", birth_date="2026-03-01")
    members = ({"relation": "02", "person_id": head["id"]}, {"relation": "71", "person_id": elder["id"]})
    await found(client, *members, established_on="2026-03-05")
    birth = await last_event(client, head["id"])
    answer = await reverse(client, head["id"], birth, corrected_on="2026-02-20")
    assert_refused(answer, "birth_date_disagrees_with_relation")
    given(await reverse(client, head["id"], birth, corrected_on="2026-03-04"), 201)
