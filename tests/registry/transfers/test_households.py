"""Whole households move: with their head and relations, both books and both kinds of households; and are taken back."""

from typing import Any

import pytest

from tests.registry.builders import FAR, SISTER, TODAY, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.movements.test_books_agree import assert_books_agree
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    TRANSFERS,
    Json,
    all_pages,
    assert_refused,
    found,
    given,
    household_of,
    join,
    life_events,
    members_of,
    person_of,
    register,
    reverse,
    start_tag,
)
from tests.registry.transfers.asking import ask, both, confirm, held, undo

Relations = list[tuple[str, str]]
HEAD, SPOUSE, SON = a_number(), a_number(sex="1"), a_number(sex="1")


def standing(household: Json) -> Relations:
    return [(one["person_id"], one["relation"]) for one in household["members"] if one["until"] is None]


async def here(client: Any, area: str) -> list[Json]:
    return await all_pages(client, HOUSEHOLDS, area=area)


@pytest.fixture
async def family(client_of: Client, county: None) -> Json:
    """A head, a spouse and a grown son of VILLAGE, who are a legal household."""
    return await found(
        client_of(*CLERK),
        {"relation": "02", "person": a_person(document={"number": HEAD})},
        {"relation": "10", "person": a_person(document={"number": SPOUSE}, sex="1")},
        {"relation": "20", "person": a_person(name="覃小山", sex="1", birth_date="1985-03-02", document=None,
                                              undocumented={"reason": "lost", "due_on": "2026-05-01"})},
    )  # fmt: skip


async def test_a_household_moves_as_a_whole_whoever_of_it_is_asked_for(
    client_of: Client, family: Json, events: Events
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    done = given(await confirm(clerk, await both(far, SPOUSE, household="legal")))
    assert (done["status"], done["moved"]) == ("confirmed", 3)
    assert await here(clerk, VILLAGE) == []
    (moved,) = await here(far, FAR)
    assert standing(moved) == standing(family), "head and relations are as they were"
    assert (moved["kind"], moved["established_on"]) == ("legal", "2026-03-10")
    left = await household_of(clerk, family)
    assert (left["status"], left["dissolved_on"]) == ("dissolved", "2026-03-10")
    for person in members_of(family):
        shown = await person_of(far, person)
        assert shown["residence"][-1]["area"] == shown["registration"][-1]["area"] == FAR
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_both_kinds_of_households_go_on_where_everybody_moved(
    client_of: Client, family: Json, events: Events
) -> None:
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    joined = [{"person_id": one, "relation": relation} for one, relation in standing(family)]
    await found(clerk, *joined, kind="living")
    given(await confirm(clerk, await both(far, HEAD, household="living")))
    moved = await here(far, FAR)
    assert sorted((one["kind"], standing(one)) for one in moved) == [
        ("legal", standing(family)),
        ("living", standing(family)),
    ]
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_who_lives_elsewhere_moves_in_the_book_of_the_household_alone(
    client_of: Client, family: Json, events: Events
) -> None:
    """人户分离: a member registered with the others who lives in another village goes on living there."""
    clerk, far = client_of(*CLERK), client_of(*FAR_CLERK)
    person = (await register(client_of(*REGISTRAR), residence={"area": SISTER}))["id"]
    given(await join(clerk, family, person_id=person, relation="99"))
    given(await confirm(clerk, await both(far, HEAD, household="legal")))
    shown = await person_of(client_of(*REGISTRAR), person)
    assert shown["residence"][-1]["area"] == SISTER
    assert shown["registration"][-1]["area"] == FAR
    await assert_books_agree(client_of(*REGISTRAR), events)


async def test_who_is_in_no_household_cannot_move_with_one(client_of: Client, county: None) -> None:
    clerk, number = client_of(*CLERK), a_number()
    await register(clerk, document={"number": number})
    made = await both(client_of(*FAR_CLERK), number, household="legal")
    assert_refused(await confirm(clerk, made), "transfer_without_household")


async def test_an_undone_household_is_as_it_was_and_the_new_one_ends(
    client_of: Client, family: Json, events: Events
) -> None:
    """Head, relations, books, tags: whoever answers for both villages takes it back in one step."""
    clerk, far, registrar = client_of(*CLERK), client_of(*FAR_CLERK), client_of(*REGISTRAR)
    await start_tag(clerk, members_of(family)[0], "elder_alone")
    made = await both(far, HEAD, household="legal")
    given(await confirm(clerk, made))
    (moved,) = await here(far, FAR)
    assert_refused(await undo(far, made), "book_of_another_place")
    assert (await here(far, FAR)) == [moved], "nothing half done"
    undone = given(await undo(registrar, made))
    assert (undone["status"], undone["moved"]) == ("reversed", 0)
    (back,) = await here(clerk, VILLAGE)
    assert (back["id"], standing(back)) == (family["id"], standing(family))
    assert await here(far, FAR) == []
    for person in members_of(family):
        shown = await person_of(clerk, person)
        assert [one["area"] for one in shown["residence"]] == [VILLAGE]
        assert [one["stands"] for one in await life_events(clerk, person)] == [True, False]
    tags = given(await clerk.get(f"{PERSONS}/{members_of(family)[0]}/tags"))["items"]
    assert [one["ended_on"] for one in tags] == [None]
    assert_refused(await undo(registrar, made), "transfer_not_confirmed")
    (told,) = await events("registry.transfer.reversed", made["id"])
    assert told["state"]["moved"] == 0
    await assert_books_agree(registrar, events)


async def test_what_rests_on_a_transfer_keeps_it_from_being_undone(
    client_of: Client, family: Json, events: Events
) -> None:
    clerk, far, registrar = client_of(*CLERK), client_of(*FAR_CLERK), client_of(*REGISTRAR)
    made = await both(far, HEAD, household="legal")
    given(await confirm(clerk, made))
    (moved,) = await here(far, FAR)
    neighbour = (await register(far, residence={"area": FAR}, registration={"area": FAR}))["id"]
    given(await join(far, moved, person_id=neighbour, relation="99"))
    answer = await undo(registrar, made)
    assert_refused(answer, "event_rested_on", [(f"households.{moved['id']}", "household_membership")])
    assert len(standing(await household_of(far, moved))) == 4
    await assert_books_agree(registrar, events)


async def test_a_transfer_is_reversed_when_the_last_of_its_moves_is(
    client_of: Client, county: None, events: Events
) -> None:
    """A move is an event like any other: taken back by itself, it takes the transfer with it; another day does not."""
    clerk, registrar, number = client_of(*CLERK), client_of(*REGISTRAR), a_number()
    person = (await register(clerk, document={"number": number}))["id"]
    made = await ask(client_of(*FAR_CLERK), number)
    given(await confirm(clerk, made))
    event = (await life_events(registrar, person))[-1]["id"]
    redated = given(await reverse(registrar, person, event, corrected_on="2026-03-09"), 201)
    assert given(await registrar.get(f"{TRANSFERS}/{made['id']}"))["status"] == "confirmed"
    given(await reverse(registrar, person, redated["replaced_by"]), 201)
    (shown,) = await held(registrar, VILLAGE)
    assert (shown["status"], shown["moved"]) == ("reversed", 0)
    assert f"{TODAY}" >= shown["decided_at"][:10]
    await assert_books_agree(registrar, events)


async def test_whoever_holds_one_of_a_household_does_not_move_the_others(
    client_of: Client, county: None, events: Events
) -> None:
    """Who lives together is registered in two villages: the clerk of one of those answers for one of them."""
    clerk, registrar, far = client_of(*CLERK), client_of(*REGISTRAR), client_of(*FAR_CLERK)
    number = a_number()
    guest = (await register(registrar, document={"number": number}, residence={"area": SISTER}))["id"]
    host = (await register(registrar, residence={"area": SISTER}, registration={"area": SISTER}))["id"]
    await found(
        registrar,
        {"relation": "02", "person_id": host},
        {"relation": "99", "person_id": guest},
        area=SISTER,
        kind="living",
    )
    made = await ask(far, number, household="living")
    assert_refused(await confirm(clerk, made), "book_of_another_place")
    assert (await person_of(registrar, host))["residence"][-1]["area"] == SISTER
    assert given(await confirm(client_of("village_clerk", SISTER), made))["moved"] == 2
    await assert_books_agree(registrar, events)
