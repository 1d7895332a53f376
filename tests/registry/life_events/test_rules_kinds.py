"""How somebody lives somewhere: told by both places, followed when the registered place changes, or asked."""

import pytest

from services.registry.life_events.domain import ELSEWHERE, residence_kind
from tests.registry.builders import FAR, SISTER, VILLAGE, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    HOUSEHOLDS,
    PERSONS,
    REGISTRAR,
    Json,
    assert_refused,
    given,
    move_in,
    move_out,
    person_of,
    register,
)

BEIHAI = "450502003201"
"""A village in a district of a city."""
KINDS = [
    (VILLAGE, VILLAGE, "registered"),
    (VILLAGE + "001", VILLAGE, "registered"),
    (VILLAGE, SISTER, "registered"),  # of the same town
    (VILLAGE, FAR, "floating"),
    (VILLAGE, "450422103", "floating"),
    (VILLAGE, "450403", "floating"),  # from a district to a county-level city
    (VILLAGE, "4504", "floating"),  # what lies in this county is a village
    (VILLAGE, "44", "floating"),
    (VILLAGE, ELSEWHERE, "floating"),
    (VILLAGE, None, None),
    (BEIHAI, "450503", "registered"),  # from district to district of one city
    (BEIHAI, "450512101", "registered"),
    (BEIHAI, "450521", "floating"),  # a county of that city
    (BEIHAI, "4505", None),
    (BEIHAI, "45", None),
    (BEIHAI, "4504", "floating"),
    (BEIHAI, ELSEWHERE, "floating"),
]


@pytest.mark.parametrize(("residence", "registered", "kind"), KINDS)
def test_the_kind_by_both_places(residence: str, registered: str | None, kind: str | None) -> None:
    assert residence_kind(residence, registered) == kind


def kinds(person: Json) -> list[tuple[str, str, str | None]]:
    return [(one["kind"], one["start"], one["end"]) for one in person["residence"]]


async def test_a_kind_that_is_not_said_follows_from_both_places(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    for registration, kind in ((VILLAGE, "registered"), (FAR, "floating"), ("431024", "floating")):
        person = await register(client, residence={"area": VILLAGE}, registration={"area": registration})
        assert kinds(person) == [(kind, "2026-01-01", None)]
        (told,) = await events("registry.person.", person["id"])
        assert [one["kind"] for one in told["state"]["residence"]] == [kind]


async def test_a_kind_that_cannot_be_told_is_asked(client_of: Client, county: None, events: Events) -> None:
    client, missing = client_of(*CLERK), [("residence.kind", "missing")]
    assert_refused(await client.post(PERSONS, json=a_body()), "invalid_request", missing)
    household = {"kind": "living", "area": VILLAGE, "established_on": "2026-01-01"}
    members = [{"relation": "02", "person": a_body()}]
    refused = await client.post(HOUSEHOLDS, json={**household, "members": members})
    assert_refused(refused, "invalid_request", [("members.0.person.residence.kind", "missing")])
    assert await events("registry.person.") == []
    person = await register(client, residence={"area": VILLAGE, "kind": "floating"}, registration=None)
    registrar = client_of(*REGISTRAR)
    assert_refused(await move_in(registrar, person["id"], "2026-02-01", residence=SISTER), "invalid_request", missing)
    moved = given(await move_in(registrar, person["id"], "2026-02-01", residence=(SISTER, "left_behind")))
    assert kinds(moved)[1:] == [("left_behind", "2026-02-01", None)]


def a_body() -> Json:
    """Somebody who lives in VILLAGE; where they are registered is not known, nor how they live there."""
    return {**a_person(registration=None), "residence": {"area": VILLAGE}}


async def test_the_kind_follows_the_registered_place(client_of: Client, county: None, events: Events) -> None:
    """Nobody is counted twice for it: the ledger has no line of it."""
    client = client_of(*REGISTRAR)
    person = (await register(client, residence={"area": VILLAGE}, registration={"area": FAR}))["id"]
    given(await move_in(client, person, "2026-02-01", registration=VILLAGE))
    left = given(await move_out(client, person, "2026-03-01", books=["registration"]))
    expected = [
        ("floating", "2026-01-01", "2026-02-01"),
        ("registered", "2026-02-01", "2026-03-01"),
        ("floating", "2026-03-01", None),
    ]
    assert kinds(left) == expected
    lines = [one["state"] for one in await events("registry.posting.") if one["state"]["book"] == "residence"]
    assert [one["kind"] for one in lines] == ["opening"]
    # told late, it is put in its place
    other = (await register(client, residence={"area": VILLAGE}, registration={"area": VILLAGE}))["id"]
    given(await move_in(client, other, "2026-03-01", registration=FAR))
    given(await move_in(client, other, "2026-02-01", registration="431024"))
    assert kinds(await person_of(client, other)) == [
        ("registered", "2026-01-01", "2026-02-01"),
        ("floating", "2026-02-01", None),
    ]


async def test_a_kind_that_was_said_stays(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    said = {"area": VILLAGE, "kind": "left_behind"}
    person = (await register(client, residence=said, registration={"area": VILLAGE}))["id"]
    moved = given(await move_in(client, person, "2026-02-01", registration=FAR))
    assert kinds(moved) == [("left_behind", "2026-01-01", None)]


async def test_a_move_without_a_kind_asks_the_registered_place(client_of: Client, county: None) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    moved = given(await move_in(client, person, "2026-02-01", residence=FAR))
    back = given(await move_in(client, person, "2026-03-01", residence=VILLAGE))
    assert kinds(moved)[-1] == ("floating", "2026-02-01", None)
    assert kinds(back)[-1] == ("registered", "2026-03-01", None)
    again = await move_in(client, person, "2026-03-02", residence=VILLAGE)
    assert_refused(again, "person_already_active")
