"""Persons over HTTP: registered once, seen by whom they concern, corrected with the version in hand."""

import asyncio
from base64 import b64encode
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from services.registry.life_events.domain import Place
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.reference.identity import check_character
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_new_person, a_number, a_person
from tests.registry.conftest import Client, Events, Work

CLERK = ("village_clerk", VILLAGE)
REGISTRAR = ("county_registrar", COUNTY)
PERSONS = "/registry/v1/persons"


async def registered(client_of: Client, **what: Any) -> dict[str, Any]:
    """A registered person: the answer, and the number that was sent."""
    body = a_person(**what)
    answer = await client_of(*CLERK).post(PERSONS, json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json() | {"sent": body}
    return made


async def test_a_clerk_registers_a_person(client_of: Client, county: None, events: Events) -> None:
    answer = await client_of(*CLERK).post(PERSONS, json=a_person())
    assert answer.status_code == 201, answer.text
    body = answer.json()
    assert (body["name"], body["status"], body["document_number"][6:14]) == ("覃*英", "active", "********")
    assert answer.headers["location"] == f"{PERSONS}/{body['id']}"
    assert answer.headers["xiangli-position"]
    (registered,) = await events("registry.person.")
    assert (registered["type"], registered["key"]) == ("registry.person.registered", body["id"])
    assert registered["state"]["birth_month"] == "1960-05"
    postings = [one["state"] for one in await events("registry.posting.")]
    assert {(one["book"], one["kind"], one["area"], one["amount"]) for one in postings} == {
        ("residence", "opening", VILLAGE, 1),
        ("registration", "opening", VILLAGE, 1),
    }


async def test_the_same_number_is_the_same_person(client_of: Client, county: None) -> None:
    person = a_person()
    assert (await client_of(*CLERK).post(PERSONS, json=person)).status_code == 201
    number = person["document"]["number"]
    for same in (number, f" {number[:6]} {number[6:]}", number.lower()):
        again = await client_of("village_clerk", FAR).post(
            PERSONS,
            json={**person, "residence": {"area": FAR}, "registration": {"area": FAR}, "document": {"number": same}},
        )
        assert (again.status_code, again.json()["code"]) == (409, "not_registrable_here")
        assert number not in again.text


async def test_the_same_request_with_the_same_key_happens_once(client_of: Client, county: None, events: Events) -> None:
    body, headers = a_person(), {"idempotency-key": "one"}
    first = await client_of(*CLERK).post(PERSONS, json=body, headers=headers)
    second = await client_of(*CLERK).post(PERSONS, json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert first.headers["xiangli-position"] == second.headers["xiangli-position"]
    assert len(await events("registry.person.")) == 1


@pytest.mark.parametrize(
    ("what", "path"),
    [
        ({"document": {"number": "450481199003070191"}}, "document.number"),
        ({"ethnic_group": "99"}, "ethnic_group"),
        ({"phone": "12"}, "phone"),
        ({"document": None}, "document"),
        ({"residence": None, "registration": {"area": "431024"}}, "residence"),
        ({"entry": "birth", "occurred_on": "2026-01-02"}, "occurred_on"),
        ({"name": " "}, "name"),
        ({"sex": "3"}, "sex"),
        ({"residence": {"area": "4504811"}}, "residence.area"),
        ({"registration": {"area": "45048110020"}}, "registration.area"),
    ],
)
async def test_what_is_wrong_is_named_by_its_path(
    client_of: Client, county: None, what: dict[str, Any], path: str
) -> None:
    answer = await client_of(*CLERK).post(PERSONS, json=a_person(**what))
    assert answer.status_code == 422, answer.text
    assert path in [error["path"] for error in answer.json()["errors"]]


@pytest.mark.parametrize(
    ("what", "code"),
    [
        ({"sex": "1", "document": {"number": a_number(serial=40004)}}, "number_disagrees"),
        ({"birth_date": "1961-05-17", "document": {"number": a_number(serial=40004)}}, "number_disagrees"),
        ({"occurred_on": "2026-03-17"}, "event_in_future"),
        ({"occurred_on": "1959-01-01"}, "event_before_birth"),
        ({"residence": {"area": VILLAGE[:9] + "999"}, "registration": {"area": VILLAGE}}, "unknown_area"),
        ({"registration": {"area": TOWN}}, "unknown_area"),
    ],
)
async def test_what_contradicts_is_refused_by_its_code(
    client_of: Client, county: None, events: Events, what: dict[str, Any], code: str
) -> None:
    answer = await client_of("town_officer", TOWN).post(PERSONS, json=a_person(**what))
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert await events("registry.person.") == []


@pytest.mark.parametrize(("residence", "registration"), [(FAR, FAR), (FAR, VILLAGE), (VILLAGE, FAR), (FAR, "431024")])
async def test_a_place_outside_the_scope_is_not_found(
    client_of: Client, county: None, residence: str, registration: str
) -> None:
    """One of two is enough: a clerk enters nobody in the book of another village, neither of the two books."""
    body = a_person(residence={"area": residence}, registration={"area": registration})
    answer = await client_of(*CLERK).post(PERSONS, json=body)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_newborn_needs_no_number(client_of: Client, county: None, events: Events) -> None:
    made = await registered(
        client_of, entry="birth", occurred_on="2026-03-10", birth_date="2026-03-10", document=None, name="覃小宝"
    )
    assert made["document_number"] is None
    assert {one["state"]["kind"] for one in await events("registry.posting.")} == {"birth"}


async def test_a_clerk_of_another_village_is_told_not_found(client_of: Client, county: None) -> None:
    made = await registered(client_of)
    path = f"{PERSONS}/{made['id']}"
    refused = await client_of("village_clerk", FAR).get(path)
    unknown = await client_of("village_clerk", FAR).get(f"{PERSONS}/019d0000-0000-7000-8000-000000000000")
    same = ("type", "title", "status", "code", "errors")
    assert [refused.json()[name] for name in same] == [unknown.json()[name] for name in same]
    assert refused.status_code == 404
    assert (await client_of("county_officer", COUNTY).get(path)).status_code == 200


async def test_an_officer_sees_stars_and_an_entitled_one_the_number_for_a_purpose(
    client_of: Client, county: None
) -> None:
    made = await registered(client_of)
    path, number = f"{PERSONS}/{made['id']}", made["sent"]["document"]["number"]
    masked = (await client_of("county_officer", COUNTY).get(path)).json()
    assert (masked["name"], masked["phone"], masked["birth_date"]) == ("覃*英", "138****8000", None)
    assert masked["address"] == "岑溪市岑城镇思孟村委会****"
    assert number not in str(masked)
    full = {"view": "full", "purpose": "verification"}
    assert (await client_of("county_officer", COUNTY).get(path, params=full)).status_code == 403
    no_purpose = await client_of(*REGISTRAR).get(path, params={"view": "full"})
    assert (no_purpose.status_code, no_purpose.json()["code"]) == (422, "purpose_required")
    seen = (await client_of(*REGISTRAR, subject="registrar-1").get(path, params=full)).json()
    assert (seen["name"], seen["document_number"], seen["address"]) == ("覃秀英", number, made["sent"]["address"])
    accesses = (await client_of("auditor", COUNTY).get(f"{path}/accesses")).json()["items"]
    shown = [(one["subject"], one["action"], one["detail"], one["purpose"], one["role"]) for one in accesses]
    assert ("registrar-1", "read", "full", "verification", "county_registrar") in shown
    assert ("tester", "read", "masked", None, "county_officer") in shown
    assert ("tester", "register", "write", None, "village_clerk") in shown


async def test_who_looked_is_paged_and_nobody_elses_business(client_of: Client, county: None) -> None:
    made = await registered(client_of)
    path = f"{PERSONS}/{made['id']}"
    for _ in range(3):
        await client_of(*CLERK).get(path)
    assert (await client_of("auditor", FAR).get(f"{path}/accesses")).status_code == 404
    auditor = client_of("auditor", COUNTY)
    first = (await auditor.get(f"{path}/accesses", params={"limit": 2})).json()
    rest = (await auditor.get(f"{path}/accesses", params={"limit": 5, "cursor": first["next_cursor"]})).json()
    assert [one["action"] for one in first["items"] + rest["items"]] == [
        "read_accesses",
        "read",
        "read",
        "read",
        "register",
    ]


async def test_an_unchanged_person_is_not_sent_again(client_of: Client, county: None) -> None:
    made = await registered(client_of)
    client, path = client_of(*CLERK), f"{PERSONS}/{made['id']}"
    tag = (await client.get(path)).headers["etag"]
    assert (await client.get(path, headers={"if-none-match": tag})).status_code == 304
    full = await client_of(*REGISTRAR).get(
        path, params={"view": "full", "purpose": "audit"}, headers={"if-none-match": tag}
    )
    assert full.status_code == 200


async def test_a_number_is_searched_with_a_purpose_and_inside_the_scope(client_of: Client, county: None) -> None:
    made = await registered(client_of)
    number = made["sent"]["document"]["number"]
    search = {"document_number": f"'{number}", "purpose": "verification"}
    found = await client_of(*CLERK).post(f"{PERSONS}/search", json=search)
    assert [one["id"] for one in found.json()["items"]] == [made["id"]]
    assert number not in found.text
    elsewhere = await client_of("village_clerk", FAR).post(f"{PERSONS}/search", json=search)
    assert (elsewhere.status_code, elsewhere.json()) == (200, {"items": []})
    nothing = await client_of(*CLERK).post(f"{PERSONS}/search", json={"document_number": number})
    assert (nothing.status_code, nothing.json()["errors"][0]["path"]) == (422, "purpose")


async def test_names_are_looked_up_masked_and_only_inside_the_scope(
    client_of: Client, county: None, work: Work
) -> None:
    mine = await registered(client_of)
    (far,) = await work(
        lambda registry: registry.admissions.admit(
            [a_new_person(residence=Place(FAR, "registered"), registration=None)]
        )
    )
    body = {"ids": [mine["id"], str(far.id)], "purpose": "visit"}
    answer = await client_of(*CLERK).post(f"{PERSONS}/lookup", json=body)
    assert [(one["id"], one["name"]) for one in answer.json()["items"]] == [(mine["id"], "覃*英")]
    too_many = {"ids": [mine["id"]] * 201, "purpose": "visit"}
    assert (await client_of(*CLERK).post(f"{PERSONS}/lookup", json=too_many)).status_code == 422


@pytest.mark.usefixtures("unguarded")
async def test_a_correction_needs_the_version_that_was_seen(client_of: Client, county: None, events: Events) -> None:
    made = await registered(client_of)
    client, path = client_of(*CLERK), f"{PERSONS}/{made['id']}/correct"
    assert (await client.post(path, json={"name": "覃秀瑛"})).status_code == 428
    done = await client.post(path, json={"name": "覃秀瑛"}, headers={"if-match": '"1.masked"'})
    assert (done.status_code, done.json()["version"], done.headers["etag"]) == (200, 2, '"2.masked"')
    late = await client.post(path, json={"name": "覃秀"}, headers={"if-match": '"1.masked"'})
    assert (late.status_code, late.json()["code"]) == (412, "version_mismatch")
    assert [one["type"] for one in await events("registry.person.")] == [
        "registry.person.registered",
        "registry.person.corrected",
    ]


@pytest.mark.usefixtures("unguarded")
async def test_a_corrected_number_frees_the_old_one_and_takes_the_new(client_of: Client, county: None) -> None:
    made, other = await registered(client_of), await registered(client_of)
    client, fresh = client_of(*CLERK), a_number()
    path, tag = f"{PERSONS}/{made['id']}/correct", {"if-match": '"1"'}
    taken = await client.post(path, json={"document": other["sent"]["document"]}, headers=tag)
    assert (taken.status_code, taken.json()["code"]) == (409, "person_already_registered")
    assert (await client.post(path, json={"document": {"number": fresh}}, headers=tag)).status_code == 200
    for number, count in ((fresh, 1), (made["sent"]["document"]["number"], 0)):
        body = {"document_number": number, "purpose": "verification"}
        assert len((await client.post(f"{PERSONS}/search", json=body)).json()["items"]) == count


@pytest.mark.parametrize(
    ("correction", "status", "code"),
    [
        ({"sex": "1"}, 422, "number_disagrees"),
        ({"birth_date": "2026-02-01"}, 409, "birth_date_too_late"),
    ],
)
async def test_a_correction_may_not_contradict(
    client_of: Client, county: None, correction: dict[str, str], status: int, code: str
) -> None:
    made = await registered(client_of)
    answer = await client_of(*CLERK).post(
        f"{PERSONS}/{made['id']}/correct", json=correction, headers={"if-match": '"1"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_the_list_is_as_long_as_the_count_for_every_role(client_of: Client, county: None, work: Work) -> None:
    people = [
        a_new_person(residence=residence, registration=registration)
        for residence, registration in (
            (Place(VILLAGE, "registered"), Place(VILLAGE, "household")),
            (Place(VILLAGE, "floating"), Place("431024", "household")),
            (Place(SISTER, "registered"), Place(VILLAGE, "household")),
            (Place(FAR, "registered"), Place(FAR, "household")),
            (None, Place(FAR, "household")),
        )
        for _ in range(3)
    ]
    await work(lambda registry: registry.admissions.admit(people))
    expected = {
        ("village_clerk", VILLAGE, "residence"): 9,
        ("village_clerk", VILLAGE, "registration"): 6,
        ("village_clerk", SISTER, "registration"): 3,
        ("town_officer", TOWN, "residence"): 9,
        ("county_officer", COUNTY, "residence"): 12,
        ("county_officer", COUNTY, "registration"): 12,
        ("grid_worker", FAR, "residence"): 3,
        ("grid_worker", VILLAGE + "001", "residence"): 0,
        ("resident", VILLAGE, "residence"): None,
    }
    for (role, area, book), count in expected.items():
        client, where = client_of(role, area), {"area": COUNTY, "book": book}
        told = await client.get(f"{PERSONS}/count", params=where)
        if count is None:
            assert told.status_code == 403
            continue
        listed: list[str] = []
        page: dict[str, Any] = {"next_cursor": ""}
        while page["next_cursor"] is not None:
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
            page = (await client.get(PERSONS, params={**where, "limit": "2", **cursor})).json()
            listed += [one["id"] for one in page["items"]]
        assert (len(listed), len(set(listed)), told.json()["count"]) == (count, count, count), (role, area, book)


async def test_three_thousand_people_enter_in_one_go(county: None, work: Work) -> None:
    people = [a_new_person(birth_date=date(1940 + n % 80, 1 + n % 12, 1 + n % 28)) for n in range(3000)]
    records = await work(lambda registry: registry.admissions.admit(people))
    assert len(records) == 3000


async def test_the_short_way_answers_the_very_bytes_of_the_long_one(client_of: Client, county: None) -> None:
    made = await registered(client_of)
    client, path = client_of(*CLERK), f"{PERSONS}/{made['id']}"
    short, long = await client.get(path), await client.get(path, params={"view": "masked"})
    assert (short.status_code, short.content, short.headers["etag"]) == (200, long.content, long.headers["etag"])
    assert short.headers["content-type"] == long.headers["content-type"]
    assert (await client.get(f"{PERSONS}/no-uuid")).json()["errors"][0]["path"] == "path.id"


async def test_many_readers_at_once_get_each_their_own(client_of: Client, county: None, work: Work) -> None:
    people = await work(lambda registry: registry.admissions.admit([a_new_person() for _ in range(30)]))
    client, stranger = client_of(*CLERK), client_of("village_clerk", FAR, subject="stranger")
    answers = await asyncio.gather(
        *(client.get(f"{PERSONS}/{one.id}") for one in people for _ in range(2)),
        *(stranger.get(f"{PERSONS}/{one.id}") for one in people[:5]),
    )
    assert [answer.json()["id"] for answer in answers[:60]] == [str(one.id) for one in people for _ in range(2)]
    assert {answer.status_code for answer in answers[60:]} == {404}


async def test_searches_are_rate_limited(client_of: Client, county: None, app: FastAPI) -> None:
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": 3})
    search = {"document_number": a_number(), "purpose": "verification"}
    answers = [await client_of(*CLERK).post(f"{PERSONS}/search", json=search) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["retry-after"]) >= 1


async def test_a_number_is_found_in_a_rotation_of_the_index_keys(
    client_of: Client, county: None, app: FastAPI, committed: Database
) -> None:
    """Registered under the old key alone, then found, and still unique, when a new key stands before it."""
    made = await registered(client_of)
    kit = app.state.kit
    old = kit.settings.index_keys.get_secret_value()
    both = kit.settings.model_copy(update={"index_keys": SecretStr(f"i2:{b64encode(b'9' * 32).decode()},{old}")})
    kit.crypto = Crypto.from_settings(both)
    search = {"document_number": made["sent"]["document"]["number"], "purpose": "verification"}
    found = await client_of(*CLERK).post(f"{PERSONS}/search", json=search)
    assert [one["id"] for one in found.json()["items"]] == [made["id"]]
    again = await client_of(*CLERK).post(PERSONS, json=made["sent"])
    assert (again.status_code, again.json()["code"]) == (409, "person_already_registered")


@pytest.mark.parametrize("day", ["0000-01-01", "0001-01-01", "0999-12-31"])
async def test_a_year_that_cannot_be_is_refused_and_breaks_nothing(client_of: Client, county: None, day: str) -> None:
    client = client_of(*CLERK)
    passport = {"type": "passport", "number": "E12345678"}
    for what in ({"birth_date": day}, {"occurred_on": day}, {"reported_on": day}):
        answer = await client.post(PERSONS, json=a_person(document=passport, sex="2") | what)
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["path"]) == (422, next(iter(what)))
    first17 = f"450481{day.replace('-', '')}019"
    number = first17 + check_character(first17)
    search = {"document_number": number, "purpose": "verification"}
    answer = await client.post(f"{PERSONS}/search", json=search)
    assert (answer.status_code, [one["code"] for one in answer.json()["errors"]]) == (422, ["impossible_date"])
