"""Missing and found over HTTP: the person stays in both books and in the household, and moves nowhere meanwhile."""

from tests.registry.builders import COUNTY, FAR, SISTER, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BALANCES,
    CLERK,
    PERSONS,
    REGISTRAR,
    all_pages,
    assert_not_found,
    assert_refused,
    be_found,
    die,
    found,
    given,
    go_missing,
    household_of,
    last_event,
    members_of,
    move_in,
    move_out,
    person_of,
    register,
    reverse,
)


async def test_who_is_missing_stays_in_books_and_household(client_of: Client, county: None, events: Events) -> None:
    clerk = client_of(*CLERK)
    made = await found(clerk)
    head, spouse = members_of(made)
    lines = len(await events("registry.posting."))
    given(await go_missing(clerk, spouse, "2026-03-01"))
    shown = await person_of(clerk, spouse)
    assert (shown["status"], shown["residence"][-1]["end"], shown["registration"][-1]["end"]) == ("missing", None, None)
    assert (await household_of(clerk, made))["members"] == made["members"]
    assert len(await events("registry.posting.")) == lines
    for book in ("residence", "registration"):
        listed = {
            status: [one["id"] for one in await all_pages(clerk, PERSONS, area=VILLAGE, book=book, status=status)]
            for status in ("active", "missing", "moved_out")
        }
        assert listed == {"active": [head], "missing": [spouse], "moved_out": []}
        params = {"area": VILLAGE, "book": book, "from": "2026-01-01", "to": "2026-03-16"}
        stated = given(await clerk.get(BALANCES, params=params))
        assert (stated["closing"], stated["stock"]) == (2, 2)
    given(await be_found(clerk, spouse, "2026-03-05"))
    assert (await person_of(clerk, spouse))["status"] == "active"
    told = [one["type"].rpartition(".")[2] for one in await events("registry.person.", spouse)]
    assert told == ["registered", "went_missing", "found"]


async def test_nobody_moves_while_missing_nor_goes_missing_twice(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    assert_refused(await be_found(client, person, "2026-03-01"), "person_not_missing")
    given(await go_missing(client, person, "2026-03-01"))
    for answer in (
        await go_missing(client, person, "2026-03-02"),
        await move_out(client, person, "2026-03-02"),
        await move_in(client, person, "2026-03-02", residence=SISTER),
    ):
        assert_refused(answer, "person_missing")
    # what happened before it is told later, as always
    given(await move_in(client, person, "2026-02-01", residence=SISTER))
    assert_refused(await move_out(client, person, "2026-02-15"), "event_out_of_order")
    given(await die(client, person, "2026-03-10"))
    assert (await person_of(client, person))["status"] == "deceased"
    assert_refused(await be_found(client, person, "2026-03-12"), "person_deceased")


async def test_who_left_both_books_is_not_missed_here(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_out(client, person, "2026-03-01"))
    assert_refused(await go_missing(client, person, "2026-03-02"), "person_not_active")
    assert_not_found(await go_missing(client_of("village_clerk", FAR), person, "2026-03-02"))
    assert_not_found(await be_found(client_of("village_clerk", FAR), person, "2026-03-02"))


async def test_missing_is_taken_back_unless_the_return_rests_on_it(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await go_missing(client, person, "2026-03-01"))
    absence = await last_event(client, person)
    given(await be_found(client, person, "2026-03-05"))
    back = await last_event(client, person)
    answer = await reverse(client, person, absence)
    assert_refused(answer, "event_rested_on", [(f"life_events.{back}", "found")])
    given(await reverse(client, person, back), 201)
    assert (await person_of(client, person))["status"] == "missing"
    given(await reverse(client, person, absence), 201)
    assert (await person_of(client, person))["status"] == "active"
    params = {"area": COUNTY, "book": "residence", "from": "2026-01-01", "to": "2026-03-16"}
    stated = given(await client.get(BALANCES, params=params))
    assert stated["closing"] == stated["stock"] == 1
