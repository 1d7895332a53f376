"""Undoing of changes of areas: never into a village that has ended, nor past a household of two villages."""

from tests.registry.area_changes.steps import a_plan, assert_balanced, change, listed, opened, undo, whole
from tests.registry.area_changes.test_api import NEW, a_family, at
from tests.registry.builders import FAR, FARTHER, OTHER_TOWN, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import (
    AREAS,
    OCCUPANCIES,
    REGISTRAR,
    assert_refused,
    enter_building,
    enter_dwelling,
    given,
    join,
    last_event,
    leave,
    life_events,
    move_in,
    occupy,
    person_of,
    register,
    reverse,
    undone,
)

RESTED = "area_change_rested_on"


def rested(*areas: str) -> list[tuple[str, str]]:
    return [(f"areas.{one}", RESTED) for one in areas]


async def test_nobody_goes_back_to_a_village_that_has_ended_since(client_of: Client, county: None) -> None:
    """A village that gave a share away went over itself later: its share waits until that is undone."""
    client = client_of(*REGISTRAR)
    family = await a_family(client_of, VILLAGE)
    share = {"to": NEW, "households": [family["id"]]}
    plan = a_plan("split", {"origin": VILLAGE, "shares": [share]}, opens=(opened(NEW),))
    first = given(await change(client, plan), 201)
    second = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER), on="2026-03-12")), 201)
    assert_refused(await undo(client, first), RESTED, rested(VILLAGE))
    given(await undo(client, second))
    given(await undo(client, first))
    assert await listed(client, VILLAGE) == {"residence": 2, "registration": 2, "households": 1}
    await assert_balanced(client_of, VILLAGE, SISTER, NEW)


async def test_no_village_exists_on_below_a_town_that_has_ended_since(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    moves = [whole(VILLAGE, FAR), whole(SISTER, FARTHER)]
    first = given(await change(client, a_plan("regroup", *moves)), 201)
    second = given(await change(client, a_plan("merge", whole(TOWN, OTHER_TOWN), on="2026-03-12")), 201)
    assert_refused(await undo(client, first), RESTED, rested(TOWN))
    given(await undo(client, second))
    given(await undo(client, first))
    assert given(await client.get(f"{AREAS}/{VILLAGE}"))["valid_to"] is None


async def test_a_household_of_people_from_both_is_named(client_of: Client, county: None) -> None:
    """Whoever went over founded or joined a household with somebody who was there before."""
    client = client_of(*REGISTRAR)
    theirs, single = await a_family(client_of, SISTER), (await register(client))["id"]
    mine, neighbour = await a_family(client_of, VILLAGE), (await register(client, **at(SISTER)))["id"]
    made = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    for household, who in ((theirs, single), (mine, neighbour)):
        given(await join(client, household, person_id=who, relation="99", since="2026-03-12"))
        assert_refused(await undo(client, made), RESTED, [(f"households.{household['id']}", RESTED)])
        given(await leave(client, household, who, "2026-03-12"))
    given(await undo(client, made))
    assert await listed(client, VILLAGE) == {"residence": 3, "registration": 3, "households": 1}
    await assert_balanced(client_of, VILLAGE, SISTER)


async def test_whose_entry_was_annulled_since_does_not_keep_it(client_of: Client, county: None) -> None:
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    wrong = (await register(client))["id"]
    entry = await last_event(client, wrong)
    plan = a_plan("merge", whole(VILLAGE, NEW), whole(SISTER, NEW), opens=(opened(NEW),))
    made = given(await change(client, plan), 201)
    await undone(client, other, wrong, entry)
    given(await undo(client, made))
    clerk = client_of("village_clerk", VILLAGE)
    assert (await person_of(clerk, wrong))["status"] == "annulled"
    await assert_balanced(client_of, VILLAGE, NEW)


async def test_who_had_moved_between_the_two_before_a_back_dated_merge_is_there_already(
    client_of: Client, county: None
) -> None:
    """The move does nothing then, and is one again when the merge is undone."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_in(client, person, "2026-03-12", residence=SISTER, registration=SISTER))
    made = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    assert made["persons"] == 1
    spans = [(one["area"], one["start"]) for one in (await person_of(client, person))["residence"]]
    assert spans == [(VILLAGE, "2026-01-01"), (SISTER, "2026-03-10")]
    await assert_balanced(client_of, VILLAGE, SISTER)
    assert_refused(await move_in(client, person, "2026-03-13", residence=SISTER), "person_already_active")
    given(await undo(client, made))
    spans = [(one["area"], one["start"]) for one in (await person_of(client, person))["residence"]]
    assert spans == [(VILLAGE, "2026-01-01"), (SISTER, "2026-03-12")]
    await assert_balanced(client_of, VILLAGE, SISTER)


async def test_a_move_that_could_not_be_without_it_is_named(client_of: Client, county: None) -> None:
    """Whoever went over with a share has moved back: to where they would be anyway."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    share = {"to": NEW, "persons": [person]}
    plan = a_plan("split", {"origin": VILLAGE, "shares": [share]}, opens=(opened(NEW),))
    made = given(await change(client, plan), 201)
    given(await move_in(client, person, "2026-03-12", residence=VILLAGE))
    back = (await life_events(client, person))[-1]["id"]
    assert_refused(await undo(client, made), RESTED, [(f"life_events.{back}", RESTED)])
    given(await reverse(client, person, back), 201)
    given(await undo(client, made))
    assert [one["area"] for one in (await person_of(client, person))["residence"]] == [VILLAGE]
    await assert_balanced(client_of, VILLAGE, NEW)


async def test_who_has_moved_into_a_house_of_the_other_village_is_named(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person, neighbour = (await register(client))["id"], (await register(client, **at(SISTER)))["id"]
    mine = await enter_dwelling(client, await enter_building(client))
    theirs = await enter_dwelling(client, await enter_building(client, area=SISTER, address="示例路2号"))
    made = given(await change(client, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    for dwelling, who in ((theirs, person), (mine, neighbour)):
        entered = given(await occupy(client, dwelling, person_id=who, since="2026-03-12"), 201)
        assert_refused(await undo(client, made), RESTED, [(f"occupancies.{entered['id']}", RESTED)])
        given(await client.post(f"{OCCUPANCIES}/{entered['id']}/withdraw"))
    given(await undo(client, made))
    assert (await occupy(client, theirs, person_id=person)).json()["code"] == "occupant_elsewhere"
