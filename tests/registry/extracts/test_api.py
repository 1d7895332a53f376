"""Signed extracts: verified offline by the audience, on record with their purpose."""

from datetime import timedelta

import pytest
from fastapi import FastAPI

from shared.crypto.extracts import ExtractError, ExtractExpired, ExtractVerifier
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, VILLAGE, a_person
from tests.registry.conftest import Client

CLERK = ("village_clerk", VILLAGE)
BODY = {
    "audience": "services_hall",
    "purpose": "case_handling",
    "fields": ["name", "document_number", "residence_area"],
}


async def test_an_extract_holds_what_was_asked_for_its_audience_and_ten_minutes(
    client_of: Client, county: None, app: FastAPI, clock: FrozenClock
) -> None:
    sent = a_person()
    person = (await client_of(*CLERK).post("/registry/v1/persons", json=sent)).json()["id"]
    path = f"/registry/v1/persons/{person}"
    answer = await client_of(*CLERK).post(f"{path}/extracts", json=BODY)
    assert answer.status_code == 200, answer.text
    verifier = ExtractVerifier(app.state.extract_signer.public_keys())
    extract = verifier.verify(answer.json()["extract"], audience="services_hall", now=clock.now())
    assert extract.person_id.urn[9:] == person
    assert extract.fields == {
        "name": "覃秀英",
        "document_number": sent["document"]["number"],
        "residence_area": VILLAGE,
    }
    with pytest.raises(ExtractError):
        verifier.verify(answer.json()["extract"], audience="grid", now=clock.now())
    with pytest.raises(ExtractExpired):
        verifier.verify(answer.json()["extract"], audience="services_hall", now=clock.now() + timedelta(minutes=10))
    (noted, *_) = (await client_of("auditor", COUNTY).get(f"{path}/accesses")).json()["items"]
    assert (noted["action"], noted["detail"], noted["purpose"]) == (
        "extract_for_services_hall",
        "full",
        "case_handling",
    )


async def test_no_extract_outside_the_scope_or_without_the_permission(client_of: Client, county: None) -> None:
    person = (await client_of(*CLERK).post("/registry/v1/persons", json=a_person())).json()["id"]
    path = f"/registry/v1/persons/{person}/extracts"
    assert (await client_of("village_clerk", FAR).post(path, json=BODY)).status_code == 404
    assert (await client_of("grid_worker", VILLAGE).post(path, json=BODY)).status_code == 403
    assert (await client_of(*CLERK).post(path, json={**BODY, "audience": "elsewhere"})).status_code == 422
