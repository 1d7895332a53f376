"""Records of registry's ledgers follow its persons, in the transaction that moves them."""

from asyncio import gather

import pytest
import pytest_asyncio
from httpx import Response

from shared.db.engine import Database
from shared.messaging.outbox.position import Positions
from shared.settings import ServiceSettings
from tests.registry.builders import SISTER, VILLAGE, a_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.ledgers.test_records import HELPED, RECORDS
from tests.registry.steps import CLERK, PERSONS, REGISTRAR, given
from tests.shared.ledgers.records.conftest import Published, wrong

SISTER_CLERK = ("village_clerk", SISTER)


@pytest_asyncio.fixture(loop_scope="session")
async def helped(committed: Database, county: None, work: Work) -> None:
    """The ledger is published, its records follow, and the calendar of this year is known."""
    await Published(committed).publish(HELPED, follows_subject=True)
    await work(lambda registry: registry.calendar.seed())


async def opened(client_of: Client) -> tuple[str, str]:
    clerk = client_of(*CLERK)
    person = given(await clerk.post(PERSONS, json=a_person()), 201)["id"]
    body = {"area": VILLAGE, "values": {"need": "meal"}, "subject_id": person}
    return person, given(await clerk.post(RECORDS, json=body), 201)["id"]


async def moved(client_of: Client, person: str, area: str, on: str) -> Response:
    body = {"occurred_on": on, "residence": {"area": area, "kind": "registered"}}
    return await client_of(*REGISTRAR).post(f"{PERSONS}/{person}/move-in", json=body, headers={"if-match": "*"})


@pytest.mark.usefixtures("helped")
async def test_a_record_goes_where_its_person_goes_and_comes_back(
    client_of: Client, events: Events, settings: ServiceSettings
) -> None:
    person, record = await opened(client_of)
    answer = await moved(client_of, person, SISTER, "2026-03-02")
    given(answer)
    assert (await client_of(*CLERK).get(f"{RECORDS}/{record}")).status_code == 404
    there = given(await client_of(*SISTER_CLERK).get(f"{RECORDS}/{record}"))
    assert (there["area"], there["version"]) == (SISTER, 2)
    named = {one.noun for one in Positions.from_settings(settings).open(answer.headers["xiangli-position"]).entries}
    assert not any("record" in noun for noun in named), "in how many ledgers somebody stands is not told"
    given(await moved(client_of, person, VILLAGE, "2026-03-03"))
    assert given(await client_of(*CLERK).get(f"{RECORDS}/{record}"))["version"] == 3
    told = [event["type"].rpartition(".")[2] for event in await events("registry.restricted_record.", key=record)]
    assert told == ["opened", "followed", "followed"]


@pytest.mark.usefixtures("helped")
async def test_a_record_is_opened_where_the_person_lies_and_stays_when_the_person_is_gone(client_of: Client) -> None:
    person, record = await opened(client_of)
    body = {"area": SISTER, "values": {"need": "meal"}, "subject_id": person}
    assert wrong(await client_of(*SISTER_CLERK).post(RECORDS, json=body)) == [("area", "record_subject_elsewhere")]
    death = {"occurred_on": "2026-03-02"}
    given(await client_of(*CLERK).post(f"{PERSONS}/{person}/death", json=death, headers={"if-match": "*"}))
    assert given(await client_of(*CLERK).get(f"{RECORDS}/{record}"))["area"] == VILLAGE


@pytest.mark.usefixtures("helped")
async def test_of_a_move_and_openings_at_once_no_record_is_left_behind(client_of: Client) -> None:
    person, _ = await opened(client_of)
    body = {"values": {"need": "meal"}, "subject_id": person}
    for on, area in (("2026-03-02", SISTER), ("2026-03-03", VILLAGE), ("2026-03-04", SISTER)):
        openings = [
            client_of(*who).post(RECORDS, json={**body, "area": where})
            for who, where in ((CLERK, VILLAGE), (SISTER_CLERK, SISTER)) * 2
        ]
        *answers, move = await gather(*openings, moved(client_of, person, area, on))
        assert move.status_code == 200, move.text
        assert {answer.status_code for answer in answers} <= {201, 422}, [answer.text for answer in answers]
        listed = given(await client_of(*REGISTRAR).get(f"{RECORDS}?limit=100"))["items"]
        assert {one["area"] for one in listed} == {area}, "each lies where its person lies"
