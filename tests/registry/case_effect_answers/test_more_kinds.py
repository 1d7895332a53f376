"""Granted cases that change or cancel a residence, or bring a benefit: by the register's rules, and taken back."""

from datetime import date
from typing import Any

from shared.contracts.grid.grids import GridState
from shared.contracts.services_hall.case_effects import CaseEffectKind
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.doors import Arrivals
from tests.registry.benefits.receiving import listed, receives, shown, stepped
from tests.registry.builders import BOOKS_OPENED_ON, SISTER, VILLAGE, a_household, a_person
from tests.registry.case_effect_answers.conftest import GRID, SQUARE, Answers, an_effect, gone, lines, residence
from tests.registry.conftest import Client, Events
from tests.registry.steps import BENEFITS, CLERK, HOUSEHOLDS, PERSONS, REGISTRAR, given, last_event, reverse

CHANGE, CANCELLATION = CaseEffectKind.RESIDENCE_CHANGE, CaseEffectKind.RESIDENCE_CANCELLATION
LIVING = CaseEffectKind.MINIMUM_LIVING


def a_grid(**what: Any) -> GridState:
    fields: dict[str, Any] = {
        "id": GRID, "code": GRID, "version": 1, "village": VILLAGE, "kind": "comprehensive", "polygon": SQUARE,
        "valid_from": BOOKS_OPENED_ON,
    }  # fmt: skip
    return GridState(**(fields | what))


async def entered(client: Any, **what: Any) -> str:
    answer = await client.post(PERSONS, json=a_person(**what))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def tags_of(client: Any, person: str) -> list[tuple[str, str, str | None]]:
    found = given(await client.get(f"{PERSONS}/{person}/tags"))["items"]
    return sorted((one["code"], one["started_on"], one["ended_on"]) for one in found)


async def test_a_change_moves_a_resident_within_the_village_without_a_line_in_its_book(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers, committed: Database
) -> None:
    client = client_of(*CLERK)
    person = await entered(client)
    before = await lines(committed, person)
    await arrivals.take(a_grid())
    effect = an_effect(person, kind=CHANGE, area=GRID)
    for revision in range(2):
        await arrivals.take(effect, revision=revision)
    assert await residence(client, person) == [(VILLAGE, "2026-01-01", "2026-03-10"), (GRID, "2026-03-10", None)]
    assert (await answers(), await lines(committed, person)) == ([(effect.id, 1, "applied", None)], before)
    back = await reverse(client, person, await last_event(client, person))
    assert back.status_code == 201, back.text
    assert (await answers())[1:] == [(effect.id, 1, "refused", "effect_reversed")]
    assert await residence(client, person) == [(VILLAGE, "2026-01-01", None)]


async def test_a_cancellation_ends_the_residence_and_leaves_the_registered_place(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers, committed: Database
) -> None:
    client = client_of(*CLERK)
    person = await entered(client)
    before = await lines(committed, person)
    effect = an_effect(person, kind=CANCELLATION)
    await arrivals.take(effect)
    assert await residence(client, person) == [(VILLAGE, "2026-01-01", "2026-03-10")]
    seen = given(await client.get(f"{PERSONS}/{person}"))
    assert (seen["status"], seen["registration"][-1]["end"]) == ("active", None)
    assert len(await lines(committed, person)) == len(before) + 1, "one line of the village's book of residents"
    assert await answers() == [(effect.id, 1, "applied", None)]
    back = await reverse(client, person, await last_event(client, person))
    assert back.status_code == 201, back.text
    assert (await answers())[1:] == [(effect.id, 1, "refused", "effect_reversed")]
    assert await residence(client, person) == [(VILLAGE, "2026-01-01", None)]


async def test_who_does_not_live_in_the_village_has_no_residence_there_to_change_or_cancel(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    left, here = await gone(clerk), await entered(clerk)
    elsewhere = await entered(registrar, residence={"area": SISTER}, registration={"area": SISTER})
    dead = await entered(clerk)
    assert (await clerk.post(f"{PERSONS}/{dead}/death", json={"occurred_on": "2026-03-01"})).is_success
    members = (
        {"relation": "02", "person": a_person()},
        {"relation": "10", "person": a_person(name="覃大山", sex="1", birth_date="1958-03-02")},
    )
    made = given(await clerk.post(HOUSEHOLDS, json=a_household(*members, kind="living")), 201)
    head = next(one["person_id"] for one in made["members"] if one["relation"] == "02")
    refused = [
        (an_effect(left, kind=CHANGE), "person_not_active"),
        (an_effect(left, kind=CANCELLATION), "person_not_active"),
        (an_effect(elsewhere, kind=CHANGE), "book_of_another_place"),
        (an_effect(elsewhere, kind=CANCELLATION), "book_of_another_place"),
        (an_effect(here, kind=CHANGE), "person_already_active"),
        (an_effect(here, kind=CANCELLATION, starts_on=date(2026, 3, 17)), "event_in_future"),
        (an_effect(here, kind=CANCELLATION, starts_on=date(2025, 3, 1)), "event_out_of_order"),
        (an_effect(dead, kind=CANCELLATION), "person_not_active"),
        (an_effect(head, kind=CANCELLATION), "household_needs_head"),
        (an_effect(new_id(), kind=LIVING), "resident_unknown"),
        (an_effect(elsewhere, kind=LIVING), "book_of_another_place"),
        (an_effect(dead, kind=LIVING), "person_deceased"),
        (an_effect(left, kind=LIVING), "person_not_active"),
        (an_effect(here, kind=LIVING, starts_on=date(2026, 3, 17)), "tag_dates"),
    ]
    found = []
    for effect, _ in refused:
        await arrivals.take(effect)
        found.append((await answers())[-1])
    assert found == [(effect.id, 1, "refused", code) for effect, code in refused]
    assert (await residence(registrar, elsewhere))[-1] == (SISTER, "2026-01-01", None)
    assert (await residence(clerk, head))[-1][2] is None
    assert (await tags_of(clerk, here), await listed(clerk, VILLAGE)) == ([], [])


async def test_a_benefit_is_held_with_its_tag_ended_by_a_clerk_and_held_again(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers, events: Events
) -> None:
    """No list brought it, so no list has it no more: a clerk ends it, and takes that back."""
    clerk = client_of(*CLERK)
    person = await entered(clerk)
    effect = an_effect(person, kind=LIVING)
    for revision in range(2):
        await arrivals.take(effect, revision=revision)
    [benefit] = await listed(clerk, VILLAGE, kind="minimum_living", status="held")
    held = await shown(clerk, {"id": benefit})
    told = {name: held[name] for name in ("source", "list_id", "as_of", "since", "missing_on")}
    assert told == {
        "source": "urn:xiangli:services_hall",
        "list_id": str(effect.id),
        "as_of": "2026-03-10",
        "since": "2026-03-10",
        "missing_on": None,
    }
    assert await tags_of(clerk, person) == [("minimum_living", "2026-03-10", None)]
    again = an_effect(person, kind=LIVING)
    await arrivals.take(again)
    assert (await answers()) == [(effect.id, 1, "applied", None), (again.id, 1, "refused", "benefit_held_already")]
    assert (await stepped(clerk, held, "keep", reason="under_review")).status_code == 409
    ended = given(await stepped(clerk, held, "end", ended_on="2026-03-12"))
    assert (ended["status"], ended["ended_on"]) == ("ended", "2026-03-12")
    assert await tags_of(clerk, person) == [("minimum_living", "2026-03-10", "2026-03-12")]
    assert len(await answers()) == 2, "what was held for some days was granted: nothing is taken back"
    overlapping = an_effect(person, kind=LIVING, starts_on=date(2026, 3, 11))
    await arrivals.take(overlapping)
    assert (await answers())[-1] == (overlapping.id, 1, "refused", "tag_dates")
    reopened = given(await stepped(clerk, held, "reopen"))
    assert (reopened["status"], reopened["ended_on"], reopened["decided_by"]) == ("held", None, None)
    assert await tags_of(clerk, person) == [("minimum_living", "2026-03-10", None)]
    facts = [one["type"].rsplit(".")[-1] for one in await events("registry.tag.")]
    assert facts == ["started", "ended", "reopened"]


async def test_a_benefit_that_never_was_is_taken_back_and_the_hall_is_told(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers
) -> None:
    """It ends on its first day; a tag that stood before the case goes on; another case brings it again, on any day."""
    clerk = client_of(*CLERK)
    person, tagged = await entered(clerk), await entered(clerk)
    started = {"code": "minimum_living", "started_on": "2026-02-01"}
    given(await clerk.post(f"{PERSONS}/{tagged}/tags", json=started), 201)
    effect, other = an_effect(person, kind=LIVING), an_effect(tagged, kind=LIVING)
    await arrivals.take(effect, other)
    benefits = {one["person"]["id"]: one for one in given(await clerk.get(BENEFITS, params={"area": VILLAGE}))["items"]}
    for one in benefits.values():
        taken_back = given(await stepped(clerk, one, "end", ended_on="2026-03-10"))
        assert taken_back["status"] == "ended"
        assert (await stepped(clerk, one, "reopen")).status_code == 409, "the hall asks for it once more"
    assert sorted((await answers())[2:]) == sorted((one.id, 1, "refused", "effect_reversed") for one in (effect, other))
    assert await tags_of(clerk, person) == [("minimum_living", "2026-03-10", "2026-03-10")]
    assert await tags_of(clerk, tagged) == [("minimum_living", "2026-02-01", None)]
    await arrivals.take(effect.model_copy(update={"version": 4, "asked": 2, "starts_on": date(2026, 3, 5)}))
    assert (await answers())[-1] == (effect.id, 2, "applied", None)
    [held] = await listed(clerk, VILLAGE, status="held")
    assert (held, (await shown(clerk, {"id": held}))["since"]) == (benefits[person]["id"], "2026-03-05")
    assert (await tags_of(clerk, person))[0] == ("minimum_living", "2026-03-05", None)


async def test_a_departments_list_has_a_row_of_its_own_beside_what_a_case_brought(
    client_of: Client, county: None, arrivals: Arrivals, answers: Answers, committed: Database
) -> None:
    """The tag that both rest on holds until neither does."""
    clerk = client_of(*CLERK)
    person = await entered(clerk)
    effect = an_effect(person, kind=LIVING)
    await arrivals.take(effect)
    [granted] = given(await clerk.get(BENEFITS, params={"area": VILLAGE}))["items"]
    tag = {"id": granted["tag_id"], "person_id": person}
    await receives(clerk, committed, tag=tag, status="held", missing_on=None)
    given(await stepped(clerk, granted, "end", ended_on="2026-03-12"))
    assert await tags_of(clerk, person) == [("minimum_living", "2026-03-10", None)]
    assert await answers() == [(effect.id, 1, "applied", None)]
