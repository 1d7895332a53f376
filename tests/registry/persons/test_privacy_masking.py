"""What each role is shown of a person, and that the whole is shown for a purpose only."""

import pytest

from tests.registry.builders import COUNTY, FAR, TOWN, VILLAGE, a_person
from tests.registry.conftest import Client
from tests.registry.steps import (
    AUDITOR,
    CLERK,
    NOBODY,
    OFFICER,
    PERSONS,
    REGISTRAR,
    Json,
    assert_not_found,
    assert_refused,
    given,
    register,
)

PURPOSES = (
    "registration",
    "verification",
    "case_handling",
    "visit",
    "incident",
    "statistics",
    "self",
    "audit",
    "demonstration",
)
MASKED = {
    "name": "覃*英",
    "birth_date": None,
    "birth_month": "1960-05",
    "phone": "138****8000",
    "address": "岑溪市岑城镇思孟村委会****",
    "sex": "2",
    "ethnic_group": "08",
    "document_type": "citizen_id",
    "full": False,
}


async def test_every_reader_is_shown_the_same_stars(client_of: Client, county: None) -> None:
    sent = a_person()
    number = sent["document"]["number"]
    person = given(await client_of(*CLERK).post(PERSONS, json=sent), 201)["id"]
    path = f"{PERSONS}/{person}"
    for role, area in (
        ("agent", VILLAGE),
        ("grid_worker", VILLAGE),
        ("grid_head", VILLAGE),
        ("village_clerk", VILLAGE),
        ("town_officer", TOWN),
        ("county_officer", COUNTY),
        ("county_registrar", COUNTY),
    ):
        client = client_of(role, area)
        for params in ({}, {"view": "masked"}, {"view": "masked", "purpose": "audit"}):
            shown = given(await client.get(path, params=params))
            assert {name: shown[name] for name in MASKED} == MASKED, role
            assert shown["document_number"] == f"{number[:6]}********{number[14:]}"
    for role in ("resident", "department_officer", "assessor", "auditor", "integrator", "operator"):
        for area in (VILLAGE, COUNTY):
            answer = await client_of(role, area).get(path)
            assert_refused(answer, "forbidden")


async def test_the_whole_is_shown_to_the_registrar_for_any_stated_purpose(client_of: Client, county: None) -> None:
    sent = a_person()
    person = given(await client_of(*CLERK).post(PERSONS, json=sent), 201)["id"]
    path = f"{PERSONS}/{person}"
    for purpose in PURPOSES:
        shown = given(await client_of(*REGISTRAR).get(path, params={"view": "full", "purpose": purpose}))
        for name in ("name", "birth_date", "phone", "address", "sex", "ethnic_group"):
            assert shown[name] == sent[name]
        assert (shown["document_number"], shown["full"]) == (sent["document"]["number"], True)
    assert_refused(await client_of(*REGISTRAR).get(path, params={"view": "full"}), "purpose_required")
    assert_refused(
        await client_of(*REGISTRAR).get(path, params={"view": "naked", "purpose": "fun"}),
        "invalid_request",
        [("query.view", "literal_error"), ("query.purpose", "enum")],
    )


OTHERS: list[tuple[str, str]] = [
    ("village_clerk", VILLAGE),
    ("town_officer", TOWN),
    ("county_officer", COUNTY),
    ("agent", VILLAGE),
]


async def test_the_whole_is_forbidden_to_everybody_else_whatever_they_say(client_of: Client, county: None) -> None:
    for role, area in OTHERS:
        person = (await register(client_of(*CLERK)))["id"]
        for params in ({"view": "full"}, {"view": "full", "purpose": "verification"}):
            assert_refused(await client_of(role, area).get(f"{PERSONS}/{person}", params=params), "forbidden")


async def test_the_whole_stops_at_the_registrars_own_area(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    full = {"view": "full", "purpose": "audit"}
    for asked in (person, NOBODY):
        assert_not_found(await client_of("county_registrar", FAR).get(f"{PERSONS}/{asked}", params=full))
        assert_not_found(await client_of("county_registrar", FAR).get(f"{PERSONS}/{asked}"))


@pytest.mark.parametrize(
    ("what", "shown"),
    [
        ({"name": "覃英"}, {"name": "覃*"}),
        ({"name": "欧阳致远"}, {"name": "欧**远"}),
        ({"name": "买买提·艾力"}, {"name": "买**力"}),
        ({"name": "Anna Smith"}, {"name": "A***"}),
        ({"name": "覃"}, {"name": "**"}),
        ({"phone": "0774-8212345"}, {"phone": "****"}),
        ({"phone": None}, {"phone": None}),
        ({"address": None}, {"address": None}),
        ({"document": {"type": "passport", "number": "E12345678"}}, {"document_number": "****78"}),
        ({"document": {"type": "taiwan_permit", "number": "12345678"}}, {"document_number": "****"}),
        (
            {"entry": "birth", "birth_date": "2026-03-01", "occurred_on": "2026-03-01", "document": None},
            {"document_number": None, "document_type": None, "birth_month": "2026-03"},
        ),
        ({"residence": None, "registration": {"area": FAR}}, {"address": "岑溪市马路镇善村村委会****"}),
    ],
)
async def test_what_is_not_recognised_is_all_stars_in_every_list_and_look(
    client_of: Client, county: None, what: Json, shown: Json
) -> None:
    sent = {**what, "address": what.get("address", "三组十二号")}
    person = await register(client_of(*REGISTRAR), **sent)
    client = client_of(*OFFICER)
    look = given(await client.get(f"{PERSONS}/{person['id']}"))
    book = "residence" if look["residence"] else "registration"
    (row,) = given(await client.get(PERSONS, params={"area": COUNTY, "book": book}))["items"]
    names = given(await client.post(f"{PERSONS}/lookup", json={"ids": [person["id"]], "purpose": "visit"}))["items"]
    assert look == row
    assert {name: look[name] for name in shown} == shown
    assert names[0]["name"] == look["name"]
    for view in (person, look):
        for name in ("name", "phone", "document_number"):
            assert view[name] == look[name]  # the answer to the registration is masked as well


async def test_a_tag_of_the_whole_is_another_than_that_of_the_masked(client_of: Client, county: None) -> None:
    person = (await register(client_of(*CLERK)))["id"]
    path, full = f"{PERSONS}/{person}", {"view": "full", "purpose": "audit"}
    client = client_of(*REGISTRAR)
    masked, whole = (await client.get(path)).headers["etag"], (await client.get(path, params=full)).headers["etag"]
    assert (masked, whole) == ('"1.masked"', '"1.full"')
    for params, known, status in (
        ({}, masked, 304),
        ({"view": "masked"}, masked, 304),
        ({}, whole, 200),
        (full, whole, 304),
        (full, masked, 200),
        (full, f'"0", W/{whole}', 304),
    ):
        answer = await client.get(path, params=params, headers={"if-none-match": known})
        assert (answer.status_code, bool(answer.content)) == (status, status == 200), (params, known)
        assert answer.headers["cache-control"] == "no-store"
    # a look that found nothing new was a look
    lines = given(await client_of(*AUDITOR).get(f"{path}/accesses"))["items"]
    assert [one["detail"] for one in lines[:6]] == ["full", "full", "full", "masked", "masked", "masked"]
