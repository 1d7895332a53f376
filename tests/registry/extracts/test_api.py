"""Extracts: sealed for the hall, on record with their purpose, and closed to whoever asks for them."""

import base64
import json
from datetime import timedelta

import pytest

from shared.crypto.extracts import ExtractError, ExtractExpired, ExtractReader
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, VILLAGE, a_person
from tests.registry.conftest import Client

CLERK = ("village_clerk", VILLAGE)
BODY = {"audience": "services_hall", "purpose": "case_handling", "place": VILLAGE}


async def test_an_extract_says_what_the_purpose_needs_to_its_audience_for_ten_minutes(
    client_of: Client, county: None, reader: ExtractReader, clock: FrozenClock
) -> None:
    sent = a_person()
    person = (await client_of(*CLERK).post("/registry/v1/persons", json=sent)).json()["id"]
    path = f"/registry/v1/persons/{person}"
    answer = await client_of(*CLERK).post(f"{path}/extracts", json=BODY)
    assert answer.status_code == 200, answer.text
    extract = reader.read(answer.json()["extract"], audience="services_hall", now=clock.now())
    assert (extract.person_id.urn[9:], extract.purpose, extract.place) == (person, "case_handling", VILLAGE)
    assert extract.fields == {
        "name": "覃秀英",
        "document_type": "citizen_id",
        "document_number": sent["document"]["number"],
        "phone": sent["phone"],
    }
    with pytest.raises(ExtractError):
        reader.read(answer.json()["extract"], audience="grid", now=clock.now())
    with pytest.raises(ExtractExpired):
        reader.read(answer.json()["extract"], audience="services_hall", now=clock.now() + timedelta(minutes=10))
    (noted, *_) = (await client_of("auditor", COUNTY).get(f"{path}/accesses")).json()["items"]
    assert (noted["action"], noted["detail"], noted["purpose"]) == (
        "extract_for_services_hall",
        "full",
        "case_handling",
    )


async def test_who_carries_an_extract_can_read_nothing_in_it(client_of: Client, county: None) -> None:
    sent = a_person()
    person = (await client_of(*CLERK).post("/registry/v1/persons", json=sent)).json()["id"]
    made = (await client_of(*CLERK).post(f"/registry/v1/persons/{person}/extracts", json=BODY)).json()["extract"]
    parts = [base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in made.split(".")]
    assert json.loads(parts[0]) == {
        "alg": "A256KW", "enc": "A256GCM", "kid": "x1", "typ": "xiangli-extract", "cty": "JWT",
    }  # fmt: skip
    shown = b"\n".join([made.encode(), *parts])
    number = sent["document"]["number"]
    for secret in (sent["name"], number, number[-6:], sent["phone"], person, VILLAGE, "case_handling"):
        assert secret.encode() not in shown
    again = (await client_of(*CLERK).post(f"/registry/v1/persons/{person}/extracts", json=BODY)).json()["extract"]
    assert set(made.split(".")[1:]).isdisjoint(again.split(".")[1:]), "nor whether two are of one person"


async def test_no_extract_outside_the_scope_or_without_the_permission(client_of: Client, county: None) -> None:
    person = (await client_of(*CLERK).post("/registry/v1/persons", json=a_person())).json()["id"]
    path = f"/registry/v1/persons/{person}/extracts"
    assert (await client_of("village_clerk", FAR).post(path, json={**BODY, "place": FAR})).status_code == 404
    assert (await client_of("grid_worker", VILLAGE).post(path, json=BODY)).status_code == 403
    assert (await client_of(*CLERK).post(path, json={**BODY, "audience": "elsewhere"})).status_code == 422


@pytest.mark.parametrize("place", [FAR, COUNTY, VILLAGE[:9]])
async def test_no_extract_for_a_counter_outside_the_scope(client_of: Client, county: None, place: str) -> None:
    person = (await client_of(*CLERK).post("/registry/v1/persons", json=a_person())).json()["id"]
    answer = await client_of(*CLERK).post(f"/registry/v1/persons/{person}/extracts", json={**BODY, "place": place})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    accesses = await client_of("auditor", COUNTY).get(f"/registry/v1/persons/{person}/accesses")
    assert [one["action"] for one in accesses.json()["items"]] == ["register"], "nothing was disclosed"
