"""What follows from a move or a death: spans, status, households and tags, in one transaction."""

from typing import Any

import pytest

from shared.db.engine import Database
from tests.registry.builders import FAR, SISTER, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    PERSONS,
    REGISTRAR,
    TAKEN,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    household_of,
    join,
    know_grid,
    members_of,
    move_in,
    move_out,
    person_of,
    register,
    start_tag,
)


def spans(person: dict[str, Any], book: str = "residence") -> list[tuple[str, str, str, str | None]]:
    return [(one["area"], one["kind"], one["start"], one["end"]) for one in person[book]]


async def test_a_move_in_both_books_closes_the_spans_before(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    answer = await move_in(client, person["id"], "2026-02-01", residence=(FAR, "floating"), registration=SISTER)
    moved = given(answer)
    assert (moved["version"], moved["status"], answer.headers["etag"]) == (2, "active", '"2.masked"')
    assert spans(moved) == [
        (VILLAGE, "registered", "2026-01-01", "2026-02-01"),
        (FAR, "floating", "2026-02-01", None),
    ]
    assert spans(moved, "registration") == [
        (VILLAGE, "household", "2026-01-01", "2026-02-01"),
        (SISTER, "household", "2026-02-01", None),
    ]
    assert await person_of(client, person["id"]) == moved


async def test_another_kind_of_residence_in_the_same_village_is_a_span_and_no_line(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    before = await events("registry.posting.")
    moved = given(await move_in(client, person["id"], "2026-02-01", residence=(VILLAGE, "left_behind")))
    assert [one["kind"] for one in moved["residence"]] == ["registered", "left_behind"]
    assert await events("registry.posting.") == before
    assert [one["type"] for one in await events("registry.person.", person["id"])][-1] == "registry.person.moved_in"


async def test_a_move_between_grids_of_a_village_is_a_span_and_no_line(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    for grid in ("001", "002"):
        await know_grid(committed, VILLAGE + grid)
    client = client_of(*CLERK)
    person = await register(client, residence={"area": VILLAGE + "001"})
    before = await events("registry.posting.")
    moved = given(await move_in(client, person["id"], "2026-02-01", residence=VILLAGE + "002"))
    assert [one["area"] for one in moved["residence"]] == [VILLAGE + "001", VILLAGE + "002"]
    assert await events("registry.posting.") == before
    # the worker of the first grid sees the person no more, the one of the second does
    assert_not_found(await client_of("grid_worker", VILLAGE + "001").get(f"{PERSONS}/{person['id']}"))
    assert (await client_of("grid_worker", VILLAGE + "002").get(f"{PERSONS}/{person['id']}")).status_code == 200


@pytest.mark.parametrize(("first", "second"), [("residence", "registration"), ("registration", "residence")])
async def test_who_leaves_one_book_stays_active_by_the_other(
    client_of: Client, county: None, first: str, second: str
) -> None:
    client = client_of(*CLERK)
    person = await register(client)
    half = given(await move_out(client, person["id"], "2026-02-01", books=[first]))
    assert (half["status"], half[first][-1]["end"], half[second][-1]["end"]) == ("active", "2026-02-01", None)
    gone = given(await move_out(client, person["id"], "2026-02-05", books=["residence", "registration"]))
    assert (gone["status"], gone[first][-1]["end"], gone[second][-1]["end"]) == (
        "moved_out",
        "2026-02-01",
        "2026-02-05",
    )


async def test_a_death_closes_everything(client_of: Client, county: None, events: Events) -> None:
    """Spans of both books, both households, tags of both families; the ledger; and the number stays taken."""
    client = client_of(*REGISTRAR)
    sent = a_person()
    person = given(await client.post(PERSONS, json=sent), 201)["id"]
    legal = await found(client, {"relation": "02", "person": a_person()}, {"relation": "10", "person_id": person})
    living = await found(client, {"relation": "02", "person_id": person}, kind="living")
    care = await start_tag(client, person, "elder_alone")
    sensitive = await start_tag(client, person, "drug_user", restricted=True)
    ended = await start_tag(client, person, "disabled")
    given(await client.post(f"/registry/v1/tags/{ended['id']}/end", json={"ended_on": "2026-03-02"}))
    dead = given(await die(client, person, "2026-03-10"))
    assert (dead["status"], dead["died_on"]) == ("deceased", "2026-03-10")
    assert {one["end"] for one in dead["residence"] + dead["registration"]} == {"2026-03-10"}
    after = await household_of(client, legal)
    assert [(one["person_id"] == person, one["until"]) for one in after["members"]] == [
        (False, None),
        (True, "2026-03-10"),
    ]
    alone = await household_of(client, living)
    assert (alone["status"], alone["dissolved_on"]) == ("dissolved", "2026-03-10")
    told = {one["key"]: one for one in await events()}  # the last fact of each
    for tag, family in ((care, "tag"), (sensitive, "restricted_tag")):
        fact = told[tag["id"]]
        assert (fact["type"], fact["state"]["ended_on"]) == (f"registry.{family}.ended", "2026-03-10")
        assert fact["state"]["residence"][-1]["end"] == "2026-03-10"
    fact = told[ended["id"]]  # this one had ended before: it repeats the spans, its own end stays
    assert (fact["type"], fact["state"]["ended_on"]) == ("registry.tag.followed", "2026-03-02")
    assert fact["state"]["residence"][-1]["end"] == "2026-03-10"
    net = [one["state"]["amount"] for one in await events("registry.posting.") if one["state"]["person_id"] == person]
    assert sorted(net) == [-1, -1, 1, 1]
    again = await client.post(PERSONS, json=sent)
    assert_refused(again, "person_already_registered", TAKEN)


async def test_a_tag_that_began_after_the_death_ends_on_its_own_first_day(
    client_of: Client, county: None, events: Events
) -> None:
    """The death is told late: no tag ends before it began."""
    client = client_of(*CLERK)
    person = (await register(client))["id"]
    tag = await start_tag(client, person, "elder_alone", "2026-03-10")
    given(await die(client, person, "2026-03-05"))
    assert [one["ended_on"] for one in (await client.get(f"{PERSONS}/{person}/tags")).json()["items"]] == ["2026-03-10"]
    assert (await events("registry.tag.", tag["id"]))[-1]["state"]["ended_on"] == "2026-03-10"


async def test_a_membership_never_ends_before_it_began(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await found(client)
    person = (await register(client))["id"]
    given(await join(client, made, relation="30", person_id=person, since="2026-03-10"))
    given(await move_out(client, person, "2026-03-05"))
    (member,) = [one for one in (await household_of(client, made))["members"] if one["person_id"] == person]
    assert (member["since"], member["until"]) == ("2026-03-10", "2026-03-10")


async def test_only_the_household_of_the_book_that_is_left_is_left(client_of: Client, county: None) -> None:
    """A legal household goes by the registered place, a living one by where people live."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    legal = await found(client, {"relation": "02", "person_id": person})
    living = await found(client, {"relation": "02", "person_id": person}, kind="living")
    given(await move_in(client, person, "2026-03-01", residence=FAR))
    assert [(await household_of(client, one))["status"] for one in (legal, living)] == ["active", "dissolved"]
    given(await move_in(client, person, "2026-03-02", registration=FAR))
    assert (await household_of(client, legal))["dissolved_on"] == "2026-03-02"


async def test_a_move_inside_the_village_leaves_the_households_alone(
    client_of: Client, county: None, events: Events, committed: Database
) -> None:
    await know_grid(committed, VILLAGE + "001")
    client = client_of(*CLERK)
    made = await found(client)
    living = await found(client, {"relation": "02", "person_id": members_of(made)[0]}, kind="living")
    given(await move_in(client, members_of(made)[0], "2026-03-01", residence=VILLAGE + "001"))
    for one in (made, living):
        assert await household_of(client, one) == one
    assert [one["sequence"] for one in await events("registry.household.")] == [1, 1]


@pytest.mark.parametrize("path", ["death", "move-out", "move-in"])
async def test_the_heir_and_everybodys_relation_are_told_with_the_event(
    client_of: Client, county: None, events: Events, path: str
) -> None:
    client = client_of(*REGISTRAR)
    made = await found(client)
    head, spouse = members_of(made)
    child = (await register(client, name="覃小宝"))["id"]
    given(await join(client, made, relation="31", person_id=child))
    new_head = {"head": spouse, "relations": [{"person_id": child, "relation": "30"}]}
    where = {"registration": {"area": FAR}} if path == "move-in" else {}
    body = {"occurred_on": "2026-03-05", "new_head": new_head, **where}
    given(await client.post(f"{PERSONS}/{head}/{path}", json=body))
    after = await household_of(client, made)
    assert [(one["person_id"], one["relation"], one["until"]) for one in after["members"]] == [
        (head, "02", "2026-03-05"),
        (spouse, "10", "2026-03-05"),
        (child, "31", "2026-03-05"),
        (spouse, "02", None),
        (child, "30", None),
    ]
    told = (await events("registry.household.", made["id"]))[-1]
    assert (told["type"], told["person_id"]) == ("registry.household.member_removed", head)
    assert told["state"]["members"] == after["members"]


async def test_who_left_may_come_back_to_another_village(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_out(client, person, "2026-02-01"))
    back = given(await move_in(client, person, "2026-02-20", residence=FAR))
    assert (back["status"], [one["area"] for one in back["residence"]]) == ("active", [VILLAGE, FAR])
    assert [one["end"] for one in back["registration"]] == ["2026-02-01"]
    lines = [one["state"] for one in await events("registry.posting.") if one["state"]["book"] == "residence"]
    # from outside, so it is no transfer
    assert [(one["kind"], one["area"]) for one in lines] == [("opening", VILLAGE), ("out", VILLAGE), ("in", FAR)]


async def test_several_events_of_one_day_stand_in_the_order_of_recording(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_out(client, person, "2026-02-01"))
    given(await move_in(client, person, "2026-02-01", residence=SISTER, registration=SISTER))
    given(await move_in(client, person, "2026-02-01", residence=FAR))
    now = await person_of(client, person)
    assert [one["area"] for one in now["residence"]] == [VILLAGE, SISTER, FAR]
    assert [one["end"] for one in now["residence"]] == ["2026-02-01", "2026-02-01", None]
