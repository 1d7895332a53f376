"""A case after its submission: every step, every refusal of one, and how cases are read."""

from itertools import product
from typing import Any

import pytest

from services.services_hall.cases.domain.codes import DenialReason, RefusalReason
from shared.ids import new_id
from shared.reference.named_code import NamedCode
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NOT_ALLOWED,
    NOT_FOUND,
    OTHER_VILLAGE,
    VILLAGE,
    WAYS,
    CaseIn,
    Facts,
    Step,
    Submit,
    an_area,
    every_page,
    fields,
    publish_item,
    refusal,
)

ALLOWED = {
    ("submitted", "receive"): "received",
    ("submitted", "withdraw"): "withdrawn",
    ("received", "accept"): "accepted",
    ("received", "refuse"): "refused",
    ("received", "withdraw"): "withdrawn",
    ("accepted", "decide"): "decided",
    ("accepted", "withdraw"): "withdrawn",
    ("decided", "close"): "closed",
}
VERBS = ("receive", "accept", "refuse", "decide", "close", "withdraw")
STEPS_FROM = {verb: status for status, verb in ALLOWED}
"""Each step, and a status from which it is taken."""


async def read(door: Door, case: Any) -> Any:
    async with door.client(CLERK) as client:
        answer = await client.get(f"/cases/{case['id']}")
    assert answer.status_code == 200
    return answer.json()


async def test_a_case_goes_its_whole_way_and_each_step_sets_what_is_its_own(
    door: Door, submit: Submit, step: Step, clock: FrozenClock
) -> None:
    before = await submit()
    changes: dict[str, dict[str, Any]] = {
        "receive": {"status": "received", "received_at": "2026-03-16T10:10:00+08:00"},
        "accept": {
            "status": "accepted",
            "accepted_at": "2026-03-16T10:20:00+08:00",
            "due_on": "2026-03-23",
            "remaining_days": 5,
        },
        "decide": {
            "status": "decided",
            "decided_at": "2026-03-16T10:30:00+08:00",
            "granted": True,
            "deliver_by": "2026-03-30",
            "remaining_days": 10,
        },
        "close": {"status": "closed", "closed_at": "2026-03-16T10:40:00+08:00"},
    }
    for verb, change in changes.items():
        clock.advance(minutes=10)
        answer = await step(before, verb)
        after = answer.json()
        assert after == {**before, **change, "version": before["version"] + 1}
        assert answer.headers["etag"] == f'"{after["version"]}"'
        before = after
    shown = await read(door, before)
    steps = shown.pop("steps")
    assert {name: shown[name] for name in before} == before
    assert {shown[name] is None or shown[name] == [] for name in shown.keys() - before.keys()} == {True}
    officer = COUNTY_OFFICER.subject
    assert [tuple(one.values()) for one in steps] == [
        (1, "submit", "2026-03-16T10:00:00+08:00", CLERK.subject, None, None, None),
        (2, "receive", "2026-03-16T10:10:00+08:00", officer, None, None, None),
        (3, "accept", "2026-03-16T10:20:00+08:00", officer, None, "2026-03-23", None),
        (4, "decide", "2026-03-16T10:30:00+08:00", officer, None, "2026-03-23", None),
        (5, "close", "2026-03-16T10:40:00+08:00", officer, None, "2026-03-23", None),
    ]
    assert list(steps[0]) == ["version", "step", "at", "actor", "reason", "due_on", "undoes"]


@pytest.mark.parametrize("status", WAYS)
async def test_from_each_status_the_steps_of_the_table_are_taken_and_all_others_change_nothing(
    door: Door, case_in: CaseIn, step: Step, facts: Facts, status: str
) -> None:
    case = await case_in(status)
    shown, told = await read(door, case), await facts("services_hall.case")
    for verb in VERBS:
        if (status, verb) not in ALLOWED:
            assert refusal(await step(case, verb)) == NOT_ALLOWED, verb
    assert await read(door, case) == shown
    assert await facts("services_hall.case") == told
    for verb in VERBS:
        if (status, verb) in ALLOWED:
            one = await case_in(status)
            moved = await step(one, verb)
            assert (moved.status_code, moved.json()["status"]) == (200, ALLOWED[(status, verb)])
            assert moved.json()["version"] == one["version"] + 1


@pytest.mark.parametrize("way", [("withdraw",), ("receive", "withdraw"), ("receive", "accept", "withdraw")])
async def test_an_applicant_takes_a_case_back_before_it_is_decided_and_milestones_stay(
    door: Door, case_in: CaseIn, step: Step, way: tuple[str, ...]
) -> None:
    before = await case_in(way[:-1])
    after = (await step(before, "withdraw")).json()
    moved = {"status": "withdrawn", "withdrawn_at": "2026-03-16T10:00:00+08:00", "version": before["version"] + 1}
    assert after == {**before, **moved, "remaining_days": None}
    assert [one["step"] for one in (await read(door, after))["steps"]] == ["submit", *way]


async def test_a_refusal_keeps_its_reason_and_sets_no_due_date(door: Door, case_in: CaseIn, step: Step) -> None:
    case = (await step(await case_in("received"), "refuse", reason="materials_missing")).json()
    assert (case["status"], case["due_on"], case["granted"]) == ("refused", None, None)
    assert (await read(door, case))["steps"][-1]["reason"] == "materials_missing"


@pytest.mark.parametrize(("granted", "reason"), [(True, None), (False, "conditions_not_met")])
async def test_a_decision_says_granted_or_not_and_the_step_why(
    door: Door, case_in: CaseIn, step: Step, granted: bool, reason: str | None
) -> None:
    case = (await step(await case_in("accepted"), "decide", granted=granted, reason=reason)).json()
    assert (case["status"], case["granted"]) == ("decided", granted)
    assert (await read(door, case))["steps"][-1]["reason"] == reason


WRONG: list[tuple[str, Any, tuple[str, str]]] = [
    ("refuse", {}, ("reason", "missing")),
    ("refuse", {"reason": None}, ("reason", "enum")),
    ("refuse", {"reason": "材料不全"}, ("reason", "enum")),
    ("refuse", {"reason": "x" * 65}, ("reason", "enum")),
    ("refuse", {"reason": "not_here"}, ("reason", "enum")),
    ("refuse", {"reason": "conditions_not_met"}, ("reason", "enum")),  # that of a decision
    ("refuse", {"reason": "materials_missing", "note": "x"}, ("body", "extra_forbidden")),
    ("decide", {}, ("granted", "missing")),
    ("decide", {"granted": None}, ("granted", "bool_type")),
    ("decide", {"granted": "perhaps"}, ("granted", "bool_type")),
    ("decide", {"granted": "yes"}, ("granted", "bool_type")),
    ("decide", {"granted": 1}, ("granted", "bool_type")),
    ("decide", {"granted": False, "reason": "材料 不全"}, ("reason", "enum")),
    ("decide", {"granted": False, "reason": "not_in_authority"}, ("reason", "enum")),  # that of a refusal
    ("decide", {"granted": True, "on": "2026-03-16"}, ("body", "extra_forbidden")),
]


async def test_a_step_whose_body_is_refused_names_the_field_and_is_not_taken(door: Door, case_in: CaseIn) -> None:
    cases = {"refuse": await case_in("received"), "decide": await case_in("accepted")}
    async with door.client(COUNTY_OFFICER) as client:
        for verb, body, refused in WRONG:
            answer = await client.post(f"/cases/{cases[verb]['id']}/{verb}", json=body)
            assert fields(answer) == [refused], (verb, body)
    for case in cases.values():
        assert (await read(door, case))["version"] == case["version"]


@pytest.mark.parametrize("body", [{"granted": False}, {"granted": False, "reason": None}])
async def test_a_decision_not_to_grant_without_a_reason_is_refused(
    door: Door, case_in: CaseIn, step: Step, body: dict[str, Any]
) -> None:
    case = await case_in("accepted")
    answer = await step(case, "decide", **body)
    assert refusal(answer) == (422, "reason_required", "须说明理由")
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("reason", "missing")]
    assert (await read(door, case))["version"] == case["version"]


@pytest.mark.parametrize("reason", DenialReason)
async def test_a_decision_to_grant_with_a_reason_not_to_is_refused(
    door: Door, case_in: CaseIn, step: Step, reason: DenialReason
) -> None:
    case = await case_in("accepted")
    answer = await step(case, "decide", granted=True, reason=reason)
    assert refusal(answer) == (422, "reason_not_expected", "准予或通过的，不填写理由")
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("reason", "unexpected")]
    assert (await read(door, case))["status"] == "accepted"


@pytest.mark.parametrize(
    ("verb", "status", "listed", "reasons"),
    [
        ("refuse", "received", "case_refusal_reasons", RefusalReason),
        ("decide", "accepted", "case_denial_reasons", DenialReason),
    ],
)
async def test_every_reason_that_the_list_names_is_taken_and_anybody_reads_the_list(
    door: Door, case_in: CaseIn, step: Step, verb: str, status: str, listed: str, reasons: type[NamedCode]
) -> None:
    async with door.client(None) as anybody:
        codes = (await anybody.get(f"/code-lists/{listed}")).json()["codes"]
    assert {one["code"]: one["name"] for one in codes} == reasons.names()
    for one in codes:
        case = await case_in(status)
        body = {"reason": one["code"]} | ({"granted": False} if verb == "decide" else {})
        if one["code"] == "promise_broken":  # nobody promised anything: `test_materials.py`
            assert refusal(await step(case, verb, **body))[:2] == (409, "promise_not_broken")
            continue
        assert (await step(case, verb, **body)).status_code == 200, one
        assert (await read(door, case))["steps"][-1]["reason"] == one["code"]


@pytest.mark.parametrize("verb", VERBS)
async def test_a_step_of_a_case_that_does_not_exist_is_not_found(step: Step, verb: str) -> None:
    assert refusal(await step({"id": new_id()}, verb)) == NOT_FOUND
    assert fields(await step({"id": "1"}, verb)) == [("path.id", "uuid_parsing")]


async def test_a_step_sent_again_with_its_key_is_taken_once(case_in: CaseIn, step: Step, facts: Facts) -> None:
    for status, verb in (
        ("submitted", "receive"),
        ("received", "refuse"),
        ("accepted", "decide"),
        ("decided", "close"),
    ):
        case, key = await case_in(status), {"Idempotency-Key": f"{verb}-1"}
        first, second = await step(case, verb, headers=key), await step(case, verb, headers=key)
        assert (first.status_code, second.status_code, second.content) == (200, 200, first.content), verb
        assert refusal(await step(case, verb)) == NOT_ALLOWED
        assert [fact.state.version for fact in await facts(subject=case["id"])][-1] == case["version"] + 1


async def test_a_refused_step_is_not_remembered_under_its_key(case_in: CaseIn, step: Step) -> None:
    case, key = await case_in("submitted"), {"Idempotency-Key": "k-1"}
    assert refusal(await step(case, "accept", headers=key)) == NOT_ALLOWED
    await step(case, "receive")
    assert (await step(case, "accept", headers=key)).json()["status"] == "accepted"


async def test_who_names_the_version_that_was_seen_moves_no_other(
    door: Door, case_in: CaseIn, step: Step, facts: Facts
) -> None:
    for verb, status in STEPS_FROM.items():
        case = await case_in(status)
        for tag in (f'"{case["version"] - 1}"', f'"{case["version"] + 1}"', f'W/"{case["version"]}"'):
            stale = await step(case, verb, headers={"If-Match": tag})
            assert refusal(stale) == (412, "version_mismatch", "内容已有改动，请刷新后重试"), (verb, tag)
        assert len(await facts(subject=case["id"])) == case["version"]
        moved = await step(case, verb, headers={"If-Match": f'"{case["version"]}"'})
        assert (moved.status_code, moved.headers["etag"]) == (200, f'"{case["version"] + 1}"'), verb


async def test_what_is_known_already_is_not_sent_again_until_a_step_is_taken(
    door: Door, submit: Submit, step: Step
) -> None:
    case = await submit()
    async with door.client(CLERK) as client:
        seen = (await client.get(f"/cases/{case['id']}")).headers["etag"]
        same = await client.get(f"/cases/{case['id']}", headers={"If-None-Match": seen})
        await step(case, "receive")
        fresh = await client.get(f"/cases/{case['id']}", headers={"If-None-Match": seen})
        assert refusal(await client.get(f"/cases/{new_id()}")) == NOT_FOUND
    assert (seen, same.status_code, same.content) == ('"1"', 304, b"")
    assert (fresh.status_code, fresh.headers["etag"]) == (200, '"2"')


async def test_pages_show_every_case_once_from_the_oldest(door: Door, submit: Submit, case_in: CaseIn) -> None:
    made = [await submit() for _ in range(5)]
    moved = await case_in("received")
    async with door.client(CLERK) as client:
        for limit in (1, 2, 3, 6, 200):
            shown = await every_page(client, "/cases", limit=limit)
            assert [one["id"] for one in shown] == sorted(one["id"] for one in [*made, moved])
        assert [one for one in shown if one["id"] == moved["id"]] == [moved]
        assert await every_page(client, "/cases", limit=2, status="received") == [moved]
        for limit, code in ((0, "greater_than_equal"), (201, "less_than_equal")):
            assert fields(await client.get("/cases", params={"limit": limit})) == [("query.limit", code)]
        cursor = (await client.get("/cases", params={"limit": 1})).json()["next_cursor"]
        assert refusal(await client.get("/items", params={"cursor": cursor})) == (
            422, "invalid_cursor", "翻页标记无效",
        )  # fmt: skip


async def test_area_and_status_narrow_list_and_count_alike(door: Door, case_in: CaseIn, arrivals: Arrivals) -> None:
    town = "450481114"
    await arrivals.take(an_area(OTHER_VILLAGE), an_area("450481"))
    item = await publish_item(door, "EVERYWHERE", levels=[6, 9, 12])
    made = []
    async with door.client(COUNTY_OFFICER) as client:
        for area, status in product((VILLAGE, town, "450481"), ("submitted", "received", "withdrawn")):
            made.append(await case_in(status, area=area, item_id=item, who=COUNTY_OFFICER))
        for within, state in product(("", "45", "450481", town, VILLAGE, OTHER_VILLAGE), ("", *WAYS)):
            query = {"area": within, "status": state}
            chosen = {name: value for name, value in query.items() if value}
            expected = [one["id"] for one in made if one["area"].startswith(within) and one["status"].startswith(state)]
            shown = await every_page(client, "/cases", limit=2, **chosen)
            assert [one["id"] for one in shown] == sorted(expected), query
            assert (await client.get("/cases/count", params=chosen)).json() == {"count": len(expected)}, query
        for path in ("/cases", "/cases/count"):
            assert fields(await client.get(path, params={"status": "open"})) == [("query.status", "enum")]
            assert fields(await client.get(path, params={"area": "4"})) == [("query.area", "string_pattern_mismatch")]
            assert refusal(await client.get(path, params={"area": "430000"})) == NOT_FOUND
