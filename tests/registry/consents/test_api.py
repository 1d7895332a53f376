"""Consents on paper over HTTP: entered, listed, withdrawn, annulled, undone, and where they are found."""

import asyncio

import pytest
from httpx import AsyncClient
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import FAR, VILLAGE
from tests.registry.conftest import Client, Events
from tests.registry.consents.giving import (
    CONSENTS,
    REFERENCE,
    a_paper,
    annul,
    listed,
    of_person,
    recorded,
    recording,
    seen,
    steps_of,
    undo,
    withdraw,
)
from tests.registry.persons.test_numbers import logged
from tests.registry.steps import (
    CLERK,
    FAR_CLERK,
    NOBODY,
    PERSONS,
    REGISTRAR,
    assert_not_found,
    assert_refused,
    die,
    found,
    given,
    members_of,
    move_out,
    register,
    start_tag,
)
from tests.registry.tag_contacts.entering import entered, resident, somebody


@pytest.fixture
def clerk(client_of: Client, county: None) -> AsyncClient:
    return client_of(*CLERK, subject="clerk")


async def test_a_signed_consent_is_entered_with_purpose_basis_data_and_days(
    clerk: AsyncClient, events: Events, committed: Database
) -> None:
    person = await register(clerk)
    made = await recorded(clerk, person, until="2027-03-02")
    assert (made["purpose"], made["title"], made["separate"]) == ("publicity", "公开宣传照片和事迹", True)
    assert "第二十五条" in made["basis"]
    assert (made["groups"], made["giver"], made["way"], made["status"]) == (
        ["image", "name"],
        "person",
        "paper",
        "valid",
    )
    assert (made["given_on"], made["until"], made["ended_on"]) == ("2026-03-02", "2027-03-02", None)
    assert await seen(clerk, made) == made
    assert await of_person(clerk, person) == [made]
    (told,) = await events("registry.consent.", made["id"])
    assert (told["type"], told["sequence"]) == ("registry.consent.given", 1)
    assert set(told["state"]) == {
        *("id", "version", "person_id", "purpose", "groups", "giver", "way", "status", "given_on", "until", "ended_on")
    }
    assert REFERENCE not in str(told)
    (step,) = await steps_of(clerk, made)
    assert (step["step"], step["reference"], step["done_by"]) == ("given", REFERENCE, "clerk")
    async with committed.session() as session:
        kept = await session.scalar(text("SELECT reference_sealed FROM consent_versions"))
    assert kept is not None
    assert REFERENCE.encode() not in kept
    assert [action for action, *_ in await logged(committed, "clerk") if "consent" in action] == [
        *("record_consent", "read_consent", "read_consents", "read_consent")
    ]


async def test_a_grid_worker_reads_that_there_is_a_paper_and_not_its_number(
    clerk: AsyncClient, client_of: Client
) -> None:
    made = await recorded(clerk, await register(clerk))
    worker = client_of("grid_worker", VILLAGE)
    assert [one["id"] for one in await listed(worker)] == [made["id"]]
    assert [one["reference"] for one in await steps_of(worker, made)] == [None]
    assert_refused(await withdraw(worker, made), "forbidden")


async def test_what_the_purpose_does_not_need_and_impossible_days_are_refused(clerk: AsyncClient) -> None:
    person = await register(clerk)
    refused = await recording(clerk, person, groups=["name", "health"])
    assert_refused(refused, "consent_does_not_cover", [("groups.1", "consent_does_not_cover")])
    for days, field in (
        ({"given_on": "2026-03-17"}, "given_on"),
        ({"given_on": "1960-05-16"}, "given_on"),
        ({"until": "2026-03-02"}, "until"),
    ):
        assert_refused(await recording(clerk, person, **days), "consent_dates_wrong", [(field, "consent_dates_wrong")])
    bodies: list[dict[str, object]] = [{"groups": []}, {"groups": ["name", "name"]}, {"purpose": "else"}]
    bodies += [{"reference": " "}, {"more": 1}]
    for wrong in bodies:
        assert_refused(await recording(clerk, person, **wrong), "invalid_request", _errors(wrong))
    assert await of_person(clerk, person) == []


def _errors(wrong: dict[str, object]) -> list[tuple[str, str]]:
    code = {
        "groups": "too_short" if wrong.get("groups") == [] else "repeated",
        "purpose": "enum",
        "reference": "string_too_short",
        "more": "extra_forbidden",
    }
    return [("body" if name == "more" else name, code[name]) for name in wrong]


async def test_an_open_end_is_no_far_day(clerk: AsyncClient) -> None:
    person = await register(clerk)
    for number, written in enumerate(("长期", "9999-12-31", None)):
        purpose = ("activities", "contact_list", "employers")[number]
        made = await recorded(clerk, person, purpose=purpose, groups=["name"], until=written)
        assert made["until"] is None


async def test_one_consent_to_a_purpose_holds_on_a_day(clerk: AsyncClient) -> None:
    """Else one that is withdrawn would leave another in force."""
    person = await register(clerk)
    first = await recorded(clerk, person, given_on="2026-01-05", until="2026-02-01")
    await recorded(clerk, person, given_on="2026-02-01")
    refused = await recording(clerk, person, given_on="2026-01-31", until="2026-02-10")
    assert_refused(refused, "consent_known", [(path, "consent_known") for path in _named(refused.json())])
    assert f"consents.{first['id']}" in _named(refused.json())
    await recorded(clerk, person, purpose="activities", groups=["name"])


def _named(body: dict[str, object]) -> list[str]:
    errors = body["errors"]
    assert isinstance(errors, list)
    return [one["path"] for one in errors]


async def test_what_was_withdrawn_on_paper_holds_no_more_and_is_undone_with_a_reason(
    clerk: AsyncClient, events: Events
) -> None:
    person = await register(clerk)
    made = await recorded(clerk, person)
    for day in ("2026-03-01", "2026-03-17"):
        assert_refused(
            await withdraw(clerk, made, day), "consent_dates_wrong", [("withdrawn_on", "consent_dates_wrong")]
        )
    assert_refused(await withdraw(clerk, made, headers={"if-match": '"2"'}), "version_mismatch")
    withdrawn = given(await withdraw(clerk, made))
    assert (withdrawn["status"], withdrawn["ended_on"], withdrawn["version"]) == ("withdrawn", "2026-03-10", 2)
    assert await listed(clerk) == []
    assert [one["id"] for one in await listed(clerk, on="2026-03-09")] == [made["id"]]
    assert_refused(await withdraw(clerk, made), "consent_transition_not_allowed")
    path = f"{CONSENTS}/{made['id']}/undo"
    assert_refused(await clerk.post(path, json={"reason": "other"}), "precondition_required")
    again = given(await undo(clerk, made))
    assert (again["status"], again["ended_on"], again["version"]) == ("valid", None, 3)
    assert_refused(await undo(clerk, made), "consent_nothing_to_undo")
    steps = await steps_of(clerk, made)
    assert [(one["step"], one["status"], one["reason"]) for one in steps] == [
        ("given", "valid", None),
        ("withdrawn", "withdrawn", None),
        ("undone", "valid", "not_happened"),
    ]
    assert steps[1]["reference"] == "思孟撤回书第3号", "what was undone stays in the history"
    told = [one["type"].rpartition(".")[2] for one in await events("registry.consent.", made["id"])]
    assert told == ["given", "withdrawn", "restored"]


async def test_an_undo_goes_back_step_by_step_and_is_refused_where_another_holds_now(clerk: AsyncClient) -> None:
    person = await register(clerk)
    made = await recorded(clerk, person)
    given(await withdraw(clerk, made))
    given(await annul(clerk, made))
    assert (await seen(clerk, made))["status"] == "annulled"
    assert await listed(clerk, on="2026-03-09") == []
    assert (given(await undo(clerk, made)))["status"] == "withdrawn"
    newer = await recorded(clerk, person, given_on="2026-03-12")
    assert_refused(await undo(clerk, made), "consent_known", [(f"consents.{newer['id']}", "consent_known")])
    given(await annul(clerk, newer))
    assert (given(await undo(clerk, made)))["status"] == "valid"


async def test_one_whose_term_is_over_is_not_withdrawn(clerk: AsyncClient) -> None:
    made = await recorded(clerk, await register(clerk), given_on="2026-01-05", until="2026-02-01")
    assert await listed(clerk) == []
    assert_refused(await withdraw(clerk, made, "2026-02-01"), "consent_transition_not_allowed")
    assert given(await withdraw(clerk, made, "2026-01-20"))["ended_on"] == "2026-01-20"


async def test_nobody_consents_who_is_dead_or_gone(clerk: AsyncClient) -> None:
    for event, code in ((die, "person_deceased"), (move_out, "person_not_active")):
        person = await register(clerk)
        given(await event(clerk, person["id"], "2026-03-08"))
        assert_refused(await recording(clerk, person), code)


async def test_it_is_found_where_the_person_belongs_alone(clerk: AsyncClient, client_of: Client) -> None:
    person = await register(clerk)
    made, far = await recorded(clerk, person), client_of(*FAR_CLERK)
    for answer in (
        await far.get(f"{CONSENTS}/{made['id']}"),
        await far.get(f"{CONSENTS}/{NOBODY}"),
        await far.get(f"{CONSENTS}/{made['id']}/history"),
        await far.get(f"{PERSONS}/{person['id']}/consents"),
        await far.get(CONSENTS, params={"area": VILLAGE}),
        await recording(far, person),
        await withdraw(far, made),
        await annul(far, made),
        await annul(far, {"id": NOBODY}),
    ):
        assert_not_found(answer)
    assert await listed(far, FAR) == []
    assert [one["id"] for one in await listed(client_of(*REGISTRAR), processed_for="publicity")] == [made["id"]]
    assert await listed(client_of(*REGISTRAR), processed_for="messages") == []


async def test_for_a_child_a_parent_signs_whom_the_household_or_the_birth_knows(clerk: AsyncClient) -> None:
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝")
    mother, stranger = await register(clerk, birth_date="1990-05-17"), await register(clerk)
    assert_refused(await recording(clerk, child), "consent_by_guardian")
    guardian = {"incapacity": "minor", "person_id": mother["id"]}
    path = [("guardian.person_id", "consent_guardian_wrong")]
    assert_refused(await recording(clerk, child, guardian=guardian), "consent_guardian_wrong", path)
    await found(clerk, {"relation": "02", "person_id": mother["id"]}, {"relation": "30", "person_id": child["id"]})
    made = await recorded(clerk, child, guardian=guardian)
    assert (made["giver"], made["guardian_id"], made["known_by"]) == ("guardian_of_minor", mother["id"], "household")
    other = {**guardian, "person_id": stranger["id"]}
    assert_refused(
        await recording(clerk, child, purpose="activities", groups=["name"], guardian=other),
        "consent_guardian_wrong",
        path,
    )
    assert_refused(
        await recording(clerk, mother, guardian={**guardian, "person_id": stranger["id"]}),
        "consent_guardian_wrong",
        path,
    )
    newborn = await register(
        clerk,
        entry="birth",
        birth_date="2026-02-17",
        occurred_on="2026-02-17",
        name="覃新宝",
        document=None,
        delivery={"mother_id": mother["id"]},
        undocumented={"reason": "not_applied", "due_on": "2026-06-30"},
    )
    assert (await recorded(clerk, newborn, guardian=guardian))["known_by"] == "birth"


async def test_a_guardian_of_a_care_tag_signs_also_from_outside_the_register(clerk: AsyncClient) -> None:
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝")
    tag = await start_tag(clerk, child["id"], "left_behind_child")
    contact = await entered(clerk, tag, somebody())
    by = {"incapacity": "minor", "contact_id": contact["id"]}
    made = await recorded(clerk, child, guardian=by)
    assert (made["contact_id"], made["guardian_id"], made["known_by"]) == (contact["id"], None, "contact")
    responsible = await entered(clerk, tag, somebody(role="responsible", relation="volunteer", name="欧阳志愿"))
    wrong = await recording(
        clerk, child, purpose="activities", groups=["name"], guardian={**by, "contact_id": responsible["id"]}
    )
    assert_refused(wrong, "consent_guardian_wrong", [("guardian.contact_id", "consent_guardian_wrong")])
    both = {**by, "person_id": child["id"]}
    assert_refused(await recording(clerk, child, guardian=both), "invalid_request", [("guardian", "one_of")])


async def test_for_an_adult_a_guardian_signs_who_is_entered_as_such_and_no_kin(clerk: AsyncClient) -> None:
    household = await found(clerk)
    ward, spouse = ({"id": one} for one in members_of(household)[::-1])
    by = {"incapacity": "incapable", "person_id": spouse["id"]}
    path = [("guardian.person_id", "consent_guardian_wrong")]
    assert_refused(await recording(clerk, ward, guardian=by), "consent_guardian_wrong", path)
    tag = await start_tag(clerk, ward["id"], "disabled")
    await entered(clerk, tag, resident(spouse["id"], relation="spouse"))
    made = await recorded(clerk, ward, guardian=by)
    assert (made["giver"], made["known_by"]) == ("guardian_of_incapable", "contact")
    minor = {**by, "incapacity": "minor"}
    refused = await recording(clerk, ward, purpose="activities", groups=["name"], guardian=minor)
    assert_refused(refused, "consent_guardian_wrong", [("guardian", "consent_guardian_wrong")])


async def test_a_guardian_of_a_restricted_tag_is_not_relied_on(client_of: Client, county: None) -> None:
    """Else whoever enters consents would learn by the answer that there is such a tag."""
    registrar = client_of(*REGISTRAR)
    ward, guardian = await register(registrar), await register(registrar)
    tag = await start_tag(registrar, ward["id"], "severe_mental_disorder", restricted=True)
    await entered(registrar, tag, resident(guardian["id"], relation="sibling"))
    by = {"incapacity": "incapable", "person_id": guardian["id"]}
    path = [("guardian.person_id", "consent_guardian_wrong")]
    assert_refused(await recording(registrar, ward, guardian=by), "consent_guardian_wrong", path)


async def test_a_guardian_elsewhere_is_asked_for_with_the_own_area(clerk: AsyncClient, client_of: Client) -> None:
    child = await register(clerk, birth_date="2016-05-17", name="覃小宝")
    away = {"residence": {"area": FAR}, "registration": {"area": FAR}}
    far = await register(client_of(*FAR_CLERK), **away)
    for who in (far["id"], NOBODY):
        refused = await recording(clerk, child, guardian={"incapacity": "minor", "person_id": who})
        assert_not_found(refused, "guardian.person_id")


async def test_two_who_enter_the_same_at_once_enter_one(clerk: AsyncClient, client_of: Client) -> None:
    person = await register(clerk)
    several = [client_of(*CLERK, subject=f"clerk-{n}") for n in range(3)]
    answers = await asyncio.gather(*(recording(one, person) for one in several))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    assert a_paper()["purpose"] == (await of_person(clerk, person))[0]["purpose"]
