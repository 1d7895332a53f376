"""A request of the county's hotline becomes an incident once, and the hotline is told how it fares."""

import asyncio
from base64 import b64encode
from typing import Any

import pytest
from sqlalchemy import text

from services.grid.features import SPEC
from shared.auth.principal import Principal
from shared.contracts.grid.incidents import IncidentStatus
from shared.crypto.jwe import InboundKeys, new_private_key
from shared.crypto.keyring import KeyRing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.settings import parse_keys
from shared.testing.doors import Door
from shared.testing.settings import VALUES
from tests.grid.builders import CLERK, FIRST_GRID, HANDLER, HEAD, VILLAGE
from tests.grid.hotline import PERSONAL, PUBLIC_KEY, SOURCE, Hotline, a_request, binary, sealed, structured

pytestmark = pytest.mark.usefixtures("grids")


async def incidents(database: Database) -> int:
    async with database.session() as session:
        return int((await session.execute(text("SELECT count(*) FROM incidents"))).scalar_one())


async def test_a_request_becomes_an_incident_and_its_sender_is_told(hotline: Hotline, committed: Database) -> None:
    answer = await hotline.send(a_request(), id="HL-1")
    assert (answer.status, answer.code, answer.final) == ("accepted", None, True)
    assert (answer.request_source, answer.request_id) == (SOURCE, "HL-1")
    assert (answer.incident_status, answer.area) == (IncidentStatus.REPORTED, VILLAGE)
    assert (answer.topic, answer.partition, answer.offset, answer.version) == ("county.inbound.requests", 0, 0, 1)
    assert await incidents(committed) == 1


async def test_a_point_is_located_in_its_grid(hotline: Hotline) -> None:
    answer = await hotline.send(a_request(area=None, point={"longitude": 111.005, "latitude": 22.905}))
    assert answer.area == FIRST_GRID


async def test_structured_mode_says_the_same(hotline: Hotline) -> None:
    assert (await hotline.push(structured(a_request()))).status == "accepted"


async def test_every_step_of_the_incident_moves_the_outcome_until_it_is_closed(
    hotline: Hotline, door: Door, unit: str
) -> None:
    taken = await hotline.send(a_request())
    steps: tuple[tuple[Principal, str, dict[str, Any]], ...] = (
        (CLERK, "file", {}),
        (CLERK, "dispatch", {"unit_id": unit}),
        (HANDLER, "accept", {}),
        (HANDLER, "feedback", {"reason": "done"}),
        (HEAD, "check", {"passed": True}),
        (HEAD, "close", {}),
    )
    for who, step, body in steps:
        async with door.client(who) as client:
            response = await client.post(f"/incidents/{taken.incident_id}/{step}", json=body)
        assert response.status_code == 200, response.text
    told = await hotline.outcomes()
    assert [fact for fact, _ in told] == ["accepted"] + ["progressed"] * 6
    assert [state.version for _, state in told] == [1, 2, 3, 4, 5, 6, 7]
    assert [str(state.incident_status) for _, state in told] == [
        "reported", "filed", "dispatched", "accepted", "feedback", "checked", "closed",
    ]  # fmt: skip
    last = told[-1][1]
    assert last.id == taken.id
    assert None not in (last.filed_at, last.due_at, last.closed_at)


async def test_an_incident_of_another_door_moves_no_outcome(hotline: Hotline, door: Door) -> None:
    body = {"source": "hotline_12345", "category": "environment", "area": VILLAGE}
    async with door.client(CLERK) as client:
        reported = await client.post("/incidents", json=body)
        assert (await client.post(f"/incidents/{reported.json()['id']}/file", json={})).status_code == 200
    assert await hotline.outcomes() == []


async def test_the_same_event_sent_again_makes_no_second_incident_and_is_told_once_more(
    hotline: Hotline, committed: Database
) -> None:
    request = a_request()
    first = await hotline.send(request, id="HL-1")
    again = await hotline.send(request, id="HL-1")
    anew = await hotline.send({**request, "personal": sealed(PERSONAL)}, id="HL-1")  # encrypted anew
    assert [fact for fact, _ in await hotline.outcomes()] == ["accepted", "repeated", "repeated"]
    assert {first.id, again.id, anew.id} == {first.id}
    assert (again.incident_id, again.repeats, anew.repeats, anew.version) == (first.incident_id, 1, 2, 3)
    assert await incidents(committed) == 1


async def test_the_same_record_read_again_has_no_effect(hotline: Hotline) -> None:
    records = [hotline.record(binary(a_request(), id=f"HL-{n % 2}")) for n in range(4)]
    hostile = hotline.record(binary(b"{", id="HL-9", source="urn:stranger"))
    for _ in range(3):
        await hotline.take(*records, hostile)
    assert [fact for fact, _ in await hotline.outcomes()] == [
        "accepted",
        "accepted",
        "repeated",
        "repeated",
        "rejected",
    ]


async def test_records_are_known_again_while_the_index_key_is_rotated(hotline: Hotline, committed: Database) -> None:
    ring = parse_keys(VALUES["index_keys"], length=32, name="index")
    field = KeyRing(parse_keys(VALUES["field_keys"], length=16, name="field"))
    request, before = a_request(), hotline.crypto
    records = [
        hotline.record(binary(request, id="HL-1")),
        hotline.record(binary(a_request(category="order"), id="HL-1")),
        hotline.record(binary(b"{", source="urn:stranger")),
    ]
    await hotline.take(*records)
    assert [fact for fact, _ in await hotline.outcomes()] == ["accepted", "rejected", "rejected"]
    hotline.crypto = Crypto(field, KeyRing({"new": b"n" * 32, **ring}))
    assert hotline.crypto is not before
    await hotline.take(*records)
    assert len(await hotline.outcomes()) == 3
    assert (await hotline.send({**request, "personal": sealed(PERSONAL)}, id="HL-1")).repeats == 1
    hotline.crypto = Crypto(field, KeyRing({"new": b"n" * 32}))  # nobody can tell any more: no second incident
    assert (await hotline.send(request, id="HL-1")).repeats == 2
    assert await incidents(committed) == 1


async def test_a_record_at_the_same_place_of_another_broker_is_another_record(hotline: Hotline) -> None:
    first = await hotline.push(binary(b"{", source="urn:stranger"))
    hotline.cluster, hotline.offset = "cluster-2", 0
    second = await hotline.push(binary(b"[", source="urn:stranger"))
    assert (second.id, second.version, second.repeats) == (first.id, first.version + 1, 1)
    assert (second.topic, second.partition, second.offset) == (first.topic, first.partition, first.offset)


@pytest.mark.parametrize(
    "other", [{"category": "order"}, {"personal": None}, {"personal": sealed({**PERSONAL, "text": "another"})}]
)
async def test_an_id_used_again_for_something_else_is_refused_and_the_first_answer_stands(
    hotline: Hotline, committed: Database, other: dict[str, object]
) -> None:
    first = await hotline.send(a_request(), id="HL-1")
    reused = await hotline.send(a_request(**other), id="HL-1")
    assert (reused.status, reused.code, reused.final) == ("rejected", "id_reused", True)
    assert reused.id != first.id
    assert (reused.request_source, reused.request_id) == (SOURCE, "HL-1")
    assert await incidents(committed) == 1
    repeated = await hotline.send(a_request(), id="HL-1")
    assert (repeated.id, repeated.status) == (first.id, "accepted")


async def test_a_final_rejection_stands_and_an_open_one_is_judged_anew(hotline: Hotline) -> None:
    await hotline.send(a_request(colour="red"), id="HL-1")
    assert (await hotline.send(a_request(), id="HL-1")).code == "id_reused"
    other = InboundKeys.parse("other:" + b64encode(new_private_key()).decode())
    request = a_request(personal=sealed(PERSONAL, other.public_set()["keys"][0]))
    waiting = await hotline.send(request, id="HL-2")
    assert (waiting.code, waiting.final) == ("jwe_unknown_key", False)
    hotline.keys = other  # the operator set the key
    accepted = await hotline.send(request, id="HL-2")
    assert (accepted.id, accepted.status, accepted.version, accepted.code) == (waiting.id, "accepted", 2, None)
    assert (waiting.repeats, accepted.repeats) == (0, 1)


async def test_two_keys_open_side_by_side(hotline: Hotline) -> None:
    old = await hotline.send(a_request(personal=sealed(PERSONAL, PUBLIC_KEY)))
    first = "new:" + b64encode(new_private_key()).decode()
    new = InboundKeys.parse(first)
    hotline.keys = InboundKeys.parse(f"{first},{VALUES['inbound_private_keys']}")
    both = [
        await hotline.send(a_request(personal=sealed(PERSONAL, key)))
        for key in (PUBLIC_KEY, new.public_set()["keys"][0])
    ]
    assert {old.status, *(answer.status for answer in both)} == {"accepted"}
    assert [key["kid"] for key in hotline.keys.public_set()["keys"]] == ["new", "test"]


async def test_two_readers_of_the_same_event_make_one_incident(
    hotline: Hotline, committed: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = binary(a_request(), id="HL-1")
    places = [hotline.record(sent, partition=number, offset=0) for number in range(4)]
    await asyncio.gather(*(hotline.take(record) for record in places))
    assert await incidents(committed) == 1
    assert sorted(fact for fact, _ in await hotline.outcomes()) == ["accepted", "repeated", "repeated", "repeated"]
    printed = capsys.readouterr()
    assert "inbound_defect" not in printed.out + printed.err, "they waited for each other, none ran into the other"


async def test_a_step_and_a_repetition_at_once_both_are_told(hotline: Hotline, door: Door) -> None:
    request = a_request()
    taken = await hotline.send(request, id="HL-1")

    async def step() -> None:
        async with door.client(CLERK) as client:
            assert (await client.post(f"/incidents/{taken.incident_id}/file", json={})).status_code == 200

    await asyncio.gather(step(), hotline.send(request, id="HL-1"))
    told = await hotline.outcomes()
    assert sorted(state.version for _, state in told) == [1, 2, 3]
    newest = max((state for _, state in told), key=lambda state: state.version)
    assert newest.incident_status == "filed" or newest.repeats == 1
    restated = await restated_outcome(hotline.database)
    assert (restated.incident_status, restated.repeats, restated.version) == ("filed", 1, 3)


async def restated_outcome(database: Database) -> Any:
    async with database.session() as session:
        (fact,) = await SPEC.restate["grid.inbound_outcome"](session, None, 10)
    return fact.state


async def test_an_event_sent_again_after_the_broker_was_replaced_is_told_once_more(hotline: Hotline) -> None:
    """The new broker counts from 0 again: a lower offset there is no older record."""
    request = a_request()
    await hotline.send(a_request(), id="HL-0")
    first = await hotline.send(request, id="HL-1")
    hotline.cluster, hotline.offset = "cluster-2", 0
    again = await hotline.send(request, id="HL-1")
    assert (again.id, again.repeats, again.offset) == (first.id, 1, 0)
