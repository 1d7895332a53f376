"""Persons without a document: a reason and a day are needed, both go with the document, a list by that day."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    PERSONS,
    Json,
    all_pages,
    assert_refused,
    correct,
    given,
    move_out,
    person_of,
    register,
)

LOST = {"reason": "lost", "due_on": "2026-04-30"}
LIST = f"{PERSONS}/undocumented"


def without(**what: Any) -> Json:
    """A woman whose document is lost."""
    return a_person(**{"document": None, "undocumented": LOST, **what})


async def test_a_reason_and_a_day_stand_for_the_document(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*CLERK)
    missing = await client.post(PERSONS, json=without(undocumented=None))
    assert_refused(missing, "invalid_request", [("document", "missing")])
    made = given(await client.post(PERSONS, json=without()), 201)
    assert (made["document_number"], made["document_type"], made["undocumented"]) == (None, None, LOST)
    assert (await person_of(client, made["id"]))["undocumented"] == LOST
    assert "lost" not in str(await events("registry.person."))


async def entered(client: AsyncClient, **what: Any) -> Json:
    """The woman in the register."""
    return given(await client.post(PERSONS, json=without(**what)), 201)


@pytest.mark.parametrize(
    ("what", "error"),
    [
        ({"undocumented": {**LOST, "due_on": "2026-03-15"}}, ("undocumented.due_on", "range")),
        ({"undocumented": {**LOST, "due_on": "2027-03-18"}}, ("undocumented.due_on", "range")),
        ({"document": {"number": a_number(serial=40002)}}, ("undocumented", "has_document")),
        ({"undocumented": {"reason": "lost"}}, ("undocumented.due_on", "missing")),
        ({"undocumented": {**LOST, "reason": "lazy"}}, ("undocumented.reason", "enum")),
    ],
)
async def test_what_does_not_fit_is_refused_by_its_field(
    client_of: Client, county: None, what: Json, error: tuple[str, str]
) -> None:
    answer = await client_of(*CLERK).post(PERSONS, json=without(**what))
    assert_refused(answer, "invalid_request", [error])


async def test_a_second_one_is_asked_about(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    await register(client)  # with a number: the papers of the second are said to be lost
    refused = await client.post(PERSONS, json=without())
    assert_refused(refused, "possible_duplicate", [("confirmation", "possible_duplicate")])
    given(await client.post(PERSONS, json=without(name="莫阿妹")), 201)


async def test_a_document_takes_reason_and_day_away_and_a_later_day_is_set(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await entered(client)
    later = {"reason": "in_renewal", "due_on": "2026-06-30"}
    made = given(await correct(client, made, undocumented=later))
    assert made["undocumented"] == later
    late = await correct(client, made, undocumented={**later, "due_on": "2026-01-01"})
    assert_refused(late, "invalid_request", [("undocumented.due_on", "range")])
    made = given(await correct(client, made, document={"number": a_number()}))
    assert made["undocumented"] is None
    again = await correct(client, made, undocumented=later)
    assert_refused(again, "invalid_request", [("undocumented", "has_document")])


async def test_the_list_has_those_of_the_area_by_their_day(client_of: Client, county: None) -> None:
    client, far = client_of(*CLERK), client_of(*FAR_CLERK)
    days = {"覃一": "2026-06-30", "覃二": "2026-04-01", "莫三": "2026-05-01", "莫四": "2026-05-01"}
    made = {}
    for name, day in days.items():
        person = await entered(client, name=name, undocumented={**LOST, "due_on": day})
        made[name] = person["id"]
    await register(client)
    away = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    theirs = await entered(far, name="黄五", **away)
    assert given(await move_out(client, made["莫四"], "2026-03-02"))["status"] == "moved_out"
    expected = [made["覃二"], made["莫三"], made["覃一"]]
    for area in (VILLAGE, TOWN):
        rows = await all_pages(client_of("town_officer", TOWN), LIST, area=area, limit=1)
        assert [one["id"] for one in rows] == expected
    rows = await all_pages(client, LIST, area=VILLAGE, due_by="2026-05-01")
    assert [one["id"] for one in rows] == expected[:2]
    assert rows[0]["name"] == "覃*"
    county_rows = await all_pages(client_of("county_officer", COUNTY), LIST, area=COUNTY)
    assert {one["id"] for one in county_rows} == {*expected, theirs["id"]}
    for asked, number in (({}, 3), ({"due_by": "2026-05-01"}, 2)):
        told = given(await client.get(f"{LIST}/count", params={"area": VILLAGE, **asked}))["count"]
        assert told == number == len(await all_pages(client, LIST, area=VILLAGE, **asked))
    for path in (LIST, f"{LIST}/count"):
        assert (await client.get(path, params={"area": FAR})).status_code == 404


async def test_whoever_is_listed_was_looked_at(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    made = await entered(client)
    await all_pages(client_of("village_clerk", VILLAGE, subject="lister"), LIST, area=VILLAGE)
    rows = await all_pages(client_of("auditor", COUNTY), f"{PERSONS}/{made['id']}/accesses")
    assert ("lister", "list") in {(one["subject"], one["action"]) for one in rows}
