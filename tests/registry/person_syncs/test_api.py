"""Sync: the first time everything, then what changed and who left; the same as the list, for every role."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import text

from services.registry.life_events.domain import Place
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from tests.registry.area_changes.steps import a_plan, change, undo, whole
from tests.registry.builders import COUNTY, FAR, FARTHER, SISTER, TOWN, VILLAGE, a_new_person
from tests.registry.conftest import Client, Work
from tests.registry.person_syncs.phone import SYNC, Phone
from tests.registry.steps import (
    CLERK,
    DUPLICATES,
    NOBODY,
    PERSONS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    be_found,
    correct,
    die,
    given,
    go_missing,
    move_in,
    move_out,
    proposed,
    register,
)

VILLAGES = (VILLAGE, SISTER, FAR, FARTHER)
WORKER = ("grid_worker", VILLAGE)
IN_FAR = {"residence": {"area": FAR}, "registration": {"area": FAR}}


@pytest_asyncio.fixture(loop_scope="session")
async def people(county: None, work: Work) -> AsyncIterator[list[Any]]:
    """Sixteen people: each residence with each registered place."""
    new = [
        a_new_person(
            residence=Place(lives, "registered") if lives else None,
            registration=Place(registered, "household") if registered else None,
        )
        for lives in (*VILLAGES[:3], None)
        for registered in (*VILLAGES[:3], "431024" if lives else FARTHER)
    ]
    yield list(await work(lambda registry: registry.admissions.admit(new)))


async def test_list_count_and_sync_are_one_for_every_role_area_and_book(client_of: Client, people: list[Any]) -> None:
    for role in ("agent", "grid_worker", "grid_head", "village_clerk", "town_officer"):
        for own in (VILLAGE, TOWN):
            for asked in (VILLAGE, TOWN, COUNTY):
                for book in ("residence", "registration"):
                    phone = Phone(client_of(role, own), {"area": asked, "book": book, "limit": 7})
                    await phone.sync()
                    assert phone.held
                    await phone.assert_holds_the_list()


async def test_without_an_area_a_phone_gets_all_of_its_areas(client_of: Client, people: list[Any]) -> None:
    for role, own in (WORKER, ("town_officer", TOWN), ("county_officer", COUNTY)):
        mine, asked = Phone(client_of(role, own)), Phone(client_of(role, own), {"area": own})
        await mine.sync()
        await asked.sync()
        assert mine.held == asked.held
        assert mine.held


async def test_what_lies_elsewhere_is_not_there(client_of: Client, people: list[Any]) -> None:
    assert_not_found(await client_of(*WORKER).get(SYNC, params={"area": FAR}))
    assert_refused(await client_of("resident", VILLAGE).get(SYNC), "forbidden")
    assert_refused(await client_of("auditor", COUNTY).get(SYNC), "forbidden")


async def test_a_sync_tells_who_is_new_or_changed_and_nobody_else(client_of: Client, people: list[Any]) -> None:
    clerk, phone = client_of(*CLERK), Phone(client_of(*WORKER), {"area": VILLAGE})
    await phone.sync()
    assert await phone.told() == (False, [], {})
    new = await register(clerk)
    await register(client_of("village_clerk", FAR), **IN_FAR)
    assert await phone.told() == (False, [new["id"]], {})
    given(await correct(clerk, new, phone="13900000001"))
    assert await phone.told() == (False, [new["id"]], {})
    assert phone.held[new["id"]]["phone"] == "139****0001"
    assert await phone.told() == (False, [], {})
    await phone.assert_holds_the_list()


async def test_who_leaves_is_told_with_what_the_caller_may_know(client_of: Client, county: None) -> None:
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE})
    out, dead, missing, away, beside = [(await register(registrar))["id"] for _ in range(5)]
    await phone.sync()
    assert len(phone.held) == 5
    given(await move_out(registrar, out, "2026-03-01"))
    given(await die(registrar, dead, "2026-03-01"))
    given(await go_missing(registrar, missing, "2026-03-01"))
    given(await move_in(registrar, away, "2026-03-01", residence=FAR, registration=FAR))
    given(await move_in(registrar, beside, "2026-03-01", residence=SISTER))
    assert await phone.told() == (
        False,
        [],
        {out: "moved_out", dead: "deceased", missing: "missing", away: None, beside: "active"},
    )
    assert phone.held == {}
    given(await be_found(registrar, missing, "2026-03-02"))
    assert await phone.told() == (False, [missing], {})


@pytest.mark.parametrize("asked", [VILLAGE, TOWN, COUNTY])
async def test_nobody_is_named_whom_the_phone_could_not_have_had(client_of: Client, county: None, asked: str) -> None:
    """However widely it asks: who stands outside its grant comes, changes and goes unseen."""
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": asked})
    stranger = await register(registrar, residence={"area": SISTER}, registration={"area": SISTER})
    await phone.sync()
    given(await correct(registrar, stranger, phone="13900000001"))
    assert await phone.told() == (False, [], {})
    given(await move_in(registrar, stranger["id"], "2026-03-01", residence=FARTHER, registration=FARTHER))
    given(await die(registrar, stranger["id"], "2026-03-02"))
    assert await phone.told() == (False, [], {})
    assert phone.held == {}


async def test_who_was_merged_leaves_and_comes_back_when_separated(client_of: Client, county: None) -> None:
    registrar, other = client_of(*REGISTRAR), client_of(*REGISTRAR, subject="other")
    phone = Phone(client_of(*WORKER), {"area": VILLAGE})
    one, survivor = [(await register(registrar))["id"] for _ in range(2)]
    await phone.sync()
    pair = await proposed(registrar, one, survivor)
    given(await other.post(f"{DUPLICATES}/{pair['id']}/approve"))
    assert (await phone.told())[2] == {one: "merged"}
    await phone.assert_holds_the_list()
    given(await other.post(f"{DUPLICATES}/{pair['id']}/separate", json={"reason": "wrong_person"}))
    assert one in (await phone.told())[1]
    await phone.assert_holds_the_list()


async def test_a_change_of_areas_is_followed_and_so_is_its_undoing(client_of: Client, people: list[Any]) -> None:
    registrar = client_of(*REGISTRAR)
    phones = [Phone(client_of(*WORKER), {"area": VILLAGE}), Phone(client_of("town_officer", TOWN), {"area": TOWN})]
    for phone in phones:
        await phone.sync()
    made = given(await change(registrar, a_plan("merge", whole(VILLAGE, SISTER))), 201)
    for undoing in (False, True):
        if undoing:
            given(await undo(registrar, made))
        for phone in phones:
            phone.client._transport.app.state.kit.lineage._until = 0.0  # type: ignore[attr-defined]  # the tree of now
            await phone.sync()
            assert phone.held
            await phone.assert_holds_the_list()


async def test_a_phone_with_a_cursor_is_let_in_nowhere_else(client_of: Client, people: list[Any]) -> None:
    phone = Phone(client_of(*WORKER))
    await phone.sync()
    assert_not_found(await phone.client.get(SYNC, params={"area": FAR, "cursor": phone.cursor}))
    assert_refused(await client_of("resident", VILLAGE).get(SYNC, params={"cursor": phone.cursor}), "forbidden")
    other = Phone(client_of("grid_worker", FAR), cursor=phone.cursor)
    anew, items, left = await other.told()
    assert anew
    assert left == {}
    assert not set(items) - {str(one.id) for one in people if FAR in one.areas}


async def test_who_comes_and_goes_between_two_syncs_is_not_held(client_of: Client, county: None) -> None:
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE})
    person = await register(registrar)
    await phone.sync()
    given(await move_in(registrar, person["id"], "2026-03-01", residence=SISTER))
    given(await move_in(registrar, person["id"], "2026-03-02", residence=VILLAGE))
    assert await phone.told() == (False, [person["id"]], {})
    given(await die(registrar, person["id"], "2026-03-03"))
    assert (await phone.told())[2] == {person["id"]: "deceased"}


async def test_another_grant_or_another_question_begins_anew(client_of: Client, people: list[Any]) -> None:
    phone = Phone(client_of("grid_worker", TOWN))
    await phone.sync()
    before = set(phone.held)
    phone.client = client_of(*WORKER)
    anew, _, _ = await phone.told()
    assert anew
    assert set(phone.held) < before
    phone.params = {"area": VILLAGE}
    assert (await phone.told())[0] is False, "the same areas"
    await phone.assert_holds_the_list()
    for params in ({"area": VILLAGE, "book": "registration"}, {"area": VILLAGE, "status": "moved_out"}):
        phone.params = params
        assert (await phone.told())[0]
        await phone.assert_holds_the_list()


async def test_an_area_that_is_named_otherwise_begins_anew(
    client_of: Client, people: list[Any], committed: Database
) -> None:
    phone = Phone(client_of(*WORKER))
    await phone.sync()
    async with committed.session() as session:
        await session.execute(text("UPDATE areas SET version = version + 1 WHERE code = :code"), {"code": VILLAGE})
        await session.commit()
    assert await phone.told() == (False, [], {})
    async with committed.session() as session:
        await session.execute(text("UPDATE areas SET name = '思孟社区' WHERE code = :code"), {"code": VILLAGE})
        await session.commit()
    assert (await phone.told())[0]
    assert await phone.told() == (False, [], {})


async def test_a_phone_that_was_away_for_too_long_begins_anew(
    client_of: Client, people: list[Any], clock: FrozenClock
) -> None:
    phone = Phone(client_of(*WORKER))
    await phone.sync()
    clock.advance(days=30)
    assert await phone.told() == (False, [], {})
    clock.advance(days=31)
    assert (await phone.told())[0]


async def test_each_delivery_is_in_the_access_log(client_of: Client, county: None, committed: Database) -> None:
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER, subject="phone"), {"limit": 1})
    kept, gone = [(await register(registrar))["id"] for _ in range(2)]
    await phone.page()
    await phone.sync()
    given(await die(registrar, gone, "2026-03-01"))
    await phone.sync()
    await phone.sync()
    async with committed.session() as session:
        rows = await session.execute(
            text("SELECT object_id, action, detail, role FROM access_log WHERE subject = 'phone' ORDER BY occurred_at")
        )
        noted = sorted(tuple(row) for row in rows)
    assert noted == sorted(
        [
            (kept, "sync", "masked", "grid_worker"),
            (gone, "sync", "masked", "grid_worker"),
            (gone, "sync", "existence", "grid_worker"),
        ]
    )


async def test_a_long_answer_is_compressed_for_who_takes_it(client_of: Client, people: list[Any]) -> None:
    client = client_of("county_officer", COUNTY)
    packed = await client.get(SYNC, headers={"accept-encoding": "br, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) * 4 < len(packed.content)
    for refused in ("identity", "gzip;q=0"):
        plain = await client.get(SYNC, headers={"accept-encoding": refused})
        assert "content-encoding" not in plain.headers
        assert plain.json()["items"] == packed.json()["items"]


@pytest.mark.parametrize("limit", [{}, {"limit": 1}])
async def test_a_cursor_of_something_else_is_refused(
    client_of: Client, people: list[Any], limit: dict[str, int]
) -> None:
    client = client_of("county_officer", COUNTY)
    listed = given(await client.get(PERSONS, params={"area": COUNTY, "limit": 1}))["next_cursor"]
    synced = given(await client.get(SYNC, params=limit))["next_cursor"]
    assert_refused(await client.get(SYNC, params={"cursor": listed}), "invalid_cursor")
    assert_refused(await client.get(PERSONS, params={"area": COUNTY, "cursor": synced}), "invalid_cursor")
    assert_refused(await client.get(SYNC, params={"cursor": NOBODY}), "invalid_cursor")
