"""What an extract may hold, for whom, why and how long; and that only the register can have written it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from shared.crypto.extracts import ExtractError, ExtractExpired, ExtractVerifier
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    correct,
    die,
    given,
    move_in,
    register,
)

FIELDS = (
    "name",
    "sex",
    "birth_date",
    "document_type",
    "document_number",
    "phone",
    "address",
    "residence_area",
    "registration_area",
)


def asked(*fields: str, **what: str) -> Json:
    return {"audience": "services_hall", "purpose": "case_handling", "fields": list(fields), **what}


async def signed(client: Any, person: str, *fields: str, **what: str) -> Json:
    return given(await client.post(f"{PERSONS}/{person}/extracts", json=asked(*fields, **what)))


@pytest.fixture
def verifier(app: FastAPI) -> ExtractVerifier:
    """The audience's: it has the public keys only."""
    return ExtractVerifier(app.state.extract_signer.public_keys())


async def test_every_field_is_what_the_register_has_in_full(
    client_of: Client, county: None, verifier: ExtractVerifier, clock: FrozenClock
) -> None:
    sent = a_person(residence={"area": VILLAGE}, registration={"area": FAR})
    person = given(await client_of(*REGISTRAR).post(PERSONS, json=sent), 201)["id"]
    made = await signed(client_of(*CLERK), person, *FIELDS)
    extract = verifier.verify(made["extract"], audience="services_hall", now=clock.now())
    assert extract.fields == {
        "name": sent["name"],
        "sex": sent["sex"],
        "birth_date": sent["birth_date"],
        "document_type": "citizen_id",
        "document_number": sent["document"]["number"],
        "phone": sent["phone"],
        "address": sent["address"],
        "residence_area": VILLAGE,
        "registration_area": FAR,
    }
    assert (str(extract.person_id), extract.purpose) == (person, "case_handling")
    for field in FIELDS:  # nothing but what was asked
        alone = await signed(client_of(*CLERK), person, field)
        shown = verifier.verify(alone["extract"], audience="services_hall", now=clock.now()).fields
        assert shown == {field: extract.fields[field]}


async def test_what_the_register_does_not_have_is_attested_as_nothing(
    client_of: Client, county: None, verifier: ExtractVerifier, clock: FrozenClock
) -> None:
    born = {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None}
    person = (await register(client_of(*CLERK), **born, phone=None, address=None, registration=None))["id"]
    made = await signed(client_of(*CLERK), person, *FIELDS)
    fields = verifier.verify(made["extract"], audience="services_hall", now=clock.now()).fields
    absent = {"document_type", "document_number", "phone", "address", "registration_area"}
    assert {name for name, value in fields.items() if value is None} == absent


async def test_an_extract_is_of_the_moment(
    client_of: Client, county: None, verifier: ExtractVerifier, clock: FrozenClock
) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    first = await signed(client, person["id"], "name", "residence_area")
    given(await correct(client, person, name="覃小英"))
    given(await move_in(client, person["id"], "2026-03-01", residence=FAR))
    second = await signed(client, person["id"], "name", "residence_area")
    shown = [
        verifier.verify(one["extract"], audience="services_hall", now=clock.now()).fields for one in (first, second)
    ]
    assert shown == [
        {"name": "覃秀英", "residence_area": VILLAGE},
        {"name": "覃小英", "residence_area": FAR},
    ]
    given(await die(client, person["id"], "2026-03-05"))
    await signed(client, person["id"], "name")  # a case may be about the dead


async def test_it_holds_ten_minutes_and_says_so(
    client_of: Client, county: None, verifier: ExtractVerifier, clock: FrozenClock
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    made = await signed(client_of(*CLERK), person, "name")
    assert made["expires_at"] == "2026-03-16T10:10:00+08:00"
    end = datetime.fromisoformat(made["expires_at"]).astimezone(UTC)
    assert end - clock.now() == timedelta(minutes=10)
    verifier.verify(made["extract"], audience="services_hall", now=end - timedelta(seconds=1))
    with pytest.raises(ExtractExpired):
        verifier.verify(made["extract"], audience="services_hall", now=end)


@pytest.mark.parametrize("audience", ["services_hall", "grid"])
async def test_it_is_for_one_audience(
    client_of: Client, county: None, verifier: ExtractVerifier, clock: FrozenClock, audience: str
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    made = await signed(client_of(*CLERK), person, "name", audience=audience)
    verifier.verify(made["extract"], audience=audience, now=clock.now())
    for other in {"services_hall", "grid", "indicators", ""} - {audience}:
        with pytest.raises(ExtractError):
            verifier.verify(made["extract"], audience=other, now=clock.now())


async def test_what_was_changed_on_the_way_is_no_extract(
    client_of: Client, county: None, verifier: ExtractVerifier, clock: FrozenClock
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    head, payload, signature = (await signed(client_of(*CLERK), person, "name"))["extract"].split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    claims["fields"] = {"name": "别人"}
    forged = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    for changed in (f"{head}.{forged}.{signature}", f"{head}.{payload}.", f"{head}.{payload}", ""):
        with pytest.raises(ExtractError):
            verifier.verify(changed, audience="services_hall", now=clock.now())


WRONG: list[tuple[Json, list[tuple[str, str]]]] = [
    ({}, [("audience", "missing"), ("purpose", "missing"), ("fields", "missing")]),
    (
        {"audience": "indicators", "purpose": "curiosity", "fields": ["name", "religion"]},
        [("audience", "enum"), ("purpose", "enum"), ("fields.1", "enum")],
    ),
    (asked(), [("fields", "too_short")]),
    (asked(*FIELDS, "name"), [("fields", "too_long")]),
]


async def test_audience_purpose_and_fields_are_said_and_known(client_of: Client, county: None) -> None:
    for body, errors in WRONG:
        person = (await register(client_of(*CLERK)))["id"]
        answer = await client_of(*CLERK).post(f"{PERSONS}/{person}/extracts", json=body)
        assert_refused(answer, "invalid_request", errors)


async def test_who_may_have_one_signed(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    path = f"{PERSONS}/{person}/extracts"
    for role, area in (
        ("agent", VILLAGE),
        ("village_clerk", VILLAGE),
        ("town_officer", TOWN),
        ("county_registrar", COUNTY),
    ):
        given(await client_of(role, area).post(path, json=asked("name")))
    for role in ("grid_worker", "county_officer", "department_officer", "auditor", "integrator", "resident"):
        assert_refused(await client_of(role, COUNTY).post(path, json=asked("name")), "forbidden")
    for id_ in (person, NOBODY):
        assert_not_found(await client_of(*FAR_CLERK).post(f"{PERSONS}/{id_}/extracts", json=asked("name")))


async def test_they_are_rate_limited_by_caller(client_of: Client, county: None, app: FastAPI) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 2})
    path, client = f"{PERSONS}/{person}/extracts", client_of(*CLERK, subject="hasty")
    answers = [await client.post(path, json=asked("name")) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert_refused(answers[-1], "rate_limited")
    given(await client_of(*CLERK, subject="calm").post(path, json=asked("name")))
