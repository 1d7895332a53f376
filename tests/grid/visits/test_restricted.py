"""Visits that restricted tags ask for: on a topic of their own, and over HTTP for those who may see such tags."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest

from services.grid.features import SPEC
from shared.auth.principal import Grant, Principal
from shared.auth.roles import PERMISSIONS, Role
from shared.contracts.catalogue import TOPICS
from shared.contracts.registry.tags import RestrictedTagState, TagContact
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.builders import (
    OTHER_VILLAGE,
    REGISTRAR,
    SECOND_GRID,
    VILLAGE,
    a_person,
    a_span,
    a_tag,
    restricted,
)
from tests.grid.conftest import Facts

MOVED = (a_span(end=date(2026, 3, 10)), a_span(SECOND_GRID, start=date(2026, 3, 10)))
PAID = {"finding": "normal", "done_on": "2026-03-16"}


@pytest.fixture
def person() -> UUID:
    return new_id()


@pytest.fixture
async def tag(arrivals: Arrivals, person: UUID) -> RestrictedTagState:
    """A restricted tag of a person who has a care tag as well; in another village somebody has a care tag."""
    tag = restricted(a_tag(person, code="released_prisoner", started_on=date(2026, 3, 1)))
    await arrivals.take(a_person(person), a_tag(person), tag, a_tag(new_id(), a_span(OTHER_VILLAGE)))
    return tag


async def visits(door: Door, who: Principal, **filters: Any) -> list[dict[str, Any]]:
    """What somebody sees; list and count agree."""
    async with door.client(who) as client:
        items: list[dict[str, Any]] = (await client.get("/visits", params={"limit": 200, **filters})).json()["items"]
        assert (await client.get("/visits/count", params=filters)).json()["count"] == len(items)
    return items


async def restricted_visit(door: Door) -> str:
    (found,) = (one["id"] for one in await visits(door, REGISTRAR) if one["restricted"])
    return str(found)


async def test_every_fact_of_such_a_visit_is_told_on_a_topic_that_is_not_published(
    door: Door, tag: RestrictedTagState, arrivals: Arrivals, person: UUID, facts: Facts
) -> None:
    assert not TOPICS["grid.restricted_visit"].published
    assert TOPICS["grid.restricted_visit"].readers == ("indicators",)
    visit = await restricted_visit(door)
    async with door.client(REGISTRAR) as client:
        for finding in ("absent", "normal"):
            answer = await client.post(f"/visits/{visit}/record", json={**PAID, "finding": finding})
            assert answer.status_code == 200, answer.text
    await arrivals.take(a_person(person, *MOVED, version=2))
    await arrivals.take(tag.model_copy(update={"version": 2, "residence": MOVED, "ended_on": date(2026, 3, 16)}))
    told = [fact.type.removeprefix("grid.restricted_visit.") for fact in await facts("grid.restricted_visit")]
    assert told == ["planned", "attempted", "done", "planned", "moved", "cancelled"]
    assert {fact.type for fact in await facts("grid.visit")} == {"grid.visit.planned", "grid.visit.moved"}


async def test_both_families_are_restated_apart(door: Door, tag: RestrictedTagState, committed: Database) -> None:
    async with committed.session() as session:
        care = await SPEC.restate["grid.visit"](session, None, 10)
        sensitive = await SPEC.restate["grid.restricted_visit"](session, None, 10)
        counted = {noun: len((await session.execute(SPEC.aggregates[noun])).all()) for noun in SPEC.aggregates}
    assert [fact.type for fact in care] == ["grid.visit.restated"] * 2
    assert [fact.type for fact in sensitive] == ["grid.restricted_visit.restated"]
    assert sensitive[0].state.subject == await restricted_visit(door)
    assert (counted["grid.visit"], counted["grid.restricted_visit"]) == (2, 1)


def test_who_may_see_such_visits_may_see_such_tags_and_visits() -> None:
    holders = PERMISSIONS["visit.restricted"]
    assert holders
    for permission in ("tag.restricted", "visit.read", "visit.record"):
        assert holders <= PERMISSIONS[permission]


@pytest.mark.parametrize("role", sorted(PERMISSIONS["visit.read"] - PERMISSIONS["visit.restricted"]))
async def test_who_may_not_see_such_tags_sees_nothing_of_such_visits(
    door: Door, tag: RestrictedTagState, person: UUID, role: Role
) -> None:
    visit = await restricted_visit(door)
    who = a_principal(role, "450481")
    seen = await visits(door, who)
    assert len(seen) == 2
    assert not any(one["restricted"] for one in seen)
    for filters in ({"person_id": str(person)}, {"status": "due"}, {"overdue": False}, {"area": VILLAGE}):
        assert not any(one["restricted"] for one in await visits(door, who, **filters))
    async with door.client(who) as client:
        hidden, missing = [await client.get(f"/visits/{one}") for one in (visit, new_id())]
        assert (hidden.status_code, missing.status_code) == (404, 404)
        assert {**hidden.json(), "request_id": "", "instance": ""} == {
            **missing.json(),
            "request_id": "",
            "instance": "",
        }
        if role in PERMISSIONS["visit.record"]:
            assert (await client.post(f"/visits/{visit}/record", json=PAID)).status_code == 404


async def test_a_grant_for_another_village_opens_no_such_visit_here(door: Door, tag: RestrictedTagState) -> None:
    """Registrar in one village and clerk in the other: what a role may is not what another grant's area shows."""
    who = Principal("two-hats", (Grant("county_registrar", OTHER_VILLAGE), Grant("village_clerk", VILLAGE)))
    seen = await visits(door, who)
    assert len(seen) == 2
    assert not any(one["restricted"] for one in seen)


async def test_who_looked_at_such_a_visit_is_noted_with_the_role_that_showed_it(
    door: Door, tag: RestrictedTagState, person: UUID
) -> None:
    visit = await restricted_visit(door)
    door.accesses.entries.clear()
    async with door.client(REGISTRAR) as client:
        assert (await client.get(f"/visits/{visit}")).status_code == 200
    assert [(one.action, one.object_id, one.role) for one in door.accesses.entries] == [
        ("read", str(person), "county_registrar")
    ]


async def test_a_due_visit_says_whom_to_ask_by_id_alone(
    door: Door, tag: RestrictedTagState, arrivals: Arrivals, person: UUID
) -> None:
    """Of a restricted tag only to who may see its visits; a visit that was paid asks nobody any more."""
    mine, theirs = (TagContact(id=new_id(), role=role) for role in ("guardian", "responsible"))
    care = a_tag(person, code="elder_alone")
    await arrivals.take(care.model_copy(update={"contacts": (mine,)}))
    await arrivals.take(tag.model_copy(update={"version": 2, "contacts": (theirs,)}))
    found = await visits(door, a_principal("grid_worker", VILLAGE), person_id=str(person))
    assert [one["contacts"] for one in found if one["contacts"]] == [[{"id": str(mine.id), "role": "guardian"}]]
    found = await visits(door, REGISTRAR, person_id=str(person))
    (hidden,) = [one for one in found if one["restricted"]]
    assert hidden["contacts"] == [{"id": str(theirs.id), "role": "responsible"}]
    async with door.client(REGISTRAR) as client:
        assert (await client.get(f"/visits/{hidden['id']}")).json()["contacts"] == hidden["contacts"]
        paid = await client.post(f"/visits/{hidden['id']}/record", json=PAID)
    assert (paid.status_code, paid.json()["contacts"]) == (200, [])
