"""Two clerks, one person, the same moment: on committed connections, each version once, one ledger."""

import asyncio
from collections import Counter

import pytest
from httpx import Response

from tests.registry.builders import COUNTY, FAR, SISTER, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BALANCES,
    PERSONS,
    REGISTRAR,
    correct,
    die,
    found,
    given,
    household_of,
    members_of,
    move_in,
    move_out,
    person_of,
    register,
    start_tag,
)


def codes(*answers: Response) -> list[str]:
    return sorted("ok" if one.status_code == 200 else one.json()["code"] for one in answers)


async def assert_whole(client_of: Client, events: Events, person: str, changes: int) -> None:
    """One fact for each version, and the ledger is what the persons' rows say."""
    facts = await events("registry.person.", person)
    assert [one["sequence"] for one in facts] == list(range(1, changes + 2))
    shown = await person_of(client_of(*REGISTRAR), person)
    assert shown["version"] == changes + 1
    assert facts[-1]["state"]["residence"] == shown["residence"]
    for book in ("residence", "registration"):
        params = {"area": COUNTY, "book": book, "from": "2026-01-01", "to": "2026-03-16"}
        stated = given(await client_of(*REGISTRAR).get(BALANCES, params=params))
        assert stated["closing"] == stated["stock"]


@pytest.mark.parametrize("turn", range(3))
async def test_a_move_out_and_a_death_at_once(client_of: Client, county: None, events: Events, turn: int) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    actions = [move_out(client, person, "2026-03-01"), die(client, person, "2026-03-01")]
    answers = await asyncio.gather(*(actions if turn % 2 else reversed(actions)))
    # the one who leaves may be told dead on the same day; the dead does not leave
    outcome = codes(*answers)
    assert outcome in (["ok", "ok"], ["ok", "person_deceased"])
    await assert_whole(client_of, events, person, outcome.count("ok"))
    lines = Counter((one["state"]["kind"], one["state"]["book"]) for one in await events("registry.posting."))
    kind = "out" if outcome == ["ok", "ok"] else "death"
    assert [lines[(kind, book)] for book in ("residence", "registration")] == [1, 1]
    assert sum(lines.values()) == 4


async def test_a_death_is_recorded_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    tag = await start_tag(client, person, "elder_alone")
    answers = await asyncio.gather(*(die(client, person, f"2026-03-0{n}") for n in range(1, 5)))
    accepted = [one for one in answers if one.status_code == 200]
    assert len(accepted) == 1
    assert set(codes(*answers)) <= {"ok", "person_deceased", "event_out_of_order"}
    await assert_whole(client_of, events, person, 1)
    assert [one["sequence"] for one in await events("registry.tag.", tag["id"])] == [1, 2]


async def test_moves_to_two_villages_at_once_leave_one_residence(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    answers = await asyncio.gather(
        *(move_in(client, person, "2026-03-01", residence=place) for place in (FAR, SISTER, FAR, SISTER))
    )
    moved = codes(*answers).count("ok")
    assert set(codes(*answers)) <= {"ok", "person_already_active"}
    assert moved >= 2
    shown = await person_of(client, person)
    assert [one["end"] is None for one in shown["residence"]] == [False] * moved + [True]
    await assert_whole(client_of, events, person, moved)


@pytest.mark.usefixtures("unguarded")
async def test_a_correction_and_a_move_at_once_lose_nothing(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    corrected, moved = await asyncio.gather(
        correct(client, person, ethnic_group="01"), move_in(client, person["id"], "2026-03-01", residence=FAR)
    )
    assert moved.status_code == 200
    assert corrected.status_code in (200, 412)
    shown = await person_of(client, person["id"])
    assert shown["ethnic_group"] == ("01" if corrected.status_code == 200 else "08")
    assert shown["residence"][-1]["area"] == FAR
    await assert_whole(client_of, events, person["id"], 1 + (corrected.status_code == 200))


async def test_head_and_spouse_leave_at_once_and_nobody_is_left_without_a_head(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    made = await found(client)
    head, spouse = members_of(made)
    answers = await asyncio.gather(move_out(client, head, "2026-03-01"), move_out(client, spouse, "2026-03-01"))
    outcome = codes(*answers)
    assert outcome in (["household_needs_head", "ok"], ["ok", "ok"])
    after = await household_of(client, made)
    belonging = [one["relation"] for one in after["members"] if one["until"] is None]
    assert (after["status"], belonging) == (("dissolved", []) if outcome == ["ok", "ok"] else ("active", ["02"]))
    told = await events("registry.household.", made["id"])
    assert [one["sequence"] for one in told] == list(range(1, after["version"] + 1))


async def test_two_members_die_at_once_and_the_household_tells_both(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    people = [{"relation": "30", "person_id": (await register(client, name=f"覃小{n}"))["id"]} for n in "甲乙丙"]
    head = (await register(client))["id"]
    made = await found(client, {"relation": "02", "person_id": head}, *people)
    answers = await asyncio.gather(*(die(client, one["person_id"], "2026-03-01") for one in people))
    assert codes(*answers) == ["ok"] * 3
    after = await household_of(client, made)
    assert [one["until"] for one in after["members"]] == [None, *["2026-03-01"] * 3]
    told = await events("registry.household.", made["id"])
    assert [one["sequence"] for one in told] == [1, 2, 3, 4]
    assert {one["person_id"] for one in told[1:]} == {one["person_id"] for one in people}


async def test_the_same_move_with_the_same_key_at_once_happens_once(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    body, headers = (
        {"occurred_on": "2026-03-01", "residence": {"area": VILLAGE, "kind": "floating"}},
        {"idempotency-key": "once"},
    )
    answers = await asyncio.gather(
        *(client.post(f"{PERSONS}/{person}/move-in", json=body, headers=headers) for _ in range(4))
    )
    assert set(codes(*answers)) <= {"ok", "request_in_flight"}
    assert "ok" in codes(*answers)
    again = await client.post(f"{PERSONS}/{person}/move-in", json=body, headers=headers)
    assert {one.content for one in answers if one.status_code == 200} == {again.content}
    await assert_whole(client_of, events, person, 1)
