"""Records of registry's own ledgers: it owns what they rest on, so that what is unknown here does not exist."""

import pytest
import pytest_asyncio
from httpx import Response
from sqlalchemy import text

from shared.db.engine import Database
from shared.messaging.outbox.position import Positions
from shared.settings import ServiceSettings
from tests.registry.builders import VILLAGE, a_person
from tests.registry.conftest import Client, Events, Work
from tests.registry.steps import (
    CALENDAR,
    CLERK,
    DUPLICATES,
    NOBODY,
    PERSONS,
    REGISTRAR,
    enter_building,
    enter_dwelling,
    given,
    last_event,
    proposed,
    register,
    undone,
)
from tests.shared.ledgers.records.conftest import Published, wrong

HELPED = """
code: helped
title: 帮扶对象
owner: registry
source: 测试
levels: [grid, village]
subject: person
fields:
  - {name: need, title: 需要, type: choice, search: true, required: true, choices: [{code: meal, title: 助餐}]}
statuses:
  - {code: asked, title: 已申请, initial: true}
  - {code: helped, title: 已帮扶, final: true}
steps:
  - {verb: help, title: 帮扶, from: [asked], to: helped, permission: record.write}
clock:
  limits: [{id: help, title: 帮扶时限, starts: asked, ends: [helped], amount: 5, unit: work_day}]
published: [need]
"""
RECORDS = "/registry/v1/ledgers/helped/records"


@pytest_asyncio.fixture(loop_scope="session")
async def helped(committed: Database, county: None, work: Work) -> None:
    """The ledger is published, and the calendar of this year known."""
    await Published(committed).publish(HELPED)
    await work(lambda registry: registry.calendar.seed())


@pytest.mark.usefixtures("helped")
async def test_a_record_about_a_person_of_the_register_is_opened_and_about_nobody_refused(client_of: Client) -> None:
    clerk = client_of(*CLERK)
    person = given(await clerk.post(PERSONS, json=a_person()), 201)["id"]
    body = {"area": VILLAGE, "values": {"need": "meal"}}
    record = given(await clerk.post(RECORDS, json={**body, "subject_id": person}), 201)
    assert record["subject_id"] == person
    for nobody in (NOBODY, "nobody"):
        answer = await clerk.post(RECORDS, json={**body, "subject_id": nobody})
        assert (answer.status_code, wrong(answer)) == (422, [("subject_id", "record_reference_unknown")])
    gone = {**body, "area": "450481100299", "subject_id": person}
    answer = await client_of(*REGISTRAR).post(RECORDS, json=gone)
    assert (answer.status_code, wrong(answer)) == (422, [("area", "record_area_unknown")])


async def test_a_record_can_be_about_a_dwelling(client_of: Client, committed: Database, county: None) -> None:
    await Published(committed).publish(HELPED.replace("subject: person", "subject: dwelling"))
    clerk = client_of(*CLERK)
    dwelling = (await enter_dwelling(clerk, await enter_building(clerk)))["id"]
    body = {"area": VILLAGE, "values": {"need": "meal"}}
    record = given(await clerk.post(RECORDS, json={**body, "subject_id": dwelling}), 201)
    assert record["subject_id"] == dwelling
    answer = await clerk.post(RECORDS, json={**body, "subject_id": NOBODY})
    assert (answer.status_code, wrong(answer)) == (422, [("subject_id", "record_reference_unknown")])


@pytest.mark.usefixtures("helped")
async def test_whoever_lists_a_ledger_about_people_stands_in_the_log_of_each(
    client_of: Client, committed: Database
) -> None:
    """That somebody stands in it is personal, also where no field of it is."""
    clerk = client_of(*CLERK)
    person = given(await clerk.post(PERSONS, json=a_person()), 201)["id"]
    body = {"area": VILLAGE, "values": {"need": "meal"}, "subject_id": person}
    record = given(await clerk.post(RECORDS, json=body), 201)
    assert [one["id"] for one in given(await clerk.get(RECORDS))["items"]] == [record["id"]]
    asked = text("SELECT object_id, detail FROM access_log WHERE noun = 'registry.record' AND action = 'list'")
    async with committed.session() as session:
        assert [tuple(row) for row in await session.execute(asked)] == [(record["id"], "masked")]


@pytest.mark.usefixtures("helped")
async def test_a_notice_moves_the_limits_that_run_through_its_year(
    client_of: Client, events: Events, settings: ServiceSettings
) -> None:
    clerk, registrar = client_of(*CLERK), client_of(*REGISTRAR)
    person = given(await clerk.post(PERSONS, json=a_person()), 201)["id"]
    body = {"area": VILLAGE, "values": {"need": "meal"}, "subject_id": person}
    record = given(await clerk.post(RECORDS, json=body), 201)
    assert record["due_at"] == "2026-03-23T23:59:59+08:00"
    notice = {"holidays": ["2026-03-20"], "working_weekends": [], "source": "gbf-2026-7"}
    published = await registrar.post(f"{CALENDAR}/2026/publish", json=notice, headers={"if-match": "*"})
    given(published)
    named = Positions.from_settings(settings).open(published.headers["xiangli-position"]).entries
    assert {one.noun for one in named} == {"registry.calendar"}, "how many people stand in it is not told"
    assert given(await clerk.get(f"{RECORDS}/{record['id']}"))["due_at"] == "2026-03-24T23:59:59+08:00"
    told = [event["type"] for event in await events("registry.restricted_record.", key=record["id"])]
    assert told == ["registry.restricted_record.opened", "registry.restricted_record.rescheduled"]


async def test_nothing_new_is_about_who_was_merged_or_never_was(
    client_of: Client, committed: Database, county: None, work: Work
) -> None:
    """What is recorded of them already is kept, and the rest of it set right."""
    await work(lambda registry: registry.calendar.seed())
    named = "  - {name: helper, title: 帮扶人, type: person}\n"
    await Published(committed).publish(HELPED.replace("statuses:", f"{named}statuses:"))
    registrar, second = client_of(*REGISTRAR, subject="registrar"), client_of(*REGISTRAR, subject="second")
    merged, annulled, goes_on = [(await register(registrar))["id"] for _ in range(3)]
    body = {"area": VILLAGE, "values": {"need": "meal", "helper": merged}}
    record = given(await registrar.post(RECORDS, json={**body, "subject_id": merged}), 201)
    pair = await proposed(registrar, merged, goes_on)
    given(await second.post(f"{DUPLICATES}/{pair['id']}/approve"))
    await undone(registrar, second, annulled, await last_event(registrar, annulled))
    for gone in (merged, annulled):
        answer = await registrar.post(RECORDS, json={"area": VILLAGE, "values": {"need": "meal"}, "subject_id": gone})
        assert (answer.status_code, wrong(answer)) == (422, [("subject_id", "record_reference_unknown")])

    async def correct(**values: str) -> Response:
        path = f"{RECORDS}/{record['id']}/correct"
        return await registrar.post(path, json={"values": values}, headers={"if-match": "*"})

    given(await correct(need="meal", helper=merged))
    answer = await correct(helper=annulled)
    assert (answer.status_code, wrong(answer)) == (422, [("values.helper", "record_reference_unknown")])
    given(await correct(helper=goes_on))
