"""Verifications over HTTP: several groups in one request, the last look and its undoing, the list of who is due."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from services.registry.verifications.domain import Freshness
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    die,
    given,
    register,
)

DUE = "/registry/v1/person-verifications"
WORKER = ("grid_worker", VILLAGE)
ALL = ["identity", "contact", "places", "household"]


pytestmark = pytest.mark.usefixtures("county")


async def verify(client: AsyncClient, person: Json, *groups: str, **what: Any) -> Response:
    return await client.post(f"{PERSONS}/{person['id']}/verifications", json={"groups": groups or ALL, **what})


async def unverify(client: AsyncClient, person: Json, *groups: str) -> Response:
    body = {"groups": groups, "reason": "wrong_person"}
    return await client.post(f"{PERSONS}/{person['id']}/verifications/unverify", json=body)


async def seen(client: AsyncClient, person: Json) -> dict[str, Json]:
    found = given(await client.get(f"{PERSONS}/{person['id']}/verifications"))
    assert found["person_id"] == person["id"]
    return {one["group"]: one for one in found["items"]}


async def due(client: AsyncClient, **params: Any) -> dict[str, list[str]]:
    """Groups that are due, by person; the count agrees."""
    rows = await all_pages(client, DUE, **params)
    asked = {name: value for name, value in params.items() if name != "limit"}
    assert given(await client.get(f"{DUE}/count", params=asked))["count"] == len(rows)
    return {one["person"]["id"]: [group["group"] for group in one["groups"]] for one in rows}


async def test_a_worker_verifies_several_groups_in_one_request(client_of: Client) -> None:
    worker, person = client_of(*WORKER, subject="worker-1"), await register(client_of(*CLERK))
    assert {group: one["verified_on"] for group, one in (await seen(worker, person)).items()} == dict.fromkeys(ALL)
    told = given(await verify(worker, person, "contact", "places", source="visit"))
    assert {one["group"]: (one["verified_on"], one["verified_by"], one["source"]) for one in told["items"]} == {
        "identity": (None, None, None),
        "contact": ("2026-03-16", "worker-1", "visit"),
        "places": ("2026-03-16", "worker-1", "visit"),
        "household": (None, None, None),
    }
    assert (await seen(worker, person))["places"]["due_on"] == "2026-09-12"
    assert given(await client_of(*CLERK).get(f"{PERSONS}/{person['id']}"))["version"] == person["version"]


async def test_the_last_look_is_taken_back_and_the_one_before_stands(client_of: Client, committed: Database) -> None:
    worker, person = client_of(*WORKER), await register(client_of(*CLERK))
    given(await verify(worker, person, "contact", verified_on="2026-03-01"))
    given(await verify(worker, person, "contact"))
    for stands in ("2026-03-01", None):
        given(await unverify(worker, person, "contact"))
        assert (await seen(worker, person))["contact"]["verified_on"] == stands
    assert_refused(
        await unverify(worker, person, "places", "contact"),
        "nothing_to_take_back",
        [("groups.0", "nothing_to_take_back"), ("groups.1", "nothing_to_take_back")],
    )
    async with committed.session() as session:
        kept = await session.scalar(text("SELECT taken_back FROM person_verifications"))
    assert [(one["verified_on"], one["reason"]) for one in kept] == [
        ("2026-03-16", "wrong_person"),
        ("2026-03-01", "wrong_person"),
    ]


async def test_who_is_due_is_listed_with_the_groups_and_counted(client_of: Client, clock: FrozenClock) -> None:
    registrar, worker = client_of(*REGISTRAR), client_of(*WORKER)
    looked, waiting, dead = [await register(registrar) for _ in range(3)]
    await register(registrar, residence={"area": SISTER}, registration={"area": SISTER})
    given(await die(registrar, dead["id"], "2026-03-10"))
    in_time = {"area": VILLAGE, "due_by": "2026-09-11", "limit": 1}
    assert await due(worker, **in_time) == {}
    day = {"area": VILLAGE, "due_by": "2026-09-12", "limit": 1}
    assert await due(worker, **day) == {looked["id"]: ["places"], waiting["id"]: ["places"]}
    clock.advance(days=30)
    given(await verify(worker, looked, "places"))
    assert await due(worker, **day) == {waiting["id"]: ["places"]}
    clock.advance(days=365)
    assert await due(worker, area=VILLAGE) == {
        looked["id"]: ["contact", "places", "household"],
        waiting["id"]: ["contact", "places", "household"],
    }
    assert await due(worker, area=VILLAGE, group="identity") == {}
    given(await verify(worker, waiting))
    assert list(await due(worker, area=VILLAGE)) == [looked["id"]]


async def test_list_and_count_are_one_for_every_role_and_area(client_of: Client) -> None:
    registrar = client_of(*REGISTRAR)
    people = [
        await register(registrar, residence={"area": lives}, registration={"area": registered})
        for lives in (VILLAGE, SISTER, FAR)
        for registered in (VILLAGE, FAR)
    ]
    for role, own in (WORKER, CLERK, ("town_officer", TOWN), ("agent", VILLAGE), ("county_officer", COUNTY)):
        for asked in (VILLAGE, TOWN, COUNTY):
            expected = {
                one["id"]
                for one in people
                for places in [[one["residence"][-1]["area"], one["registration"][-1]["area"]]]
                if any(place.startswith(own) for place in places) and any(place.startswith(asked) for place in places)
            }
            found = await due(client_of(role, own), area=asked, due_by="2028-01-01", limit=2)
            assert set(found) == expected, (role, own, asked)


async def test_the_countys_days_decide(client_of: Client) -> None:
    registrar = client_of(*REGISTRAR)
    state = registrar._transport.app.state  # type: ignore[attr-defined]  # the application under test
    person, kept = await register(registrar), state.freshness
    try:
        state.freshness = Freshness.parse("contact:10")
        assert await due(registrar, area=VILLAGE, due_by="2026-03-26") == {person["id"]: ["contact"]}
        assert (await seen(registrar, person))["contact"]["due_on"] == "2026-03-26"
    finally:
        state.freshness = kept
    assert await due(registrar, area=VILLAGE, due_by="2026-03-26") == {}


async def test_what_lies_elsewhere_is_not_there(client_of: Client) -> None:
    person, far = await register(client_of(*CLERK)), client_of(*FAR_CLERK)
    for one in (person, {"id": NOBODY}):
        assert_not_found(await verify(far, one))
        assert_not_found(await unverify(far, one, "contact"))
        assert_not_found(await far.get(f"{PERSONS}/{one['id']}/verifications"))
    assert_not_found(await far.get(DUE, params={"area": VILLAGE}))
    assert_not_found(await far.get(f"{DUE}/count", params={"area": VILLAGE}))
    assert_refused(await verify(client_of("agent", VILLAGE), person), "forbidden")
    assert_refused(await verify(client_of("county_officer", COUNTY), person), "forbidden")
    assert (await seen(client_of(*CLERK), person))["contact"]["verified_on"] is None


async def test_what_is_no_look_is_refused_field_by_field(client_of: Client) -> None:
    worker, person = client_of(*WORKER), await register(client_of(*CLERK))
    for body, errors in (
        ({"groups": []}, [("groups", "too_short")]),
        ({"groups": ["phone"]}, [("groups.0", "enum")]),
        ({"groups": ["contact", "contact"]}, [("groups", "repeated")]),
    ):
        answer = await worker.post(f"{PERSONS}/{person['id']}/verifications", json=body)
        assert_refused(answer, "invalid_request", errors)
    assert_refused(await verify(worker, person, verified_on="2026-03-17"), "verified_on_wrong")
    assert_refused(await verify(worker, person, verified_on="1960-05-16"), "verified_on_wrong")


async def test_looks_at_once_are_all_kept(client_of: Client, committed: Database) -> None:
    person = await register(client_of(*CLERK))
    workers = [client_of(*WORKER, subject=f"worker-{number}") for number in range(4)]
    for answer in await asyncio.gather(*(verify(one, person, "contact", "places") for one in workers)):
        given(answer)
    async with committed.session() as session:
        looks = (await session.scalars(text("SELECT looks FROM person_verifications"))).all()
    assert [{one["by"] for one in several} for several in looks] == [{f"worker-{n}" for n in range(4)}] * 2


async def test_looks_and_lists_are_in_the_access_log(client_of: Client, committed: Database) -> None:
    worker, person = client_of(*WORKER, subject="worker-1"), await register(client_of(*CLERK))
    given(await verify(worker, person))
    await seen(worker, person)
    await due(worker, area=VILLAGE, due_by="2028-01-01")
    given(await unverify(worker, person, "contact"))
    async with committed.session() as session:
        rows = await session.execute(
            text("SELECT action, detail FROM access_log WHERE subject = 'worker-1' AND object_id = :id"),
            {"id": person["id"]},
        )
        noted = sorted(tuple(row) for row in rows)
    assert noted == [
        ("list_due", "masked"),
        ("read_verifications", "existence"),
        ("unverify", "write"),
        ("verify", "write"),
    ]
