"""What an extract may hold, for whom, why and how long; and that only the register can have written it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from shared.auth.access_log import Purpose
from shared.crypto.extracts import ExtractError, ExtractExpired, ExtractReader
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE
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
    register,
)


def asked(**what: object) -> Json:
    return {"audience": "services_hall", "purpose": "case_handling", "place": VILLAGE, **what}


async def signed(client: Any, person: str, **what: object) -> Json:
    return given(await client.post(f"{PERSONS}/{person}/extracts", json=asked(**what)))


async def test_what_the_register_does_not_have_is_attested_as_nothing(
    client_of: Client, county: None, reader: ExtractReader, clock: FrozenClock
) -> None:
    born = {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None}
    person = (await register(client_of(*CLERK), **born, phone=None, address=None, registration=None))["id"]
    made = await signed(client_of(*CLERK), person)
    fields = reader.read(made["extract"], audience="services_hall", now=clock.now()).fields
    assert {name for name, value in fields.items() if value is None} == {"document_type", "document_number", "phone"}
    assert fields["name"]


@pytest.mark.usefixtures("unguarded")
async def test_an_extract_is_of_the_moment(
    client_of: Client, county: None, reader: ExtractReader, clock: FrozenClock
) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    first = await signed(client, person["id"])
    given(await correct(client, person, name="覃小英"))
    second = await signed(client, person["id"])
    shown = [reader.read(one["extract"], audience="services_hall", now=clock.now()) for one in (first, second)]
    assert [one.fields["name"] for one in shown] == ["覃秀英", "覃小英"]
    assert shown[0].id != shown[1].id, "each serves once"
    given(await die(client, person["id"], "2026-03-05"))
    await signed(client, person["id"])  # a case may be about the dead


async def test_it_holds_ten_minutes_and_says_so(
    client_of: Client, county: None, reader: ExtractReader, clock: FrozenClock
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    made = await signed(client_of(*CLERK), person)
    assert made["expires_at"] == "2026-03-16T10:10:00+08:00"
    end = datetime.fromisoformat(made["expires_at"]).astimezone(UTC)
    assert end - clock.now() == timedelta(minutes=10)
    reader.read(made["extract"], audience="services_hall", now=end - timedelta(seconds=1))
    with pytest.raises(ExtractExpired):
        reader.read(made["extract"], audience="services_hall", now=end)


async def test_what_was_changed_on_the_way_is_no_extract(
    client_of: Client, county: None, reader: ExtractReader, clock: FrozenClock
) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    made = (await signed(client_of(*CLERK), person))["extract"]
    parts = made.split(".")
    changed = [".".join([*parts[:n], parts[n][::-1], *parts[n + 1 :]]) for n in range(5)]
    for text in (*changed, ".".join(parts[:4]), ".".join((*parts[:4], "")), ""):
        with pytest.raises(ExtractError):
            reader.read(text, audience="services_hall", now=clock.now())


WRONG: list[tuple[Json, list[tuple[str, str]]]] = [
    ({}, [("audience", "missing"), ("purpose", "missing"), ("place", "missing")]),
    (
        {"audience": "indicators", "purpose": "curiosity", "place": "x"},
        [("audience", "enum"), ("purpose", "enum"), ("place", "string_pattern_mismatch")],
    ),
    (asked(audience="grid"), [("audience", "enum")]),
    (asked(fields=["name"]), [("body", "extra_forbidden")]),
    *((asked(purpose=purpose), [("purpose", "no_extract")]) for purpose in Purpose if purpose != "case_handling"),
]


async def test_audience_purpose_and_place_are_said_and_known(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    for body, errors in WRONG:
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
        given(await client_of(role, area).post(path, json=asked()))
    for role in ("grid_worker", "county_officer", "department_officer", "auditor", "integrator", "resident"):
        assert_refused(await client_of(role, COUNTY).post(path, json=asked()), "forbidden")
    for id_ in (person, NOBODY):
        assert_not_found(await client_of(*FAR_CLERK).post(f"{PERSONS}/{id_}/extracts", json=asked(place=FAR)))


async def test_they_are_rate_limited_by_caller(client_of: Client, county: None, app: FastAPI) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 2})
    path, client = f"{PERSONS}/{person}/extracts", client_of(*CLERK, subject="hasty")
    answers = [await client.post(path, json=asked()) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert_refused(answers[-1], "rate_limited")
    given(await client_of(*CLERK, subject="calm").post(path, json=asked()))
