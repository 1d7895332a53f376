"""Reasons and results of steps: each from its own published list, and never where there is nothing to say why of."""

from typing import Any

import pytest

from services.grid.incidents.domain.codes import (
    DeferralReason,
    FilingGround,
    HandlingResult,
    RejectionReason,
    ReturnReason,
    ReworkReason,
)
from services.grid.incidents.feature import FEATURE
from shared.auth.principal import Principal
from shared.reference.named_code import NamedCode
from shared.testing.doors import Door
from tests.grid.builders import CLERK, HANDLER, HEAD
from tests.grid.incidents.steps import Do, bring, code_of, report

STEPS: list[tuple[str, Principal, tuple[str, ...], str, type[NamedCode]]] = [
    ("file", CLERK, (), "incident_filing_grounds", FilingGround),
    ("reject", CLERK, (), "incident_rejection_reasons", RejectionReason),
    ("return", HANDLER, ("file", "dispatch"), "incident_return_reasons", ReturnReason),
    ("defer", HEAD, ("file", "dispatch", "accept"), "incident_deferral_reasons", DeferralReason),
    ("feedback", HANDLER, ("file", "dispatch", "accept"), "incident_results", HandlingResult),
    ("check", HEAD, ("file", "dispatch", "accept", "feedback"), "incident_rework_reasons", ReworkReason),
]
"""A step with a reason: who takes it, what goes before, which list names its reasons."""

NAMED = {step: (who, way) for step, who, way, _, _ in STEPS}


def a_body(step: str, **said: Any) -> dict[str, Any]:
    return ({"passed": False} if step == "check" else {}) | said


async def version(door: Door, incident: str) -> int:
    async with door.client(CLERK) as client:
        found: int = (await client.get(f"/incidents/{incident}")).json()["incident"]["version"]
    return found


@pytest.mark.parametrize(("step", "who", "way", "listed", "reasons"), STEPS, ids=str)
async def test_a_step_takes_every_reason_of_its_list_and_keeps_it(
    door: Door,
    do: Do,
    grids: None,
    unit: str,
    step: str,
    who: Principal,
    way: tuple[str, ...],
    listed: str,
    reasons: type[NamedCode],
) -> None:
    async with door.client(None) as anybody:
        codes = (await anybody.get(f"/code-lists/{listed}")).json()["codes"]
    assert {one["code"]: one["name"] for one in codes} == reasons.names()
    for code in reasons.names():
        incident = await report(door)
        await bring(do, incident, unit, *way)
        taken = await do(who, incident, step, **a_body(step, reason=code, note="见照片"))
        assert taken.status_code == 200, (code, taken.text)
        async with door.client(CLERK) as client:
            assert (await client.get(f"/incidents/{incident}")).json()["steps"][-1]["reason"] == code


@pytest.mark.parametrize("step", NAMED)
async def test_a_reason_that_the_step_s_list_does_not_name_is_refused_by_field_and_nothing_is_done(
    door: Door, do: Do, incident: str, unit: str, step: str
) -> None:
    who, way = NAMED[step]
    await bring(do, incident, unit, *way)
    own = next(reasons.names() for one, _, _, _, reasons in STEPS if one == step)
    others = {code for _, _, _, _, reasons in STEPS for code in reasons.names()} - set(own)
    for code in (*sorted(others), "x", "材料不全", "", 1, [own]):
        answer = await do(who, incident, step, **a_body(step, reason=code, note="见照片"))
        assert code_of(answer) == (422, "invalid_request"), code
        assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("reason", "enum")], code
    assert await version(door, incident) == len(way) + 1


@pytest.mark.parametrize("step", [step for step in NAMED if step != "file"])
async def test_other_is_explained_by_a_note(door: Door, do: Do, incident: str, unit: str, step: str) -> None:
    who, way = NAMED[step]
    await bring(do, incident, unit, *way)
    answer = await do(who, incident, step, **a_body(step, reason="other"))
    assert code_of(answer) == (422, "reason_required")
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("note", "missing")]
    assert await version(door, incident) == len(way) + 1
    explained = await do(who, incident, step, **a_body(step, reason="other", note="另有情况"))
    assert explained.status_code == 200, explained.text


async def test_a_passed_check_has_no_reason_why_it_failed(door: Door, do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, "file", "dispatch", "accept", "feedback")
    for reason in ReworkReason:
        answer = await do(HEAD, incident, "check", passed=True, reason=reason, note="见照片")
        assert code_of(answer) == (422, "reason_not_expected")
        assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("reason", "unexpected")]
    assert await version(door, incident) == 5
    assert (await do(HEAD, incident, "check", passed=True, note="已清理")).status_code == 200


@pytest.mark.parametrize(
    ("step", "who", "way"),
    [
        ("dispatch", CLERK, ("file",)),
        ("accept", HANDLER, ("file", "dispatch")),
        ("close", CLERK, ("file", "dispatch", "accept", "feedback", "check")),
    ],
)
async def test_a_step_whose_reason_nobody_asks_for_takes_a_note_alone(
    do: Do, incident: str, unit: str, step: str, who: Principal, way: tuple[str, ...]
) -> None:
    await bring(do, incident, unit, *way)
    body = {"unit_id": unit} if step == "dispatch" else {}
    answer = await do(who, incident, step, **body, reason="verified")
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [("body", "extra_forbidden")]
    assert (await do(who, incident, step, **body, note="已电话告知")).status_code == 200


def test_a_code_has_one_name_in_all_lists_of_incidents_reasons() -> None:
    names: dict[str, set[str]] = {}
    for _, _, _, _, reasons in STEPS:
        for code, name in reasons.names().items():
            names.setdefault(code, set()).add(name)
    assert {code: found for code, found in names.items() if len(found) > 1} == {}
    assert {listed for *_, listed, _ in STEPS} <= {one.id for one in FEATURE.code_lists}
