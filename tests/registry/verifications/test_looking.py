"""Looks that come late, of people who were merged or have left; what is kept of what was taken back; who is listed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.builders import VILLAGE
from tests.registry.conftest import Client
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    given,
    go_missing,
    move_in,
    move_out,
    proposed,
    register,
)

DUE = "/registry/v1/person-verifications"
WORKER = ("grid_worker", VILLAGE)
pytestmark = pytest.mark.usefixtures("county")


async def verify(client: AsyncClient, person: Json, *groups: str, **what: Any) -> Response:
    return await client.post(f"{PERSONS}/{person['id']}/verifications", json={"groups": groups, **what})


async def unverify(client: AsyncClient, person: Json, *groups: str, reason: str = "wrong_person") -> Response:
    body = {"groups": groups, "reason": reason}
    return await client.post(f"{PERSONS}/{person['id']}/verifications/unverify", json=body)


async def seen(client: AsyncClient, person: Json, group: str = "contact") -> Json:
    items: list[Json] = given(await client.get(f"{PERSONS}/{person['id']}/verifications"))["items"]
    assert [one["group"] for one in items] == ["identity", "contact", "places", "household"]
    return next(one for one in items if one["group"] == group)


async def test_a_look_that_is_entered_late_is_kept_and_does_not_count(client_of: Client) -> None:
    worker, late = client_of(*WORKER, subject="worker"), client_of(*WORKER, subject="late")
    person = await register(client_of(*CLERK))
    given(await verify(worker, person, "contact", verified_on="2026-03-10", source="visit"))
    given(await verify(late, person, "contact", verified_on="2026-03-01", source="phone"))
    now = await seen(worker, person)
    assert (now["verified_on"], now["verified_by"], now["source"]) == ("2026-03-10", "worker", "visit")
    assert (now["due_on"], now["verified_at"]) == ("2027-03-10", "2026-03-16T10:00:00+08:00")
    given(await unverify(worker, person, "contact"))
    now = await seen(worker, person)
    assert (now["verified_on"], now["verified_by"], now["source"]) == ("2026-03-01", "late", "phone")
    given(await unverify(worker, person, "contact"))
    now = await seen(worker, person)
    assert (now["verified_on"], now["verified_by"], now["verified_at"], now["source"]) == (None, None, None, None)
    assert now["due_on"] == "2027-03-16", "the entry counts as a look"


async def test_what_was_taken_back_is_kept_with_reason_and_name(client_of: Client, committed: Database) -> None:
    worker, clerk = client_of(*WORKER, subject="worker"), client_of(*CLERK, subject="clerk")
    person = await register(clerk)
    given(await verify(worker, person, "contact", "places", verified_on="2026-03-10", source="visit"))
    given(await unverify(clerk, person, "contact", reason="recorded_twice"))
    given(await verify(worker, person, "contact"))
    assert (await seen(clerk, person, "places"))["verified_on"] == "2026-03-10", "the other group stands"
    async with committed.session() as session:
        rows = (await session.execute(text("SELECT field_group, taken_back FROM person_verifications"))).all()
    kept = {row.field_group: row.taken_back for row in rows}
    assert kept["places"] == []
    (undone,) = kept["contact"]
    assert (undone["verified_on"], undone["by"], undone["source"]) == ("2026-03-10", "worker", "visit")
    assert (undone["reason"], undone["taken_back_by"]) == ("recorded_twice", "clerk")
    assert datetime.fromisoformat(undone["taken_back_at"]) == datetime(2026, 3, 16, 2, tzinfo=UTC)


async def test_nothing_is_taken_back_if_one_of_the_groups_has_nothing(client_of: Client) -> None:
    worker, person = client_of(*WORKER), await register(client_of(*CLERK))
    given(await verify(worker, person, "contact"))
    answer = await unverify(worker, person, "contact", "household")
    assert_refused(answer, "nothing_to_take_back", [("groups.1", "nothing_to_take_back")])
    assert (await seen(worker, person))["verified_on"] == "2026-03-16"


async def test_who_was_merged_is_looked_at_as_whoever_goes_on(client_of: Client) -> None:
    registrar, second = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="second")
    undocumented = {"document": None, "undocumented": {"reason": "lost", "due_on": "2026-06-30"}}
    survivor, double = await register(registrar), await register(registrar, name="韦小妹", **undocumented)
    given(await verify(registrar, double, "contact"))
    pair = await proposed(registrar, double["id"], survivor["id"])
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert_refused(await verify(registrar, double, "contact"), "person_merged")
    assert_refused(await unverify(registrar, double, "contact"), "person_merged")
    given(await verify(registrar, survivor, "contact"))
    rows = await all_pages(registrar, DUE, area=VILLAGE, due_by="2030-01-01")
    assert [row["person"]["id"] for row in rows] == [survivor["id"]]


async def test_who_left_is_not_due_who_is_missing_is_and_who_comes_back_again(client_of: Client) -> None:
    registrar = client_of(*REGISTRAR)
    here, gone, missing = [await register(registrar) for _ in range(3)]
    given(await move_out(registrar, gone["id"], "2026-03-01"))
    given(await go_missing(registrar, missing["id"], "2026-03-01"))

    async def due() -> list[str]:
        rows = await all_pages(registrar, DUE, area=VILLAGE, due_by="2030-01-01", limit=1)
        count = given(await registrar.get(f"{DUE}/count", params={"area": VILLAGE, "due_by": "2030-01-01"}))["count"]
        assert count == len(rows)
        return [row["person"]["id"] for row in rows]

    assert await due() == [here["id"], missing["id"]]
    given(await verify(registrar, gone, "places"))  # somebody looked where they went
    assert await due() == [here["id"], missing["id"]]
    given(await move_in(registrar, gone["id"], "2026-03-10", residence=VILLAGE, registration=VILLAGE))
    assert await due() == [here["id"], gone["id"], missing["id"]]


async def test_the_day_of_an_entry_is_the_countys(client_of: Client, clock: FrozenClock) -> None:
    """Entered at half past midnight, when it is still yesterday elsewhere."""
    clock.set(datetime(2026, 3, 15, 16, 30, tzinfo=UTC))
    clerk = client_of(*CLERK)
    person = await register(clerk)
    assert (await seen(clerk, person, "places"))["due_on"] == "2026-09-12"
    asked = {"area": VILLAGE, "group": "places"}
    for day, number in (("2026-09-11", 0), ("2026-09-12", 1)):
        assert given(await clerk.get(f"{DUE}/count", params={**asked, "due_by": day}))["count"] == number
    assert (await seen(clerk, person))["due_on"] == "2027-03-16"
    assert_refused(await verify(clerk, person, "contact", verified_on="2026-03-17"), "verified_on_wrong")
    given(await verify(clerk, person, "contact"))
    assert (await seen(clerk, person))["verified_on"] == "2026-03-16"


async def test_a_list_shows_masked_names_and_the_due_groups_alone_and_notes_whom_it_shows(
    client_of: Client, committed: Database
) -> None:
    worker = client_of(*WORKER, subject="worker")
    people = [await register(client_of(*CLERK)) for _ in range(3)]
    given(await verify(client_of(*CLERK), people[0], "places", verified_on="2026-03-15"))
    page = given(await worker.get(DUE, params={"area": VILLAGE, "due_by": "2027-03-16", "limit": 2}))
    assert page["next_cursor"] is not None
    assert [row["person"]["name"] for row in page["items"]] == ["覃*英"] * 2
    first = {one["group"]: (one["verified_on"], one["due_on"]) for one in page["items"][0]["groups"]}
    assert first == {
        "contact": (None, "2027-03-16"),
        "places": ("2026-03-15", "2026-09-11"),
        "household": (None, "2027-03-16"),
    }
    async with committed.session() as session:
        log = "SELECT object_id::text FROM access_log WHERE subject = 'worker' ORDER BY object_id"
        noted = (await session.scalars(text(log))).all()
    assert noted == [row["person"]["id"] for row in page["items"]]


async def test_asking_after_somebody_elsewhere_or_nobody_is_noted(client_of: Client, committed: Database) -> None:
    person, far = await register(client_of(*CLERK)), client_of(*FAR_CLERK, subject="far")
    for one in (person, {"id": NOBODY}):
        assert_not_found(await verify(far, one, "contact"))
        assert_not_found(await unverify(far, one, "contact"))
        assert_not_found(await far.get(f"{PERSONS}/{one['id']}/verifications"))
    async with committed.session() as session:
        log = "SELECT object_id::text, action FROM access_log WHERE subject = 'far' ORDER BY occurred_at"
        noted = [tuple(row) for row in await session.execute(text(log))]
    looks = ("verify", "unverify", "read_verifications")
    assert noted == [(asked, look) for asked in (person["id"], NOBODY) for look in looks]
