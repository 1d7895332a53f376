"""Life events over HTTP: one transaction moves the person, the ledger, the household and the tags."""

import asyncio
from collections import Counter
from typing import Any

from tests.registry.builders import COUNTY, FAR, SISTER, VILLAGE, a_household, a_person
from tests.registry.conftest import Client, Events

CLERK = ("village_clerk", VILLAGE)
REGISTRAR = ("county_registrar", COUNTY)
PERSONS, HOUSEHOLDS = "/registry/v1/persons", "/registry/v1/households"


async def registered(client_of: Client, **what: Any) -> str:
    answer = await client_of(*CLERK).post(PERSONS, json=a_person(**what))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def kinds(events: Events) -> Counter[tuple[str, str, str, int]]:
    return Counter(
        (one["state"]["book"], one["state"]["kind"], one["state"]["area"], one["state"]["amount"])
        for one in await events("registry.posting.")
    )


async def test_the_head_may_not_leave_members_and_the_other_may(
    client_of: Client, county: None, events: Events
) -> None:
    made = (await client_of(*CLERK).post(HOUSEHOLDS, json=a_household())).json()
    head, spouse = (one["person_id"] for one in made["members"])
    out = {"occurred_on": "2026-03-15"}
    refused = await client_of(*CLERK).post(f"{PERSONS}/{head}/move-out", json=out)
    assert (refused.status_code, refused.json()["code"]) == (409, "household_needs_head")
    assert await events("registry.person.moved_out") == []
    left = await client_of(*CLERK).post(f"{PERSONS}/{spouse}/move-out", json=out)
    assert (left.status_code, left.json()["status"]) == (200, "moved_out"), left.text
    assert [one["type"] for one in await events("registry.household.", made["id"])] == [
        "registry.household.founded",
        "registry.household.member_removed",
    ]
    counted = await kinds(events)
    assert counted[("residence", "out", VILLAGE, -1)] == counted[("registration", "out", VILLAGE, -1)] == 1
    gone = (await client_of(*CLERK).get(f"{PERSONS}/{spouse}")).json()
    assert gone["residence"][-1]["end"] == "2026-03-15"
    alone = await client_of(*CLERK).post(f"{PERSONS}/{head}/move-out", json=out)
    assert alone.status_code == 200
    assert (await client_of(*CLERK).get(f"{HOUSEHOLDS}/{made['id']}")).json()["status"] == "dissolved"


async def test_a_head_leaves_when_a_successor_is_named(client_of: Client, county: None) -> None:
    made = (await client_of(*CLERK).post(HOUSEHOLDS, json=a_household())).json()
    head, spouse = (one["person_id"] for one in made["members"])
    answer = await client_of(*CLERK).post(
        f"{PERSONS}/{head}/death", json={"occurred_on": "2026-03-15", "new_head": {"head": spouse}}
    )
    assert (answer.status_code, answer.json()["died_on"]) == (200, "2026-03-15"), answer.text
    after = (await client_of(*CLERK).get(f"{HOUSEHOLDS}/{made['id']}")).json()["members"]
    assert [(one["relation"], one["since"], one["until"]) for one in after] == [
        ("02", "2026-01-01", "2026-03-15"),
        ("10", "2026-01-01", "2026-03-15"),
        ("02", "2026-03-15", None),
    ]


async def test_a_back_dated_event_before_a_later_one_is_out_of_order(client_of: Client, county: None) -> None:
    person = await registered(client_of)
    client = client_of(*CLERK)
    await client.post(f"{PERSONS}/{person}/move-out", json={"occurred_on": "2026-03-10"})
    for path, day, status, code in (
        ("death", "2026-03-09", 409, "event_out_of_order"),
        ("move-out", "2025-12-31", 409, "event_out_of_order"),
        ("move-out", "2026-03-11", 409, "person_not_active"),
        ("move-out", "2026-03-17", 422, "event_in_future"),
    ):
        answer = await client.post(f"{PERSONS}/{person}/{path}", json={"occurred_on": day})
        assert (answer.status_code, answer.json()["code"]) == (status, code), (path, day, answer.text)


async def test_who_left_comes_back(client_of: Client, county: None, events: Events) -> None:
    person = await registered(client_of)
    client = client_of(*CLERK)
    await client.post(f"{PERSONS}/{person}/move-out", json={"occurred_on": "2026-02-01"})
    back = {"occurred_on": "2026-03-01", "residence": {"area": VILLAGE}, "registration": {"area": VILLAGE}}
    answer = await client.post(f"{PERSONS}/{person}/move-in", json=back)
    assert (answer.status_code, answer.json()["status"], len(answer.json()["residence"])) == (200, "active", 2)
    twice = await client.post(f"{PERSONS}/{person}/move-in", json={**back, "occurred_on": "2026-03-02"})
    assert (twice.status_code, twice.json()["code"]) == (409, "person_already_active")
    types = [one["type"].rsplit(".")[-1] for one in await events("registry.person.", person)]
    assert types == ["registered", "moved_out", "moved_in"]
    assert [one["sequence"] for one in await events("registry.person.", person)] == [1, 2, 3]


async def test_a_transfer_needs_both_villages_in_scope_and_posts_to_both(
    client_of: Client, county: None, events: Events
) -> None:
    person = await registered(client_of)
    move = {"occurred_on": "2026-03-01", "residence": {"area": FAR}}
    assert (await client_of(*CLERK).post(f"{PERSONS}/{person}/move-in", json=move)).status_code == 404
    assert (await client_of("village_clerk", FAR).post(f"{PERSONS}/{person}/move-in", json=move)).status_code == 404
    answer = await client_of(*REGISTRAR).post(f"{PERSONS}/{person}/move-in", json=move)
    assert answer.status_code == 200, answer.text
    counted = await kinds(events)
    assert counted[("residence", "transfer_out", VILLAGE, -1)] == counted[("residence", "transfer_in", FAR, 1)] == 1
    # registered in VILLAGE still: both clerks see the person
    for area in (VILLAGE, FAR):
        assert (await client_of("village_clerk", area).get(f"{PERSONS}/{person}")).status_code == 200


async def test_a_back_dated_departure_rewrites_the_ledger_by_reversals(
    client_of: Client, county: None, events: Events
) -> None:
    person = await registered(client_of)
    await client_of(*REGISTRAR).post(
        f"{PERSONS}/{person}/move-in", json={"occurred_on": "2026-03-01", "residence": {"area": SISTER}}
    )
    answer = await client_of(*REGISTRAR).post(
        f"{PERSONS}/{person}/move-out", json={"occurred_on": "2026-02-01", "books": ["residence"]}
    )
    assert answer.status_code == 200, answer.text
    assert [(one["area"], one["start"], one["end"]) for one in answer.json()["residence"]] == [
        (VILLAGE, "2026-01-01", "2026-02-01"),
        (SISTER, "2026-03-01", None),
    ]
    postings = [one["state"] for one in await events("registry.posting.")]
    net = Counter[tuple[str, str, str]]()
    for one in postings:
        net[(one["kind"], one["area"], one["occurred_on"])] += one["amount"] if one["book"] == "residence" else 0
    assert {key: amount for key, amount in net.items() if amount} == {
        ("opening", VILLAGE, "2026-01-01"): 1,
        ("out", VILLAGE, "2026-02-01"): -1,
        ("in", SISTER, "2026-03-01"): 1,
    }
    assert sum(one["reverses"] is not None for one in postings) == 2


async def test_two_clerks_move_the_same_person_out_and_it_happens_once(
    client_of: Client, county: None, events: Events
) -> None:
    person = await registered(client_of)
    answers = await asyncio.gather(
        *(client_of(*CLERK).post(f"{PERSONS}/{person}/move-out", json={"occurred_on": "2026-03-01"}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    assert len(await events("registry.person.moved_out")) == 1


async def test_a_move_in_says_where(client_of: Client, county: None) -> None:
    person = await registered(client_of)
    answer = await client_of(*CLERK).post(f"{PERSONS}/{person}/move-in", json={"occurred_on": "2026-03-01"})
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "somewhere")
