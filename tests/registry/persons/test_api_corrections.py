"""Corrections: with the version in hand, whole or not at all, and what follows from them in tags and events."""

from datetime import date

import pytest

from tests.registry.builders import FAR, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    TAKEN,
    Json,
    assert_not_found,
    assert_refused,
    correct,
    die,
    given,
    move_in,
    person_of,
    register,
    start_tag,
)

pytestmark = pytest.mark.usefixtures("unguarded")
"""What a correction must hold, whoever has to approve it: `tests/registry/corrections` asks who must."""

FULL = {"view": "full", "purpose": "verification"}
PASSPORT = {"type": "passport", "number": "E12345678"}


async def full(client_of: Client, person: Json) -> Json:
    return given(await client_of(*REGISTRAR).get(f"{PERSONS}/{person['id']}", params=FULL))


@pytest.mark.parametrize(
    ("field", "value", "shown"),
    [
        ("name", "覃大英", "覃*英"),
        ("phone", "0774-8212345", "****"),
        ("address", "思孟村五组一号", "岑溪市岑城镇思孟村委会****"),
        ("ethnic_group", "01", "01"),
    ],
)
async def test_one_field_is_set_right_and_the_others_stay(
    client_of: Client, county: None, field: str, value: str, shown: str
) -> None:
    person = await register(client_of(*CLERK))
    before = await full(client_of, person)
    answer = given(await correct(client_of(*CLERK), person, **{field: value}))
    assert (answer[field], answer["version"]) == (shown, 2)
    after = await full(client_of, person)
    assert after == {**before, field: value, "version": 2}
    # what is shown masked is what was masked anew
    assert await person_of(client_of(*CLERK), person["id"]) == answer


async def test_text_is_kept_composed_and_trimmed(client_of: Client, county: None) -> None:
    person = await register(client_of(*CLERK), name="  覃秀英 ", address=" Cafe\u0301 ")
    seen = await full(client_of, person)
    assert (seen["name"], seen["address"]) == ("覃秀英", "Café")
    given(await correct(client_of(*CLERK), person, name=" 覃小英 "))
    assert (await full(client_of, person))["name"] == "覃小英"


async def test_sex_birth_date_and_number_are_set_right_together(client_of: Client, county: None) -> None:
    person = await register(client_of(*CLERK))
    number = a_number(sex="1")
    changed = {"sex": "1", "document": {"number": f" {number[:6]} {number[6:].lower()}"}}
    given(await correct(client_of(*CLERK), person, **changed))
    seen = await full(client_of, person)
    assert (seen["sex"], seen["document_number"], seen["document_type"]) == ("1", number, "citizen_id")


async def test_another_document_takes_the_place_of_the_first(client_of: Client, county: None) -> None:
    sent = a_person()
    client = client_of(*CLERK)
    person = given(await client.post(PERSONS, json=sent), 201)
    after = given(await correct(client, person, document=PASSPORT))
    assert (after["document_type"], after["document_number"]) == ("passport", "****78")
    for type_, number, count in (("passport", "e1234 5678", 1), ("citizen_id", sent["document"]["number"], 0)):
        search = {"document_type": type_, "document_number": number, "purpose": "verification"}
        assert len(given(await client.post(f"{PERSONS}/search", json=search))["items"]) == count
    # the number that became free may be registered by its true owner
    given(await client.post(PERSONS, json=sent), 201)


REFUSED: list[tuple[Json, str, list[tuple[str, str]]]] = [
    ({"phone": "12", "ethnic_group": "99"}, "invalid_request", [("phone", "phone"), ("ethnic_group", "code")]),
    ({"name": "覃\u200b英"}, "invalid_request", [("name", "control_character")]),
    ({"document": {"number": "450481199003070191"}}, "invalid_request", [("document.number", "checksum")]),
    ({"sex": "1"}, "number_disagrees", [("sex", "number_disagrees")]),
    (
        {"sex": "1", "birth_date": "1950-01-01"},
        "number_disagrees",
        [("sex", "number_disagrees"), ("birth_date", "number_disagrees")],
    ),
    ({"birth_date": "2026-01-02"}, "birth_date_too_late", []),
    (
        {"sex": "3", "birth_date": "gestern", "status": "x"},
        "invalid_request",
        [("sex", "literal_error"), ("birth_date", "date_from_datetime_parsing"), ("body", "extra_forbidden")],
    ),
]


async def test_a_refused_correction_changes_nothing(client_of: Client, county: None, events: Events) -> None:
    for fields, code, errors in REFUSED:
        person = await register(client_of(*CLERK))
        before, told = await full(client_of, person), await events()
        assert_refused(await correct(client_of(*CLERK), person, **fields), code, errors)
        assert await full(client_of, person) == before
        assert await events() == told


async def test_a_number_of_somebody_else_is_not_taken(client_of: Client, county: None) -> None:
    first, sent = await register(client_of(*CLERK)), a_person()
    given(await client_of(*CLERK).post(PERSONS, json=sent), 201)
    before = await full(client_of, first)
    answer = await correct(client_of(*CLERK), first, document=sent["document"])
    assert_refused(answer, "person_already_registered", TAKEN)
    assert await full(client_of, first) == before


async def test_the_birth_date_of_who_was_born_here_stays(client_of: Client, county: None) -> None:
    born = {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None}
    person = await register(client_of(*CLERK), **born)
    assert_refused(await correct(client_of(*CLERK), person, birth_date="2026-03-09"), "born_here")
    given(await correct(client_of(*CLERK), person, birth_date="2026-03-10", name="覃小宝"))


async def test_a_newborn_gets_the_number_later(client_of: Client, county: None) -> None:
    born = {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None}
    person = await register(client_of(*CLERK), **born)
    wrong = {"number": a_number()}
    assert_refused(
        await correct(client_of(*CLERK), person, document=wrong),
        "number_disagrees",
        [("birth_date", "number_disagrees")],
    )
    number = a_number(date(2026, 3, 10), "2")
    given(await correct(client_of(*CLERK), person, document={"number": number}))
    again = await client_of(*CLERK).post(
        PERSONS, json=a_person(birth_date="2026-03-10", occurred_on="2026-03-12", document={"number": number})
    )
    assert_refused(again, "person_already_registered", TAKEN)


async def test_the_version_in_hand_is_asked_for(client_of: Client, county: None) -> None:
    person = await register(client_of(*CLERK))
    client, path = client_of(*CLERK), f"{PERSONS}/{person['id']}/correct"
    body = {"ethnic_group": "01"}
    assert_refused(await client.post(path, json=body), "precondition_required")
    for stale in ('"2"', '"0"', 'W/"1"', '"2", "3"', '"x"'):
        assert_refused(await client.post(path, json=body, headers={"if-match": stale}), "version_mismatch")
    for malformed in ("1", ""):
        answer = await client.post(path, json=body, headers={"if-match": malformed})
        assert_refused(answer, "invalid_request", [("header.if-match", "etag_malformed")])
    # whichever representation the version was seen in
    answer = await client.post(path, json=body, headers={"if-match": ' "1.full" '})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2.masked"')


async def test_what_is_out_of_scope_is_not_there_whatever_the_version(client_of: Client, county: None) -> None:
    person = await register(client_of(*CLERK))
    for id_ in (person["id"], NOBODY):
        for version in (1, 9):
            asked = {"id": id_, "version": version}
            assert_not_found(await correct(client_of(*FAR_CLERK), asked, phone="13912345678"))


@pytest.mark.parametrize(
    ("fields", "follows"),
    [
        ({"birth_date": "1959-12-31"}, True),
        ({"sex": "1"}, True),
        ({"birth_date": "1960-05-17", "name": "覃小英"}, False),
        ({"name": "覃小英", "phone": "13912345678"}, False),
        ({"ethnic_group": "01"}, False),
        ({"document": {"type": "passport", "number": "E87654321"}}, False),
    ],
)
async def test_tags_of_both_families_follow_sex_and_birth_and_nothing_else(
    client_of: Client, county: None, events: Events, fields: Json, follows: bool
) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client, document=PASSPORT)
    open_, ended = (
        await start_tag(client, person["id"], "elder_alone"),
        await start_tag(client, person["id"], "disabled"),
    )
    given(await client.post(f"/registry/v1/tags/{ended['id']}/end", json={"ended_on": "2026-03-05"}))
    sensitive = await start_tag(client, person["id"], "drug_user", restricted=True)
    told = len(await events())
    given(await correct(client, person, **fields))
    after = (await events())[told:]
    assert after[0]["type"] == "registry.person.corrected"
    followed = {one["key"]: one for one in after[1:]}
    assert set(followed) == ({open_["id"], ended["id"], sensitive["id"]} if follows else set())
    for id_, family, version in (
        (open_["id"], "tag", 2),
        (ended["id"], "tag", 3),
        (sensitive["id"], "restricted_tag", 2),
    ):
        if follows:
            fact = followed[id_]
            assert (fact["type"], fact["sequence"]) == (f"registry.{family}.followed", version)
            assert (fact["state"]["sex"], fact["state"]["birth_month"]) == (
                fields.get("sex", "2"),
                fields.get("birth_date", "1960-05-17")[:7],
            )


async def test_the_dead_and_the_gone_may_be_corrected(client_of: Client, county: None, events: Events) -> None:
    client = client_of(*REGISTRAR)
    person = await register(client)
    given(await move_in(client, person["id"], "2026-02-01", residence=FAR))
    dead = given(await die(client, person["id"], "2026-03-01"))
    after = given(await correct(client, dead, ethnic_group="01"))
    assert (after["status"], after["died_on"], after["ethnic_group"]) == ("deceased", "2026-03-01", "01")
    assert after["residence"] == dead["residence"]
    assert [one["sequence"] for one in await events("registry.person.", person["id"])] == [1, 2, 3, 4]


async def test_a_correction_moves_no_line(client_of: Client, county: None, events: Events) -> None:
    person = await register(client_of(*CLERK), document=PASSPORT)
    before = await events("registry.posting.")
    given(await correct(client_of(*CLERK), person, birth_date="1959-01-01", sex="1", ethnic_group="01"))
    assert await events("registry.posting.") == before
    assert (await person_of(client_of(*CLERK), person["id"]))["residence"][0]["area"] == VILLAGE


@pytest.mark.parametrize(("field", "left"), [("phone", None), ("address", None), ("ethnic_group", None)])
async def test_null_removes_what_may_be_empty(client_of: Client, county: None, field: str, left: None) -> None:
    person = await register(client_of(*CLERK))
    answer = given(await correct(client_of(*CLERK), person, **{field: None}))
    assert (answer[field], answer["version"]) == (left, 2)
    assert (await full(client_of, person))[field] is left
    assert (await person_of(client_of(*CLERK), person["id"])) == answer


@pytest.mark.parametrize("field", ["name", "sex", "birth_date", "document"])
async def test_null_does_not_remove_what_a_person_must_have(client_of: Client, county: None, field: str) -> None:
    person = await register(client_of(*CLERK))
    answer = await correct(client_of(*CLERK), person, **{field: None})
    assert_refused(answer, "invalid_request", [(field, "not_removable")])


async def test_an_empty_correction_makes_no_version_and_no_fact(
    client_of: Client, county: None, events: Events
) -> None:
    person = await register(client_of(*CLERK))
    told = await events()
    assert_refused(await correct(client_of(*CLERK), person), "invalid_request", [("body", "empty_correction")])
    same = {"name": " 覃 秀 英", "phone": "+86 138 0774 8000", "sex": "2"}
    assert_refused(await correct(client_of(*CLERK), person, **same), "nothing_to_correct")
    assert await events() == told
    assert (await person_of(client_of(*CLERK), person["id"]))["version"] == 1


async def test_name_and_phone_have_one_form_however_they_are_typed(client_of: Client, county: None) -> None:
    person = await register(client_of(*CLERK), name="买买提．艾 力", phone="＋86 138-0774-8001")
    seen = await full(client_of, person)
    assert (seen["name"], seen["phone"], person["name"]) == ("买买提·艾力", "13807748001", "买**力")
    given(await correct(client_of(*CLERK), person, name="阿卜杜拉•买买提", phone="0774-8212345转801"))
    seen = await full(client_of, person)
    assert (seen["name"], seen["phone"]) == ("阿卜杜拉·买买提", "0774-8212345-801")


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"name": "覃?英"}, ("name", "lost_character")),
        ({"name": "覃\ufffd英"}, ("name", "lost_character")),
        ({"name": "覃😀"}, ("name", "symbol")),
        ({"name": "覃\ue000"}, ("name", "private_use_character")),
        ({"phone": "12345678901"}, ("phone", "phone")),
    ],
)
async def test_what_is_no_name_and_no_phone_is_refused_by_name(
    client_of: Client, county: None, fields: Json, error: tuple[str, str]
) -> None:
    refused = await client_of(*CLERK).post(PERSONS, json=a_person(**fields))
    assert_refused(refused, "invalid_request", [error])
    person = await register(client_of(*CLERK))
    assert_refused(await correct(client_of(*CLERK), person, **fields), "invalid_request", [error])
