"""Questions about document numbers: each counts, each is on record, and whoever holds the number is shown who asked."""

import asyncio
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient, Response
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, VILLAGE, a_household, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    AUDITOR,
    CLERK,
    FAR_CLERK,
    HOUSEHOLDS,
    NOBODY,
    PERSONS,
    REGISTRAR,
    Json,
    all_pages,
    assert_not_found,
    assert_refused,
    correct,
    found,
    given,
    register,
)

FAR_AWAY = {"residence": {"area": FAR}, "registration": {"area": FAR}}
Line = tuple[str, str, str, str]


async def lines(client_of: Client, person: Json) -> list[Line]:
    """Subject, action, detail and result of a person's page, oldest first."""
    path = f"{PERSONS}/{person['id']}/accesses"
    page = given(await client_of(*AUDITOR, subject="page").get(path, params={"limit": 200}))
    told = [(one["subject"], one["action"], one["detail"], one["result"]) for one in reversed(page["items"])]
    return [one for one in told if one[0] != "page"]


async def logged(committed: Database, subject: str) -> list[tuple[str, str | None, str, str]]:
    """Action, object, detail and result of everything that the log holds of a subject."""
    async with committed.session() as session:
        rows = await session.execute(
            text("SELECT action, object_id, detail, result FROM access_log WHERE subject = :s ORDER BY occurred_at"),
            {"s": subject},
        )
        return [tuple(row) for row in rows]


async def search(client: AsyncClient, number: str) -> Response:
    return await client.post(f"{PERSONS}/search", json={"document_number": number, "purpose": "verification"})


async def found_with(client: AsyncClient, number: str, area: str = VILLAGE) -> Response:
    place = {"residence": {"area": area}, "registration": {"area": area}}
    member = {"relation": "02", "person": a_person(document={"number": number}, **place)}
    return await client.post(HOUSEHOLDS, json=a_household(member, area=area))


def allow(app: FastAPI, per_minute: int) -> None:
    app.state.kit.settings = app.state.kit.settings.model_copy(update={"rate_per_minute": per_minute})


@pytest.mark.usefixtures("unguarded")
async def test_every_question_about_a_number_counts_in_one_bucket(
    client_of: Client, county: None, app: FastAPI
) -> None:
    holder = client_of(*CLERK, subject="holder")
    taken = a_number()
    await register(holder, document={"number": taken})
    household, person = await found(holder), await register(holder)
    clerk = client_of(*CLERK, subject="asker")

    async def ask(number: str) -> list[int]:
        member = {"relation": "30", "person": a_person(document={"number": number})}
        return [
            (await search(clerk, number)).status_code,
            (await clerk.post(PERSONS, json=a_person(document={"number": number}))).status_code,
            (await found_with(clerk, number)).status_code,
            (await clerk.post(f"{HOUSEHOLDS}/{household['id']}/members", json=member)).status_code,
            (await correct(clerk, person, document={"number": number})).status_code,
        ]

    allow(app, 5)
    assert await ask(taken) == [200, 409, 409, 409, 409]
    assert await ask(taken) == [429] * 5
    assert await ask(a_number()) == [429] * 5, "what is free and what is held look the same"
    assert (await search(holder, taken)).status_code == 200, "a bucket is one person's"


async def test_a_refused_household_pays_for_every_number_in_it(client_of: Client, county: None, app: FastAPI) -> None:
    clerk = client_of(*CLERK)
    taken = a_number()
    await register(clerk, document={"number": taken})
    allow(app, 60)
    members = [{"relation": "02", "person": a_person(document={"number": taken})}]
    members += [{"relation": "30", "person": a_person()} for _ in range(29)]
    for status in (409, 409, 429):
        answer = await clerk.post(HOUSEHOLDS, json=a_household(*members))
        assert answer.status_code == status
    assert int(answer.headers["retry-after"]) >= 1


async def test_who_registers_and_is_not_refused_pays_nothing(client_of: Client, county: None, app: FastAPI) -> None:
    allow(app, 2)
    for _ in range(5):
        await register(client_of(*CLERK))


@pytest.mark.usefixtures("unguarded")
async def test_a_number_that_is_held_elsewhere_is_not_confirmed_and_its_holder_shown_who_asked(
    client_of: Client, county: None
) -> None:
    sent = a_person()
    person = given(await client_of(*CLERK, subject="holder").post(PERSONS, json=sent), 201)
    far, number = client_of(*FAR_CLERK, subject="far"), sent["document"]["number"]
    answer = await far.post(PERSONS, json={**sent, **FAR_AWAY})
    assert_refused(answer, "not_registrable_here", [("document.number", "not_registrable_here")])
    assert "迁移申请" in answer.json()["advice"]
    answer = await found_with(far, number, FAR)
    path = "members.0.person.document.number"
    assert_refused(answer, "not_registrable_here", [(path, "not_registrable_here")])
    assert given(await search(far, number)) == {"items": []}
    mine = await register(far, **FAR_AWAY)
    assert_refused(
        await correct(far, mine, document={"number": number}),
        "not_registrable_here",
        [("document.number", "not_registrable_here")],
    )
    assert await lines(client_of, person) == [
        ("holder", "register", "write", "ok"),
        ("far", "register", "existence", "refused"),
        ("far", "register", "existence", "refused"),
        ("far", "search", "existence", "not_found"),
        ("far", "correct", "existence", "refused"),
    ]
    assert (await lines(client_of, mine))[-1] == ("far", "correct", "write", "refused")


async def test_in_ones_own_place_the_refusal_says_where_to_go_on(client_of: Client, county: None) -> None:
    clerk, sent = client_of(*CLERK), a_person()
    person = given(await clerk.post(PERSONS, json=sent), 201)
    answer = await clerk.post(PERSONS, json=sent)
    assert_refused(answer, "person_already_registered", [("document.number", "person_already_registered")])
    assert "按证件号码查找" in answer.json()["advice"]
    members = [{"relation": "02", "person": a_person()}, {"relation": "30", "person": sent}]
    answer = await clerk.post(HOUSEHOLDS, json=a_household(*members))
    path = "members.1.person.document.number"
    assert_refused(answer, "person_already_registered", [(path, "person_already_registered")])
    assert [one[1:] for one in await lines(client_of, person)][1:] == [("register", "existence", "refused")] * 2


async def test_a_household_with_an_unknown_member_tells_nothing_of_the_others(
    client_of: Client, county: None, committed: Database, events: Events
) -> None:
    sent = a_person()
    person = given(await client_of(*CLERK, subject="holder").post(PERSONS, json=sent), 201)
    told = await events()
    prober = client_of(*CLERK, subject="prober")
    for document in (sent["document"], {"number": a_number()}):
        members: list[Json] = [
            {"relation": "02", "person": a_person(document=document)},
            {"relation": "10", "person_id": NOBODY},
        ]
        assert_not_found(await prober.post(HOUSEHOLDS, json=a_household(*members)), "members.1.person_id")
    assert await logged(committed, "prober") == [("join_household", NOBODY, "existence", "not_found")] * 2
    assert await lines(client_of, person) == [("holder", "register", "write", "ok")]
    assert await events() == told


@pytest.mark.parametrize(("member", "what"), [({"since": "2099-01-01"}, {}), ({}, {"kind": "living", "area": FAR})])
async def test_a_question_that_fails_for_another_reason_leaves_its_row_and_costs_its_token(
    client_of: Client, county: None, committed: Database, app: FastAPI, events: Events, member: Json, what: Json
) -> None:
    """The number was free and is free again: that somebody asked stays."""
    prober = client_of(*REGISTRAR, subject="prober")
    told = await events()
    allow(app, 1)
    body = a_household({"relation": "02", "person": a_person(), **member}, **what)
    answer = await prober.post(HOUSEHOLDS, json=body)
    assert answer.status_code in (409, 422), answer.text
    (line, *_) = await logged(committed, "prober")
    assert (line[0], line[2:]) == ("register", ("write", "refused"))
    assert (await prober.post(HOUSEHOLDS, json=body)).status_code == 429
    assert await events() == told


async def test_who_is_refused_before_a_number_is_asked_for_learns_nothing_of_it_and_pays_nothing(
    client_of: Client, county: None, committed: Database, app: FastAPI
) -> None:
    held = a_number()
    await register(client_of(*CLERK), document={"number": held})
    prober = client_of(*REGISTRAR, subject="prober")
    allow(app, 1)
    for number in (held, a_number()):
        member = {"relation": "02", "person": a_person(document={"number": number})}
        answer = await prober.post(HOUSEHOLDS, json=a_household(member, established_on="2099-01-01"))
        assert_refused(answer, "membership_dates", [("established_on", "membership_dates")])
    assert await logged(committed, "prober") == []
    assert (await prober.post(PERSONS, json=a_person())).status_code == 201, "its one token is still there"


async def test_a_search_that_finds_nobody_is_on_record_before_its_answer(
    client_of: Client, county: None, committed: Database
) -> None:
    assert given(await search(client_of(*CLERK, subject="asker"), a_number())) == {"items": []}
    assert await logged(committed, "asker") == [("search", None, "existence", "not_found")]


@pytest.mark.parametrize(
    ("number", "code"),
    [("45048119900307019", "length"), ("450481199003070191", "checksum"), ("450481199013070191", "impossible_date")],
)
async def test_a_search_for_what_is_no_number_is_an_error_and_not_nobody(
    client_of: Client, county: None, number: str, code: str
) -> None:
    answer = await search(client_of(*CLERK), number)
    errors = [(one["path"], one["code"]) for one in answer.json()["errors"]]
    assert (answer.status_code, ("document_number", code) in errors) == (422, True)


async def test_two_who_register_one_number_at_once_both_leave_a_line(
    client_of: Client, county: None, committed: Database
) -> None:
    sent = a_person()
    clients = [client_of(*CLERK, subject=f"clerk-{n}") for n in range(4)]
    answers = await asyncio.gather(*(client.post(PERSONS, json=sent) for client in clients))
    assert sorted(one.status_code for one in answers) == [201, 409, 409, 409]
    (made,) = [one.json() for one in answers if one.status_code == 201]
    told = await lines(client_of, made)
    assert sorted(one[1:] for one in told) == [("register", "existence", "refused")] * 3 + [("register", "write", "ok")]
    assert {one[0] for one in told} == {f"clerk-{n}" for n in range(4)}


Step = tuple[str, str, Json]

OUTSIDE: list[Step] = [
    ("correct", "correct", {"phone": "13807748001"}),
    ("move", "move-out", {"occurred_on": "2026-03-10"}),
    ("move", "death", {"occurred_on": "2026-03-10"}),
    ("tag", "tags", {"code": "disabled", "started_on": "2026-03-01"}),
    ("extract_for_services_hall", "extracts", {"audience": "services_hall", "purpose": "case_handling", "place": FAR}),
]


@pytest.mark.parametrize(("action", "verb", "body"), OUTSIDE)
async def test_a_change_from_outside_leaves_a_line_too(
    client_of: Client, county: None, committed: Database, action: str, verb: str, body: Json
) -> None:
    person = await register(client_of(*CLERK, subject="holder"))
    stranger = client_of("town_officer", FAR, subject="stranger")
    headers: dict[str, Any] = {"if-match": '"1"'} if verb == "correct" else {}
    for id_ in (person["id"], NOBODY):
        answer = await stranger.post(f"{PERSONS}/{id_}/{verb}", json=body, headers=headers)
        assert_not_found(answer)
    assert (await lines(client_of, person))[1:] == [("stranger", action, "existence", "not_found")]
    assert (action, NOBODY, "existence", "not_found") in await logged(committed, "stranger")


REFUSED: list[Step] = [
    ("correct", "correct", {"phone": "1"}),
    ("move_out", "move-out", {"occurred_on": "2099-03-10"}),
    ("move_in", "move-in", {"occurred_on": "2026-03-10", "residence": {"area": VILLAGE}}),
    ("death", "death", {"occurred_on": "2099-03-10"}),
    ("tag", "tags", {"code": "disabled", "started_on": "2099-03-01"}),
    ("tag", "tags", {"code": "nonsense", "started_on": "2026-03-01"}),
]


@pytest.mark.parametrize(("action", "verb", "body"), REFUSED)
async def test_a_change_that_a_rule_refuses_leaves_a_line_that_says_so(
    client_of: Client, county: None, action: str, verb: str, body: Json
) -> None:
    clerk = client_of(*CLERK, subject="clerk")
    person = await register(clerk)
    headers: dict[str, Any] = {"if-match": '"1"'} if verb == "correct" else {}
    answer = await clerk.post(f"{PERSONS}/{person['id']}/{verb}", json=body, headers=headers)
    assert answer.status_code in (409, 422), answer.text
    assert (await lines(client_of, person))[1:] == [("clerk", action, "write", "refused")]


TELLS_NOBODY = {"requestCorrection", "requestCorrectionByProof", "requestOwnCorrection"}
"""Whether a number in them is held is looked at when they are approved: `approveCorrection` counts."""


def takers(document: Json) -> dict[str, tuple[str, Json]]:
    """Operations whose body takes a document number: path and example of each."""
    schemas = document["components"]["schemas"]

    def takes_number(schema: Any) -> bool:
        if isinstance(schema, list):
            return any(takes_number(part) for part in schema)
        if not isinstance(schema, dict):
            return False
        if "$ref" in schema:
            return takes_number(schemas[schema["$ref"].rsplit("/", 1)[1]])
        names = schema.get("properties", {}).keys()
        return bool({"document", "document_number"} & names) or any(takes_number(part) for part in schema.values())

    return {
        operation["operationId"]: (path, operation["requestBody"]["content"]["application/json"]["example"])
        for path, item in document["paths"].items()
        for operation in item.values()
        if takes_number(operation.get("requestBody", {}))
    }


@pytest.mark.usefixtures("unguarded")
async def test_whoever_has_asked_too_often_is_refused_by_every_operation_that_takes_a_number(
    client_of: Client, county: None, app: FastAPI
) -> None:
    taken = takers(app.openapi())
    assert taken.keys() == {
        *("registerPerson", "findPossibleDuplicates", "searchPersons", "correctPerson", "foundHousehold"),
        *("addHouseholdMember", "requestTransfer", "openProof", "bindOwnAccount"),
        *TELLS_NOBODY,
    }
    clerk, resident = client_of(*CLERK, subject="asker"), client_of("resident", VILLAGE, subject="asker")
    allow(app, 1)
    assert (await search(clerk, a_number())).status_code == 200
    for operation in sorted(taken.keys() - TELLS_NOBODY):
        path, body = taken[operation]
        client = resident if "/own/" in path else clerk
        answer = await client.post(path.replace("{id}", NOBODY), json=body, headers={"if-match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited"), operation


@pytest.mark.usefixtures("unguarded")
async def test_to_ask_who_is_alike_counts_and_so_does_whoever_is_refused_for_it(
    client_of: Client, county: None, app: FastAPI
) -> None:
    """Each day of a month could be tried, until the answer names the one that a masked answer hides."""
    born = {"entry": "birth", "birth_date": "2026-03-02", "occurred_on": "2026-03-02", "name": "覃小宝"}
    child = a_person(**born, document=None)
    await register(client_of(*CLERK), **born, document=None)
    asker = client_of(*CLERK, subject="asker")
    household = a_household({"relation": "02", "person": a_person()}, {"relation": "30", "person": child})
    allow(app, 3)
    for path, body, status in (
        (f"{PERSONS}/possible-duplicates", child, 200),
        (PERSONS, child, 409),
        (HOUSEHOLDS, household, 409),
        (f"{PERSONS}/possible-duplicates", child, 429),
        (PERSONS, child, 429),
    ):
        assert (await asker.post(path, json=body)).status_code == status


async def test_the_row_after_a_page_is_not_looked_at(client_of: Client, county: None, committed: Database) -> None:
    people = [await register(client_of(*CLERK, subject="holder")) for _ in range(3)]
    lister = client_of(*CLERK, subject="lister")
    page = given(await lister.get(PERSONS, params={"area": VILLAGE, "limit": 2}))
    assert page["next_cursor"] is not None
    noted = {line[1] for line in await logged(committed, "lister")}
    assert noted == {one["id"] for one in page["items"]}
    shown = await all_pages(lister, PERSONS, area=VILLAGE, limit=2)
    assert {one["id"] for one in shown} == {one["id"] for one in people}


async def test_who_is_registered_is_shown_as_every_read_shows(client_of: Client, county: None) -> None:
    person = await register(client_of(*CLERK))
    assert person["address"] == "岑溪市岑城镇思孟村委会****"
    assert given(await client_of(*CLERK).get(f"{PERSONS}/{person['id']}")) == person
