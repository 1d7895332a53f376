"""Whose book is written by whom: from within its scope, but for deaths and arrivals, which are shown to it apart."""

from typing import Any

from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    household_of,
    members_of,
    move_in,
    move_out,
    person_of,
    register,
)

POSTINGS = "/registry/v1/postings"
YEAR = {"from": "2026-01-01", "to": "2026-03-16"}


async def lines(client: Any, area: str, book: str = "registration", **what: Any) -> list[tuple[str, str, int, bool]]:
    rows = await all_pages(client, POSTINGS, area=area, book=book, **{**YEAR, **what})
    return [(one["person_id"], one["kind"], one["amount"], one["elsewhere"]) for one in rows]


async def separated(client: Any) -> Json:
    """Somebody who lives in VILLAGE and is registered in FAR."""
    return await register(client, residence={"area": VILLAGE}, registration={"area": FAR})


async def test_a_clerk_takes_nobody_out_of_another_villages_book(
    client_of: Client, county: None, events: Events
) -> None:
    registrar, clerk, far = client_of(*REGISTRAR), client_of(*CLERK), client_of(*FAR_CLERK)
    person = (await separated(registrar))["id"]
    before, told = await person_of(registrar, person), await events()
    for refused in (
        await move_out(clerk, person, "2026-03-01"),
        await move_out(clerk, person, "2026-03-01", books=["registration"]),
        await move_in(clerk, person, "2026-03-01", registration=VILLAGE),
        await move_out(far, person, "2026-03-01", books=["residence"]),
        await move_out(far, person, "2026-03-01"),
    ):
        assert_refused(refused, "book_of_another_place")
    assert await person_of(registrar, person) == before
    assert await events() == told
    given(await move_out(clerk, person, "2026-03-01", books=["residence"]))
    given(await move_out(far, person, "2026-03-02", books=["registration"]))
    other = (await separated(registrar))["id"]
    given(await move_in(registrar, other, "2026-03-01", registration=VILLAGE))
    assert await lines(far, FAR) == [
        (person, "opening", 1, False),
        (person, "out", -1, False),
        (other, "opening", 1, False),
        (other, "transfer_out", -1, False),
    ]


async def test_who_comes_home_is_moved_in_there_and_the_village_that_was_left_is_shown_it(
    client_of: Client, county: None
) -> None:
    far, clerk = client_of(*FAR_CLERK), client_of(*CLERK)
    person = (await separated(client_of(*REGISTRAR)))["id"]
    given(await move_in(far, person, "2026-03-01", residence=FAR))
    assert await lines(clerk, VILLAGE, "residence", elsewhere=True) == [(person, "transfer_out", -1, True)]
    assert await lines(far, FAR, "residence") == [(person, "transfer_in", 1, False)]


async def test_a_refused_move_leaves_households_alone(client_of: Client, county: None) -> None:
    clerk = client_of(*CLERK)
    person = (await separated(client_of(*REGISTRAR)))["id"]
    made = await found(clerk, {"relation": "02", "person_id": person}, kind="living")
    assert_refused(await move_out(clerk, person, "2026-03-01"), "book_of_another_place")
    assert await household_of(clerk, made) == made
    assert members_of(made) == [person]


async def test_a_late_move_does_not_reverse_lines_of_another_village(client_of: Client, county: None) -> None:
    """That somebody left in February would take back a transfer that the other village has in its book."""
    registrar, town = client_of(*REGISTRAR), client_of("town_officer", TOWN)
    person = (await register(registrar))["id"]
    given(await move_in(registrar, person, "2026-03-01", residence=SISTER))
    clerk = client_of(*CLERK)
    refused = await move_out(clerk, person, "2026-02-01", books=["residence"])
    assert_refused(refused, "book_of_another_place")
    given(await move_out(town, person, "2026-02-01", books=["residence"]))


async def test_a_death_is_entered_in_both_books_and_shown_to_the_village_that_did_not_enter_it(
    client_of: Client, county: None
) -> None:
    registrar, clerk, far = client_of(*REGISTRAR), client_of(*CLERK), client_of(*FAR_CLERK)
    person, other = [(await separated(registrar))["id"] for _ in range(2)]
    given(await die(clerk, person, "2026-03-01"))
    given(await die(far, other, "2026-03-02"))
    assert await lines(far, FAR, elsewhere=True) == [(person, "death", -1, True)]
    assert await lines(clerk, VILLAGE, "residence", elsewhere=True) == [(other, "death", -1, True)]
    assert (await lines(clerk, VILLAGE, "residence", elsewhere=False))[-1] == (person, "death", -1, False)
    assert len(await lines(clerk, VILLAGE, "residence", limit=1)) == 4
    assert len(await lines(client_of("town_officer", TOWN), TOWN, "residence")) == 4


async def test_lines_are_listed_by_the_day_of_entry_in_the_own_area_to_who_may_see_persons(
    client_of: Client, county: None
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    clerk = client_of(*CLERK)
    assert await lines(clerk, VILLAGE, "residence") == [(person, "opening", 1, False)]
    for period in ({"from": "2026-01-01", "to": "2026-03-15"}, {"from": "2026-03-16", "to": "2026-03-16"}):
        assert bool(await lines(clerk, VILLAGE, "residence", **period)) == (period["to"] == "2026-03-16")
    asked = {"area": VILLAGE, "book": "residence", **YEAR}
    assert_not_found(await client_of(*FAR_CLERK).get(POSTINGS, params=asked))
    assert_refused(await client_of("assessor", COUNTY).get(POSTINGS, params=asked), "forbidden")
    backwards = {**asked, "from": "2026-02-02", "to": "2026-02-01"}
    assert_refused(await clerk.get(POSTINGS, params=backwards), "invalid_request", [("query.to", "before_from")])
    looks = await all_pages(client_of("auditor", COUNTY), f"{PERSONS}/{person}/accesses")
    assert "list_postings" in {one["action"] for one in looks}
