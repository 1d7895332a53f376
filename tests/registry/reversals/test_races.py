"""Two clerks take back the same event, or what rests on it, in the same moment: on committed connections."""

import asyncio

from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    BALANCES,
    REGISTRAR,
    REVERSALS,
    die,
    given,
    last_event,
    life_events,
    move_in,
    move_out,
    person_of,
    register,
    reverse,
)


async def assert_balanced(client_of: Client) -> None:
    for book in ("residence", "registration"):
        asked = {"area": COUNTY, "book": book, "from": "2026-01-01", "to": "2026-03-16"}
        stated = given(await client_of(*REGISTRAR).get(BALANCES, params=asked))
        assert stated["closing"] == stated["stock"]


async def test_an_event_is_taken_back_once(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_out(client, person, "2026-03-01"))
    event = await last_event(client, person)
    answers = await asyncio.gather(*(reverse(client, person, event) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert {one.json()["code"] for one in answers if one.status_code == 409} == {"event_reversed"}
    assert len(await events("registry.person.event_reversed", person)) == 1
    await assert_balanced(client_of)


async def test_of_approval_refusal_and_withdrawal_one_wins(client_of: Client, county: None, events: Events) -> None:
    client, other = client_of(*REGISTRAR, subject="one"), client_of(*REGISTRAR, subject="two")
    person = (await register(client))["id"]
    given(await die(client, person, "2026-03-01"))
    made = given(await reverse(client, person, await last_event(client, person)), 201)
    path = f"{REVERSALS}/{made['id']}"
    answers = await asyncio.gather(
        other.post(f"{path}/approve"),
        other.post(f"{path}/refuse", json={"note": "已核实"}),
        client.post(f"{path}/withdraw"),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409]
    status = given(await client.get(path))["status"]
    alive = (await person_of(client, person))["status"] == "active"
    assert alive == (status == "done")
    assert len(await events("registry.person.event_reversed")) == int(alive)
    await assert_balanced(client_of)


async def test_what_rests_on_an_event_and_the_event_at_once(client_of: Client, county: None) -> None:
    """Either the return is there first, and the leaving stays; or the leaving is gone, and nobody can return."""
    client = client_of(*REGISTRAR)
    person = (await register(client))["id"]
    given(await move_out(client, person, "2026-02-01"))
    leaving = await last_event(client, person)
    back, undo = await asyncio.gather(
        move_in(client, person, "2026-02-20", residence=VILLAGE, registration=VILLAGE), reverse(client, person, leaving)
    )
    assert {(back.status_code, undo.status_code)} <= {(200, 409), (409, 201)}, (back.text, undo.text)
    standing = [one["kind"] for one in await life_events(client, person) if one["stands"]]
    assert standing in (["enrolled", "move_out", "move_in"], ["enrolled"])
    await assert_balanced(client_of)
