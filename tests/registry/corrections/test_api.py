"""Requests for corrections: what is guarded, who approves in which order, what has changed meanwhile, what is shown."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import AsyncClient
from sqlalchemy import text

from services.registry.corrections.domain import CorrectionPolicy
from shared.db.engine import Database
from tests.registry.builders import FAR, SISTER, TOWN, VILLAGE, a_number, a_person
from tests.registry.conftest import Client, Events
from tests.registry.corrections.asking import (
    APPROVER,
    ASKER,
    CHECKER,
    CONFIRMER,
    NAME,
    OTHER_NAME,
    approve,
    asked,
    asking,
    correction_of,
    listed,
    refuse,
    withdraw,
)
from tests.registry.persons.test_numbers import lines
from tests.registry.steps import (
    CORRECTIONS,
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
    person_of,
    proposed,
    register,
)

FULL = {"view": "full", "purpose": "verification"}


class Office:
    """Who asks for a correction and who approves it, each somebody else."""

    def __init__(self, client_of: Client) -> None:
        def of(who: tuple[str, str, str]) -> AsyncClient:
            role, area, subject = who
            return client_of(role, area, subject=subject)

        self.asker, self.checker, self.approver, self.confirmer = map(of, (ASKER, CHECKER, APPROVER, CONFIRMER))
        self.registrar = client_of(*REGISTRAR)

    async def done(self, person: Json, **changes: Any) -> Json:
        """A correction that was asked for and approved in both steps."""
        made = await asked(self.asker, person, **changes)
        given(await approve(self.checker, made, "check"))
        return given(await approve(self.approver, made, "approve"))

    async def full(self, person: Json) -> Json:
        return given(await self.registrar.get(f"{PERSONS}/{person['id']}", params=FULL))


@pytest.fixture
def office(client_of: Client, county: None) -> Office:
    return Office(client_of)


@pytest.fixture
def three_steps(app: FastAPI) -> Iterator[None]:
    """A county in which a phone number takes three steps, and nothing else any."""
    kept = app.state.correction_policy
    app.state.correction_policy = CorrectionPolicy.parse("phone:check+approve+confirm", 4)
    yield
    app.state.correction_policy = kept


GUARDED: list[Json] = [
    {"name": OTHER_NAME},
    {"sex": "1"},
    {"birth_date": "1960-05-18"},
    {"document": {"type": "passport", "number": "E12345678"}},
    {"ethnic_group": "01"},
    {"ethnic_group": None},
]


async def test_what_policy_guards_is_not_corrected_at_once(office: Office, events: Events) -> None:
    person = await register(office.asker, document={"type": "passport", "number": "E87654321"}, ethnic_group="08")
    for fields in GUARDED:
        refused = await correct(office.registrar, person, phone="13912345678", **fields)
        assert_refused(refused, "correction_needs_approval", [(name, "correction_needs_approval") for name in fields])
    assert len(await events("registry.person.", person["id"])) == 1
    free = {"phone": "13912345678", "address": "示例路2号", "name": f" {NAME} "}  # the name as it is
    assert given(await correct(office.asker, person, **free))["version"] == 2


async def test_what_was_empty_is_filled_in_at_once(office: Office) -> None:
    born = {"entry": "birth", "occurred_on": "2026-03-10", "birth_date": "2026-03-10", "document": None}
    person = await register(office.asker, ethnic_group=None, **born)
    number = {"number": a_number(date(2026, 3, 10))}
    person = given(await correct(office.asker, person, document=number, ethnic_group="01"))
    assert_refused(
        await correct(office.asker, person, ethnic_group="02"),
        "correction_needs_approval",
        [("ethnic_group", "correction_needs_approval")],
    )


async def test_two_others_approve_and_the_person_is_corrected(office: Office, events: Events) -> None:
    person = await register(office.asker)
    made = given(await asking(office.asker, person, note="与户口簿不一致"), 201)
    assert (made["status"], made["steps"], made["next_step"]) == ("requested", ["check", "approve"], "check")
    assert (made["fields"], made["due_on"], made["note"]) == (["name"], "2026-03-30", "与户口簿不一致")
    checked = given(await approve(office.checker, made, "check"))
    assert (checked["status"], checked["next_step"], checked["version"]) == ("requested", "approve", 2)
    assert (await person_of(office.asker, person["id"])) == person, "nothing is corrected before the last step"
    done = given(await approve(office.approver, made, "approve"))
    assert (done["status"], done["next_step"], done["decided_by"]) == ("carried_out", None, "approves")
    assert [(one["step"], one["by"]) for one in done["approvals"]] == [("check", "checks"), ("approve", "approves")]
    assert done["person"]["name"] == "覃*瑛"
    seen = await office.full(person)
    assert (seen["name"], seen["version"]) == (OTHER_NAME, 2)
    assert [one["type"].rpartition(".")[2] for one in await events("registry.correction.")] == [
        "requested",
        "approved",
        "carried_out",
    ]
    assert [one["sequence"] for one in await events("registry.correction.", made["id"])] == [1, 2, 3]
    assert len(await events("registry.person.corrected", person["id"])) == 1


async def test_it_is_undone_by_correcting_back_in_the_same_way(office: Office) -> None:
    person = await register(office.asker)
    before = await office.full(person)
    await office.done(person)
    now = await person_of(office.asker, person["id"])
    assert_refused(
        await correct(office.registrar, now, name=NAME),
        "correction_needs_approval",
        [("name", "correction_needs_approval")],
    )
    await office.done(now, name=NAME)
    assert await office.full(person) == {**before, "version": 3}


@pytest.mark.usefixtures("three_steps")
async def test_the_order_of_steps_is_the_countys(office: Office) -> None:
    person = await register(office.asker)
    given(await correct(office.asker, person, name=OTHER_NAME))  # not guarded here
    made = await asked(office.asker, person | {"version": 2}, phone="13912345678", name=NAME)
    assert (made["steps"], made["due_on"], made["fields"]) == (
        ["check", "approve", "confirm"],
        "2026-03-20",
        ["name", "phone"],
    )
    for early in ("approve", "confirm"):
        refused = await approve(office.confirmer, made, early)
        assert_refused(refused, "correction_step_not_next", [("step", "correction_step_not_next")])
    given(await approve(office.checker, made, "check"))
    again = await approve(office.confirmer, made, "check")
    assert_refused(again, "correction_step_not_next", [("step", "correction_step_not_next")])
    given(await approve(office.approver, made, "approve"))
    assert (await person_of(office.asker, person["id"]))["version"] == 2
    assert given(await approve(office.confirmer, made, "confirm"))["status"] == "carried_out"
    assert (await office.full(person))["phone"] == "13912345678"


async def test_nobody_takes_two_steps_and_the_asker_none(office: Office, client_of: Client) -> None:
    person = await register(office.asker)
    everywhere = client_of("county_registrar", "450481", subject="asks")
    made = await asked(office.asker, person)
    for verb in (approve, refuse):
        assert_refused(await verb(everywhere, made, "check"), "correction_four_eyes")
    twice = client_of("county_registrar", "450481", subject="twice")
    given(await approve(twice, made, "check"))
    for verb in (approve, refuse):
        assert_refused(await verb(twice, made, "approve"), "correction_four_eyes")
    assert (await correction_of(office.asker, made))["status"] == "requested"


async def test_a_step_is_taken_by_who_may_take_it_there(office: Office, client_of: Client) -> None:
    made = await asked(office.asker, await register(office.asker))
    given(await approve(office.checker, made, "check"))
    clerk = client_of("village_clerk", VILLAGE, subject="third")
    for verb in (approve, refuse):
        assert_refused(await verb(clerk, made, "approve"), "forbidden")
    for stranger in (client_of(*FAR_CLERK), client_of("town_officer", FAR[:9]), client_of("village_clerk", SISTER)):
        for answer in (
            await approve(stranger, made, "approve"),
            await refuse(stranger, made, "approve"),
            await withdraw(stranger, made),
            await stranger.get(f"{CORRECTIONS}/{made['id']}"),
        ):
            assert_not_found(answer)
    given(await approve(office.approver, made, "approve"))


async def test_a_repeated_approval_is_judged_again_and_done_once(office: Office, client_of: Client) -> None:
    made = await asked(office.asker, await register(office.asker))
    given(await approve(office.checker, made, "check"))
    key = {"idempotency-key": "7e0f2c8a-2b52-4a0a-9d8e-000000000001"}
    path = f"{CORRECTIONS}/{made['id']}/approve"
    first, second = [await office.approver.post(path, json={"step": "approve"}, headers=key) for _ in range(2)]
    assert (first.status_code, second.status_code, first.content == second.content) == (200, 200, True)
    demoted = client_of("village_clerk", VILLAGE, subject="approves")
    answer = await demoted.post(path, json={"step": "approve"}, headers=key)
    assert answer.status_code in (403, 404, 409), "who may not approve any more is not shown what they approved"


async def test_a_refusal_says_why_and_nothing_is_corrected(office: Office, events: Events) -> None:
    person = await register(office.asker)
    made = await asked(office.asker, person)
    given(await approve(office.checker, made, "check"))
    done = given(await refuse(office.approver, made, "approve", reason="wrong_value", note="与身份证不符"))
    assert (done["status"], done["refusal"], done["answer"]) == ("refused", "wrong_value", "与身份证不符")
    assert (await correction_of(office.asker, made))["answer"] == "与身份证不符"
    for answer in (
        await approve(office.approver, made, "approve"),
        await refuse(office.approver, made, "approve"),
        await withdraw(office.asker, made),
    ):
        assert_refused(answer, "correction_decided")
    assert await person_of(office.asker, person["id"]) == person
    (told,) = await events("registry.correction.refused")
    assert told["state"]["refusal"] == "wrong_value"
    await asked(office.asker, person)  # another may be asked for


async def test_one_request_waits_for_a_person_at_a_time(office: Office) -> None:
    person = await register(office.asker)
    made = await asked(office.asker, person)
    assert_refused(await asking(office.checker, person), "correction_pending")
    given(await withdraw(office.checker, made))
    await asked(office.checker, person)


REFUSED: list[tuple[Json, str, list[tuple[str, str]]]] = [
    ({"phone": "13912345678"}, "correction_not_guarded", [("changes", "correction_not_guarded")]),
    ({"name": NAME}, "nothing_to_correct", []),
    ({"name": "覃\u200b英"}, "invalid_request", [("changes.name", "control_character")]),
    ({"sex": "1"}, "number_disagrees", [("changes.sex", "number_disagrees")]),
    ({"document": {"number": "450481199003070191"}}, "invalid_request", [("changes.document.number", "checksum")]),
    ({"birth_date": "2026-01-02"}, "birth_date_too_late", []),
    ({}, "invalid_request", [("changes", "empty_correction")]),
]


async def test_what_could_not_be_corrected_is_not_asked_for(office: Office, events: Events) -> None:
    person = await register(office.asker)
    for changes, code, errors in REFUSED:
        assert_refused(await asking(office.asker, person, changes=changes), code, errors)
    for version, code in ((2, "version_mismatch"), (0, "version_mismatch")):
        assert_refused(await asking(office.asker, person | {"version": version}), code)
    unversioned = await office.asker.post(
        f"{PERSONS}/{person['id']}/corrections", json={"changes": {"name": "覃"}, "reason": "other"}
    )
    assert_refused(unversioned, "precondition_required")
    assert await events("registry.correction.") == []


async def changed(office: Office, person: Json) -> None:
    given(await correct(office.registrar, person, phone="13912345678"))


async def moved(office: Office, person: Json) -> None:
    given(await move_in(office.registrar, person["id"], "2026-03-01", residence=SISTER, registration=SISTER))


async def died(office: Office, person: Json) -> None:
    given(await die(office.registrar, person["id"], "2026-03-01"))


@pytest.mark.parametrize("meanwhile", [changed, moved, died])
async def test_nobody_approves_what_the_asker_has_not_seen(office: Office, events: Events, meanwhile: Any) -> None:
    """Corrected, moved or dead meanwhile: the request is seen where the person is, and is asked for anew."""
    person = await register(office.asker)
    made = await asked(office.asker, person)
    given(await approve(office.checker, made, "check"))
    await meanwhile(office, person)
    assert (await correction_of(office.approver, made))["outdated"] is True
    assert_refused(await approve(office.approver, made, "approve"), "correction_outdated")
    assert_refused(
        await asking(office.registrar, await person_of(office.registrar, person["id"])), "correction_pending"
    )
    given(await refuse(office.approver, made, "approve", reason="outdated"))
    assert (await correction_of(office.registrar, made))["outdated"] is False, "what has ended is not outdated"
    await asked(office.registrar, await person_of(office.registrar, person["id"]))
    assert await events("registry.correction.carried_out") == []


async def test_who_has_moved_away_takes_the_request_along(office: Office, client_of: Client) -> None:
    person = await register(office.asker)
    made = await asked(office.asker, person)
    given(await move_in(office.registrar, person["id"], "2026-03-01", residence=FAR, registration=FAR))
    assert await listed(office.asker, VILLAGE) == []
    assert_not_found(await office.asker.get(f"{CORRECTIONS}/{made['id']}"))
    far = client_of(*FAR_CLERK, subject="far")
    assert [(one["id"], one["outdated"]) for one in await listed(far, FAR)] == [(made["id"], True)]
    assert_refused(await approve(far, made, "check"), "correction_outdated")
    given(await withdraw(far, made))


async def test_of_who_was_merged_nothing_is_approved(office: Office, client_of: Client) -> None:
    person, survivor = await register(office.asker), await register(office.asker)
    made = await asked(office.asker, person)
    pair = await proposed(office.asker, person["id"], survivor["id"])
    approver = client_of(*REGISTRAR, subject="merges")
    given(await approver.post(f"/registry/v1/duplicates/{pair['id']}/approve"))
    assert_refused(await approve(office.checker, made, "check"), "person_merged")
    assert (await correction_of(office.checker, made))["outdated"] is True
    given(await refuse(office.checker, made, reason="wrong_person"))


async def test_by_the_rules_of_the_moment_a_number_that_is_taken_meanwhile_is_refused(
    office: Office, client_of: Client
) -> None:
    person, number = await register(office.asker), a_number()
    made = await asked(office.asker, person, document={"number": number})
    given(await approve(office.checker, made, "check"))
    await register(client_of(*REGISTRAR, subject="other"), document={"number": number})
    refused = await approve(office.approver, made, "approve")
    assert_refused(refused, "person_already_registered", [("document.number", "person_already_registered")])
    assert (await correction_of(office.asker, made))["next_step"] == "approve", "refused as a whole"
    assert (await person_of(office.asker, person["id"]))["version"] == 1


async def test_whoever_asks_is_not_told_whether_a_number_is_held(office: Office, client_of: Client) -> None:
    person, held = await register(office.asker), a_number()
    far = await register(
        client_of(*FAR_CLERK), document={"number": held}, residence={"area": FAR}, registration={"area": FAR}
    )
    made = await asked(office.asker, person, document={"number": held})
    given(await withdraw(office.asker, made))
    other = await asked(office.asker, person, document={"number": a_number()})
    hidden = {"id", "requested_at", "differences"}
    assert {k: v for k, v in made.items() if k not in hidden} == {k: v for k, v in other.items() if k not in hidden}
    given(await approve(office.checker, other, "check"))
    assert [line[1] for line in await lines(client_of, far)] == ["register"], "nobody asked about who holds it"


async def test_values_are_masked_unless_they_are_asked_for_with_a_purpose(office: Office, client_of: Client) -> None:
    person = await register(office.asker)
    made = await asked(office.asker, person, name=OTHER_NAME, phone="13912345678", birth_date="1960-05-17")
    assert made["fields"] == ["name", "phone"], "what stays as it is, is no part of it"
    masked = {one["field"]: (one["before"], one["after"]) for one in made["differences"]}
    assert masked == {"name": ("覃*英", "覃*瑛"), "phone": ("138****8000", "139****5678")}
    path = f"{CORRECTIONS}/{made['id']}"
    seen = await office.registrar.get(path, params=FULL)
    shown = {one["field"]: (one["before"], one["after"]) for one in given(seen)["differences"]}
    assert shown["name"] == (NAME, OTHER_NAME)
    assert (seen.headers["etag"], seen.json()["person"]["name"]) == ('"1.full"', NAME)
    assert_refused(
        await office.registrar.get(path, params={"view": "full"}),
        "purpose_required",
        [("query.purpose", "purpose_required")],
    )
    assert_refused(await office.asker.get(path, params=FULL), "forbidden")
    (row,) = await listed(office.asker, VILLAGE)
    assert (row["differences"], row["note"], row["person"]["name"]) == (None, None, "覃*英")


async def test_every_look_stands_in_the_access_log_of_the_person(office: Office, client_of: Client) -> None:
    person = await register(office.asker)
    made = await asked(office.asker, person)
    await listed(office.checker, VILLAGE)
    await correction_of(office.registrar, made, **FULL)
    given(await approve(office.checker, made, "check"))
    assert [line[1:3] for line in await lines(client_of, person)] == [
        ("register", "write"),
        ("request_correction", "write"),
        ("list_corrections", "masked"),
        ("read_correction", "full"),
        ("approve_correction", "write"),
    ]


async def test_no_value_and_no_word_leaves_or_lies_open(office: Office, events: Events, committed: Database) -> None:
    person = await register(office.asker)
    made = given(await asking(office.asker, person, note="植入事由"), 201)
    given(await approve(office.checker, made, "check"))
    given(await refuse(office.approver, made, "approve", note="植入答复"))
    told = str(await events("registry.correction."))
    async with committed.session() as session:
        stored = str((await session.execute(text("SELECT corrections::text FROM corrections"))).all())
    for secret in (NAME, OTHER_NAME, "植入事由", "植入答复", person["id"]):
        assert secret not in told
    for secret in (NAME, OTHER_NAME, "植入事由", "植入答复"):
        assert secret not in stored
        assert secret.encode().hex() not in stored


async def test_lists_are_as_long_as_their_counts_for_every_scope(office: Office, client_of: Client) -> None:
    people = [
        await register(office.registrar, residence={"area": area}, registration={"area": area})
        for area in (VILLAGE, VILLAGE, SISTER, FAR)
    ]
    requests = [await asked(office.registrar, one) for one in people]
    given(await withdraw(office.registrar, requests[0]))
    for client, area, status, count in (
        (office.asker, VILLAGE, None, 2),
        (office.asker, VILLAGE, "requested", 1),
        (client_of("town_officer", TOWN), TOWN, None, 3),
        (office.registrar, "450481", None, 4),
        (office.registrar, "450481", "withdrawn", 1),
    ):
        rows = await listed(client, area, **({"status": status} if status else {}))
        assert len(rows) == count, (area, status)
    page = given(await office.registrar.get(CORRECTIONS, params={"area": "450481", "limit": 3}))
    rest = given(
        await office.registrar.get(CORRECTIONS, params={"area": "450481", "limit": 3, "cursor": page["next_cursor"]})
    )
    assert [one["id"] for one in page["items"] + rest["items"]] == [one["id"] for one in requests]


async def test_evidence_is_read_by_who_may_correct_the_person_and_is_nobody_elses(
    office: Office, client_of: Client
) -> None:
    async def hand_in(client: AsyncClient) -> str:
        return str(given(await client.post("/registry/v1/files", content=b"%PDF-1.7 evidence"), 201)["id"])

    person, file = await register(office.asker), await hand_in(office.asker)
    refused = await asking(office.asker, person, evidence=[file, await hand_in(office.checker)])
    assert_not_found(refused, "evidence.1")
    made = given(await asking(office.asker, person, evidence=[file, file]), 201)
    assert made["evidence"] == [file]
    for client, status in ((office.approver, 200), (client_of(*FAR_CLERK), 404)):
        assert (await client.get(f"/registry/v1/files/{file}/content")).status_code == status


async def test_who_is_not_there_is_not_found(office: Office, client_of: Client) -> None:
    person = await register(office.asker)
    for client, one in ((client_of(*FAR_CLERK), person), (office.asker, {"id": NOBODY, "version": 1})):
        assert_not_found(await asking(client, one))
    for answer in (
        await approve(office.asker, {"id": NOBODY}, "check"),
        await refuse(office.asker, {"id": NOBODY}),
        await withdraw(office.asker, {"id": NOBODY}),
        await office.asker.get(f"{CORRECTIONS}/{NOBODY}"),
    ):
        assert_not_found(answer)


async def test_the_version_that_was_seen_is_asked_for(office: Office) -> None:
    made = await asked(office.asker, given(await office.asker.post(PERSONS, json=a_person()), 201))
    path = f"{CORRECTIONS}/{made['id']}/approve"
    stale = await office.checker.post(path, json={"step": "check"}, headers={"if-match": '"2"'})
    assert_refused(stale, "version_mismatch")
    fresh = await office.checker.post(path, json={"step": "check"}, headers={"if-match": '"1.masked"'})
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2.masked"')
