"""Tags over HTTP: two families, two permissions, two topics; they follow their person."""

from typing import Any

import pytest

from tests.registry.builders import COUNTY, FAR, VILLAGE, a_person
from tests.registry.conftest import Client, Events

CLERK = ("village_clerk", VILLAGE)
REGISTRAR = ("county_registrar", COUNTY)
PERSONS = "/registry/v1/persons"
ALONE = {"code": "elder_alone", "started_on": "2026-03-01", "level": "1", "source": "village"}


async def registered(client_of: Client, **what: Any) -> str:
    return str((await client_of(*CLERK).post(PERSONS, json=a_person(**what))).json()["id"])


async def test_a_tag_starts_once_and_ends_once(client_of: Client, county: None, events: Events) -> None:
    client, person = client_of(*CLERK), await registered(client_of)
    made = await client.post(f"{PERSONS}/{person}/tags", json=ALONE)
    assert made.status_code == 201, made.text
    again = await client.post(f"{PERSONS}/{person}/tags", json=ALONE)
    assert (again.status_code, again.json()["code"]) == (409, "tag_already_open")
    (told,) = await events("registry.tag.")
    assert told["type"] == "registry.tag.started"
    state = told["state"]
    assert (state["code"], state["sex"], state["birth_month"]) == ("elder_alone", "2", "1960-05")
    assert state["residence"] == [{"area": VILLAGE, "kind": "registered", "start": "2026-01-01", "end": None}]
    path = f"/registry/v1/tags/{made.json()['id']}/end"
    early = await client.post(path, json={"ended_on": "2026-02-28"})
    assert (early.status_code, early.json()["code"]) == (422, "tag_dates")
    assert (await client.post(path, json={"ended_on": "2026-03-10"})).json()["version"] == 2
    twice = await client.post(path, json={"ended_on": "2026-03-10"})
    assert (twice.status_code, twice.json()["code"]) == (409, "tag_already_ended")
    assert [one["ended_on"] for one in (await client.get(f"{PERSONS}/{person}/tags")).json()["items"]] == ["2026-03-10"]
    assert (await client.post(f"{PERSONS}/{person}/tags", json=ALONE)).status_code == 201


async def test_unknown_codes_and_impossible_dates_are_refused(client_of: Client, county: None) -> None:
    client, person = client_of(*CLERK), await registered(client_of)
    for tag, code in (
        ({**ALONE, "code": "drug_user"}, "unknown_tag"),
        ({**ALONE, "started_on": "1950-01-01"}, "tag_dates"),
        ({**ALONE, "started_on": "2026-03-17"}, "tag_dates"),
    ):
        answer = await client.post(f"{PERSONS}/{person}/tags", json=tag)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert (await client_of("village_clerk", FAR).post(f"{PERSONS}/{person}/tags", json=ALONE)).status_code == 404


async def test_a_sensitive_tag_has_its_own_permission_and_topic(
    client_of: Client, county: None, events: Events
) -> None:
    person = await registered(client_of)
    path, tag = f"{PERSONS}/{person}/restricted-tags", {"code": "released_prisoner", "started_on": "2026-03-01"}
    assert (await client_of(*CLERK).post(path, json=tag)).status_code == 403
    assert (await client_of(*CLERK).get(path)).status_code == 403
    made = await client_of(*REGISTRAR).post(path, json=tag)
    assert made.status_code == 201, made.text
    assert await events("registry.tag.") == []
    (told,) = await events("registry.restricted_tag.")
    assert told["type"] == "registry.restricted_tag.started"
    assert (await client_of(*CLERK).get(f"{PERSONS}/{person}/tags")).json() == {"items": []}
    tag_id = made.json()["id"]
    not_care = await client_of(*REGISTRAR).post(f"/registry/v1/tags/{tag_id}/end", json={"ended_on": "2026-03-10"})
    assert not_care.status_code == 404
    ended = await client_of(*REGISTRAR).post(
        f"/registry/v1/restricted-tags/{tag_id}/end", json={"ended_on": "2026-03-10"}
    )
    assert ended.status_code == 200


async def test_a_tag_follows_its_person(client_of: Client, county: None, events: Events) -> None:
    person = await registered(client_of)
    tag = (await client_of(*CLERK).post(f"{PERSONS}/{person}/tags", json=ALONE)).json()["id"]
    await client_of(*REGISTRAR).post(
        f"{PERSONS}/{person}/move-in", json={"occurred_on": "2026-03-05", "residence": {"area": FAR}}
    )
    followed = (await events("registry.tag.", tag))[-1]
    assert (followed["type"], followed["sequence"]) == ("registry.tag.followed", 2)
    assert [span["area"] for span in followed["state"]["residence"]] == [VILLAGE, FAR]
    await client_of(*REGISTRAR).post(f"{PERSONS}/{person}/death", json={"occurred_on": "2026-03-08"})
    ended = (await events("registry.tag.", tag))[-1]
    assert (ended["type"], ended["sequence"], ended["state"]["ended_on"]) == ("registry.tag.ended", 3, "2026-03-08")
    assert ended["state"]["residence"][-1]["end"] == "2026-03-08"


@pytest.mark.usefixtures("unguarded")
async def test_a_corrected_birth_date_reaches_the_tags(client_of: Client, county: None, events: Events) -> None:
    person = await registered(client_of, document={"type": "passport", "number": "E12345678"})
    tag = (await client_of(*CLERK).post(f"{PERSONS}/{person}/tags", json=ALONE)).json()["id"]
    answer = await client_of(*CLERK).post(
        f"{PERSONS}/{person}/correct", json={"birth_date": "1959-12-31"}, headers={"if-match": '"1"'}
    )
    assert answer.status_code == 200, answer.text
    assert (await events("registry.tag.", tag))[-1]["state"]["birth_month"] == "1959-12"
