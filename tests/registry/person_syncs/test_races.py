"""Sync while others write: nothing is lost to a transaction that commits late, whatever was synced meanwhile."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest
from sqlalchemy import text

from services.registry.features import SPEC
from services.registry.person_syncs.domain import LONGEST, shortened
from services.registry.wiring import use_cases
from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, FARTHER, SISTER, TOWN, VILLAGE, a_new_person
from tests.registry.conftest import Client
from tests.registry.person_syncs.phone import Phone
from tests.registry.steps import (
    REGISTRAR,
    be_found,
    correct,
    die,
    given,
    go_missing,
    last_event,
    move_in,
    move_out,
    person_of,
    register,
    reverse,
)

WORKER = ("grid_worker", VILLAGE)
VILLAGES = (VILLAGE, SISTER, FAR, FARTHER)

LEAVES = "UPDATE persons SET version = version + 1, residence_area = :area WHERE id = :id"


async def test_who_is_entered_by_a_late_transaction_is_not_lost(
    client_of: Client, county: None, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    """It took its number before others who were synced meanwhile: a cursor by number or time would have passed it."""
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE})
    await phone.sync()
    async with committed.session() as session:
        context = PlainContext(
            session, clock, Outbox(session, owner=SPEC.name, clock=clock), crypto, AccessNotes(clock)
        )
        (late,) = await use_cases(context).admissions.admit([a_new_person()])
        await session.flush()
        early = [await register(registrar) for _ in range(3)]
        assert (await phone.told())[1] == [one["id"] for one in early]
        assert (await phone.told())[1] == []
        await session.commit()
    assert (await phone.told())[1] == [str(late.id)]
    assert (await phone.told())[1] == []
    await phone.assert_holds_the_list()


async def test_who_leaves_by_a_late_transaction_is_told(client_of: Client, county: None, committed: Database) -> None:
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER))
    person = await register(registrar)
    async with committed.session() as session:
        await session.execute(text(LEAVES), {"area": FAR, "id": person["id"]})
        await register(registrar)
        assert (await phone.told())[0]
        assert person["id"] in phone.held
        assert (await phone.told())[2] == {}
        await session.commit()
    assert (await phone.told())[2] == {person["id"]: "active"}


async def test_who_changes_late_in_the_midst_of_a_run_is_told_by_the_next(
    client_of: Client, county: None, committed: Database
) -> None:
    """The run has passed the transaction's number, and its last page sees it: the run ends where it began."""
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE, "limit": 1})
    late, *others = [await register(registrar) for _ in range(4)]
    await phone.sync()
    async with committed.session() as session:
        await session.execute(text(LEAVES), {"area": FAR, "id": late["id"]})
        for one in others:
            given(await correct(registrar, one, phone="13900000001"))
        page = await phone.page()
        assert ([one["id"] for one in page["items"]], page["more"]) == ([others[0]["id"]], True)
        await session.commit()
    assert await phone.told() == (False, [one["id"] for one in others[1:]], {})
    assert await phone.told() == (False, [], {late["id"]: "active"})
    await phone.assert_holds_the_list()


async def test_who_left_and_is_changed_by_an_older_transaction_in_the_midst_of_a_run_is_told(
    client_of: Client, county: None, committed: Database
) -> None:
    """The older number lies before the page that the run has come to, and the departure in the run's own snapshot."""
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE, "limit": 1})
    left, *others = [await register(registrar) for _ in range(3)]
    await phone.sync()
    async with committed.session() as session:
        await session.execute(text("SELECT pg_current_xact_id()"))
        for one in others:
            given(await correct(registrar, one, phone="13900000001"))
        given(await move_in(registrar, left["id"], "2026-03-01", residence=FAR, registration=FAR))
        assert (await phone.page())["more"]
        await session.execute(text("UPDATE persons SET version = version + 1 WHERE id = :id"), {"id": left["id"]})
        await session.commit()
    await phone.sync()
    await phone.sync()
    await phone.assert_holds_the_list()


async def test_what_was_rolled_back_is_not_told(client_of: Client, county: None, committed: Database) -> None:
    phone = Phone(client_of(*WORKER))
    person = await register(client_of(*REGISTRAR))
    await phone.sync()
    async with committed.session() as session:
        await session.execute(text(LEAVES), {"area": FAR, "id": person["id"]})
        assert await phone.told() == (False, [], {})
        await session.rollback()
    assert await phone.told() == (False, [], {})


@pytest.mark.parametrize("first", [True, False])
async def test_who_changes_between_two_pages_is_told_at_the_latest_by_the_next_sync(
    client_of: Client, county: None, first: bool
) -> None:
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE, "limit": 2})
    people = [await register(registrar) for _ in range(6)]
    if not first:
        await phone.sync()
        for one in people:
            given(await correct(registrar, one, phone="13900000001"))
    assert (await phone.page())["more"]
    for one in (people[0], people[5]):  # one who was shown, and one who was not yet
        given(await die(registrar, one["id"], "2026-03-01"))
    given(await correct(registrar, await person_of(registrar, people[1]["id"]), phone="13900000002"))
    new = await register(registrar)
    await phone.sync()
    await phone.sync()
    assert set(phone.held) == {new["id"], *(one["id"] for one in people[1:5])}
    await phone.assert_holds_the_list()


@pytest.mark.parametrize("under_way", [True, False])
async def test_a_database_that_was_restored_begins_anew(
    client_of: Client, county: None, monkeypatch: pytest.MonkeyPatch, under_way: bool
) -> None:
    """Its transactions are counted from somewhere else: what a cursor says of them is not true there."""
    phone = Phone(client_of(*WORKER), {"limit": 1})
    for _ in range(2):
        await register(client_of(*REGISTRAR))
    assert (await phone.page())["more"]
    if not under_way:
        await phone.sync()
    kit = phone.client._transport.app.state.kit  # type: ignore[attr-defined]  # the application under test
    told = kit.database.reads.ask

    async def restored(question: object, keys: object) -> dict[str, dict[str, object]]:
        rows = await told(question, keys)
        return {key: {**row, **({"lineage": "elsewhere"} if "lineage" in row else {})} for key, row in rows.items()}

    monkeypatch.setattr(kit.database.reads, "ask", restored)
    assert (await phone.told())[0]
    assert len(phone.held) == 2
    assert await phone.told() == (False, [], {})


async def test_what_another_cluster_counted_is_no_change(client_of: Client, county: None, committed: Database) -> None:
    """A dump brings the numbers of its transactions along; where it is restored they lie in the future."""
    registrar, phone = client_of(*REGISTRAR), Phone(client_of(*WORKER), {"area": VILLAGE})
    kept, gone = [(await register(registrar))["id"] for _ in range(2)]
    given(await move_in(registrar, gone, "2026-03-01", residence=FAR))
    async with committed.session() as session:
        for mark in ("persons SET changed_in", "person_departures SET changed_in", "areas SET renamed_in"):
            await session.execute(text(f"UPDATE {mark} = {10**15}"))  # literals
        await session.commit()
    await phone.sync()
    assert set(phone.held) == {kept}
    assert await phone.told() == (False, [], {})
    given(await die(registrar, kept, "2026-03-01"))
    assert await phone.told() == (False, [], {kept: "deceased"})
    assert await phone.told() == (False, [], {})


async def test_a_snapshot_of_later_than_now_is_of_another_database(
    client_of: Client, county: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that was put back counts on along the same time line."""
    phone = Phone(client_of(*WORKER))
    person = await register(client_of(*REGISTRAR))
    kit = phone.client._transport.app.state.kit  # type: ignore[attr-defined]  # the application under test
    told = kit.database.reads.ask

    async def later(question: object, keys: object) -> dict[str, dict[str, object]]:
        rows = await told(question, keys)
        many = f"{10**15}:{10**15}:"
        return {key: {**row, **({"snapshot": many} if "snapshot" in row else {})} for key, row in rows.items()}

    monkeypatch.setattr(kit.database.reads, "ask", later)
    await phone.sync()
    monkeypatch.undo()
    assert (await phone.told())[0]
    given(await die(client_of(*REGISTRAR), person["id"], "2026-03-01"))
    assert (await phone.told())[2] == {person["id"]: "deceased"}


def test_a_snapshot_with_many_transactions_is_shortened_to_what_is_sure() -> None:
    assert shortened("10:20:10,15") == "10:20:10,15"
    many = "10:2000:" + ",".join(map(str, range(10, 1000)))
    assert len(many) > LONGEST
    assert shortened(many) == "10:10:"


@pytest.mark.parametrize("seed", range(3))
async def test_phones_that_sync_at_any_moment_end_equal_to_the_list(client_of: Client, county: None, seed: int) -> None:
    """Random changes by three at once, undone ones among them; four phones, page by page, in between."""
    dice = random.Random(seed)
    registrar, town = client_of(*REGISTRAR), client_of("town_officer", COUNTY, subject="other")
    phones = [
        Phone(client_of(*WORKER), {"area": VILLAGE, "limit": 3}),
        Phone(client_of("grid_worker", FAR), {"area": FAR, "book": "registration", "limit": 2}),
        Phone(client_of("town_officer", TOWN), {"area": VILLAGE, "limit": 2}),
        Phone(client_of("county_officer", COUNTY), {"area": COUNTY, "status": "moved_out", "limit": 1}),
    ]
    people: list[str] = []

    def place() -> str:
        return dice.choice(VILLAGES)

    async def enters(_: str) -> None:
        home = place()
        new = await register(registrar, residence={"area": home}, registration={"area": dice.choice((home, place()))})
        people.append(new["id"])

    async def corrected(one: str) -> None:
        await correct(registrar, await person_of(registrar, one), phone=f"139{dice.randrange(10**8):08d}")

    async def undone(one: str) -> None:
        asked = await reverse(registrar, one, await last_event(registrar, one), reason="wrong_person")
        if asked.status_code == 201 and asked.json()["status"] == "requested":
            await town.post(f"/registry/v1/reversals/{asked.json()['id']}/approve", json={})

    def on() -> str:
        return f"2026-03-{dice.randrange(1, 16):02d}"

    moves: list[Callable[[str], Awaitable[object]]] = [
        enters,
        corrected,
        undone,
        lambda one: move_in(registrar, one, on(), residence=place(), registration=place()),
        lambda one: move_in(registrar, one, on(), residence=place()),
        lambda one: move_out(registrar, one, on()),
        lambda one: die(registrar, one, on()),
        lambda one: go_missing(registrar, one, on()),
        lambda one: be_found(registrar, one, on()),
    ]

    async def write(times: int) -> None:
        for _ in range(times):
            await dice.choice(moves)(dice.choice(people))

    async def look(phone: Phone, times: int) -> None:
        for _ in range(times):
            await phone.page()
            await asyncio.sleep(0)

    for _ in range(5):
        await enters("")
    await asyncio.gather(*(write(9) for _ in range(3)), *(look(phone, 5) for phone in phones))
    for phone in phones:
        await phone.sync()  # the run that was under way
        await phone.sync()
        await phone.assert_holds_the_list()
