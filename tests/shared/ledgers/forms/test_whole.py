"""From a published ledger to a record, over grid as it runs: real definitions, real records, a phone's own requests."""

import pytest

from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from tests.grid.builders import CLERK, COUNTY_OFFICER, FIRST_GRID, OTHER_VILLAGE, SECOND_GRID, VILLAGE, square
from tests.shared.ledgers.doors import door_of
from tests.shared.ledgers.forms.conftest import DISPUTES, VOLUNTEERS, Enrol, Phone, message_of
from tests.shared.ledgers.forms.test_openrosa import a_dispute
from tests.shared.ledgers.records.conftest import Published

RECORDS = "/ledgers/disputes/records"


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    return door_of(committed, service_database, clock)


@pytest.fixture
async def ledgers(committed: Database) -> Published:
    """Two ledgers are published; one of them is captured in the field."""
    published = Published(committed)
    for path in (DISPUTES, VOLUNTEERS):
        await published.publish(path.read_text(encoding="utf-8"))
    return published


async def test_what_a_phone_sends_is_a_record_that_the_village_reads(
    door: Door, ledgers: Published, phone: Phone
) -> None:
    listed = (await phone.ask("GET", "formList")).text
    assert "<formID>disputes</formID>" in listed
    assert "volunteer_hours" not in listed
    xml = (await phone.ask("GET", "forms/disputes/form.xml")).text
    assert "agreement" not in xml, "no file is asked for where none is kept"
    answers = [await phone.send(instance) for instance in [a_dispute()] * 3]
    assert [answer.status_code for answer in answers] == [201] * 3, answers[0].text
    async with door.client(CLERK) as client:
        (record,) = (await client.get(RECORDS)).json()["items"]
        (line,) = (await client.get(f"{RECORDS}/{record['id']}/history")).json()["items"]
    assert (record["area"], record["status"], record["values"]["kind"]) == (VILLAGE, "registered", "land")
    assert record["values"]["parties"][0]["name"] != "甲", "masked for who may not see it"
    assert line["step"] == "open"


async def test_each_record_is_answered_for_itself(door: Door, ledgers: Published, phone: Phone) -> None:
    outcomes = [(await phone.send(a_dispute(area=area))).status_code for area in (OTHER_VILLAGE, VILLAGE)]
    assert outcomes == [404, 201]
    refused = await phone.send(a_dispute(found_on="2999-01-01"))
    assert (refused.status_code, "今天" in message_of(refused)) == (422, True)
    async with door.client(CLERK) as client:
        assert (await client.get(f"{RECORDS}/count")).json()["total"] == 1


async def test_a_retired_ledger_has_no_form_and_takes_nothing(ledgers: Published, phone: Phone) -> None:
    await ledgers.retire("disputes")
    assert "<formID>" not in (await phone.ask("GET", "formList")).text
    assert (await phone.send(a_dispute())).status_code == 409


async def test_grids_are_offered_below_their_villages(
    door: Door, ledgers: Published, enrol: Enrol, villages: None
) -> None:
    drawn = [
        {"code": FIRST_GRID, "polygon": square(111.00, 22.90), "synthetic": True},
        {"code": SECOND_GRID, "polygon": square(111.01, 22.90)},
    ]
    async with door.client(COUNTY_OFFICER) as client:
        assert (await client.post("/grids/draw", json={"grids": drawn})).status_code == 201
    phone = await enrol(CLERK)
    offered = (await phone.ask("GET", "forms/disputes/areas.csv")).text.splitlines()[1:]
    assert [line.split(",")[0] for line in offered] == [VILLAGE, FIRST_GRID, SECOND_GRID]
    assert (await phone.send(a_dispute(area=FIRST_GRID))).status_code == 201
