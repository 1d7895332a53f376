"""Every step from every status over HTTP, each taken back; random walks that leave nothing without an owner."""

import random
from typing import Any

import pytest

from services.grid.incidents.domain.lifecycle import LIFECYCLE, Step
from services.grid.incidents.domain.rules import IncidentPolicy
from shared.testing.clock import FrozenClock
from tests.grid.builders import CLERK, COUNTY_OFFICER, HANDLER, HEAD, STRANGER, TOWN_OFFICER, WORKER
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import code_of, report
from tests.grid.incidents.table import ENDS, TABLE
from tests.grid.incidents.whole import WAYS, Whole, comparable

ORDERED = {"take_order": ("order",), "return_order": ("order",), "withdraw_order": ("order",)}
BEFORE: dict[str, tuple[str, ...]] = {
    **ORDERED,
    "finish_order": ("order", "take_order"),
    "grant_leave": ("ask_leave",),
    "refuse_leave": ("ask_leave",),
    "lift_supervision": ("supervise",),
    "transfer_down": ("transfer_up",),
}
"""What has to be done for a step, beside being in its status."""


@pytest.mark.parametrize("status", WAYS)
async def test_from_each_status_the_steps_of_the_table_are_taken_and_taken_back_and_all_others_change_nothing(
    whole: Whole, status: str
) -> None:
    incident = await whole.bring(status)
    shown = await whole.read(incident)
    allowed = [step for step in LIFECYCLE if status in TABLE[step].origins.split()]
    for step in LIFECYCLE:
        if step not in allowed and not step.value.endswith("_order"):
            answer = await whole.ask(incident, step.value, COUNTY_OFFICER)
            assert code_of(answer) == (409, "incident_transition_not_allowed"), step
    assert await whole.read(incident) == shown
    for step in allowed:
        first = BEFORE.get(step.value, ())
        if step is Step.URGE or (first == ("order",) and status not in TABLE["order"].origins.split()):
            continue  # not undone; ordered before it stood still: `test_joint.py`
        if step is Step.FINISH_ORDER and status not in TABLE["order"].origins.split():
            continue
        await whole.do(incident, *first)
        before = await whole.read(incident)
        answer = await whole.ask(incident, step.value)
        assert answer.status_code == 200, (step, answer.text)
        moved = answer.json()
        assert moved["version"] == before["version"] + 1
        assert moved["status"] in (TABLE[step].to.split() or [status]), step
        for _ in (*first, step):
            undone = await whole.undo(incident)
            assert undone.status_code == 200, (step, undone.text)
        assert comparable(await whole.read(incident)) == comparable(shown), step


async def test_an_undone_step_stands_in_the_history_with_its_undo_and_the_one_before_is_next(
    whole: Whole, facts: Facts
) -> None:
    incident = await whole.bring("accepted")
    await whole.do(incident, "urge")
    for _ in range(3):
        assert (await whole.undo(incident)).status_code == 200
    steps = [(one["step"], one["undoes"]) for one in (await whole.detail(incident))["steps"]]
    assert steps == [
        ("report", None), ("file", None), ("dispatch", None), ("accept", None), ("urge", None),
        ("undo", 4), ("undo", 3), ("undo", 2),
    ]  # fmt: skip
    assert code_of(await whole.undo(incident)) == (409, "incident_nothing_to_undo")
    stands = await whole.read(incident)
    assert (stands["status"], stands["due_at"], stands["urges"]) == ("reported", None, 1)
    told = await facts("grid.incident", incident)
    assert [fact.state.version for fact in told] == list(range(1, 9))
    assert told[-1].type == "grid.incident.step_undone"


async def test_an_undo_names_the_version_that_was_seen_and_is_by_who_may_take_the_step_there(whole: Whole) -> None:
    incident = await whole.bring("dispatched")
    async with whole.door.client(CLERK) as client:
        path, body = f"/incidents/{incident}/undo", {"reason": "wrong_entry"}
        for headers in ({}, {"If-Match": "*"}):
            assert code_of(await client.post(path, json=body, headers=headers)) == (428, "precondition_required")
        assert code_of(await client.post(path, json=body, headers={"If-Match": '"2"'})) == (412, "version_mismatch")
    assert code_of(await whole.undo(incident, WORKER)) == (403, "forbidden")
    await whole.do(incident, "return")
    assert code_of(await whole.undo(incident, STRANGER)) == (404, "not_found")
    assert (await whole.undo(incident, HANDLER)).status_code == 200  # who returned it sees it no more, and undoes it
    assert (await whole.read(incident))["status"] == "dispatched"


async def test_what_the_table_forbids_is_also_forbidden_by_a_supervised_or_assisted_incident(whole: Whole) -> None:
    incident = await whole.bring("checked")
    await whole.do(incident, "supervise")
    assert code_of(await whole.ask(incident, "close")) == (409, "incident_supervision_stands")
    await whole.do(incident, "lift_supervision", "close")
    other = await whole.bring("reported")
    await whole.do(other, "supervise")
    for step in ("reject", "merge"):
        assert code_of(await whole.ask(other, step)) == (409, "incident_supervision_stands")


async def test_reopened_it_is_dispatched_anew_with_a_deadline_that_begins_then(
    whole: Whole, clock: FrozenClock, facts: Facts
) -> None:
    incident = await whole.bring("closed")
    first = (await whole.read(incident))["due_at"]
    clock.advance(days=30)
    again = await whole.do(incident, "reopen")
    assert (again["status"], again["reopens"], again["unit_id"], again["closed_at"]) == ("filed", 1, None, None)
    assert first == "2026-03-18T18:00:00+08:00"
    assert again["due_at"] == "2026-04-17T18:00:00+08:00"  # two working days after Wednesday 2026-04-15
    assert (await facts("grid.incident", incident))[-1].state.filed_at is not None
    await whole.do(incident, "dispatch", "accept", "feedback", "check", "close")


@pytest.mark.parametrize("seed", range(6))
async def test_random_walks_never_leave_an_incident_without_an_owner_or_a_due_time(
    whole: Whole, clock: FrozenClock, facts: Facts, seed: int
) -> None:
    """Whatever is done, in whatever order: somebody has it, until some time, and each version has a step and a fact."""
    chance = random.Random(seed)
    incident = await report(whole.door)
    steps = [step for step in whole.bodies() if step != "merge"]
    taken = 0
    for _ in range(45):
        step = chance.choice([*steps, "undo"])
        answer = await (whole.undo(incident) if step == "undo" else whole.ask(incident, step))
        assert answer.status_code in (200, 403, 404, 409, 422), (step, answer.text)
        taken += answer.status_code == 200
        stands = await whole.read(incident)
        assert stands["area"].startswith(stands["held_area"])
        if stands["status"] not in ENDS:
            assert stands["act_by"] is not None
            assert (stands["unit_id"] is not None) is (
                stands["status"] not in ("reported", "verified", "filed") and not stands["on_spot"]
            ), (step, stands)
        if stands["status"] not in ("reported", "verified", "rejected"):
            assert stands["due_at"] is not None
        clock.advance(minutes=7)
    detail = await whole.detail(incident)
    versions = [one["version"] for one in detail["steps"]]
    assert versions == list(range(1, taken + 2))
    told = await facts("grid.incident", incident)
    assert [fact.state.version for fact in told] == versions
    assert [one["status"] for one in detail["steps"]] == [fact.state.status for fact in told]
    assert taken > 5


@pytest.mark.parametrize("percent", [0, 100])
async def test_what_is_handled_on_the_spot_is_closed_unless_it_is_drawn_for_a_check(
    whole: Whole, percent: int, facts: Facts
) -> None:
    whole.door.app.state.incident_policy = IncidentPolicy(check_percent=percent)
    incident = await report(whole.door)
    done = await whole.do(incident, "self_handle")
    assert (done["on_spot"], done["unit_id"], done["due_at"]) == (True, None, "2026-03-18T18:00:00+08:00")
    assert done["status"] == ("feedback" if percent else "closed")
    assert (await facts("grid.incident", incident))[-1].state.on_spot
    if percent:
        assert code_of(await whole.ask(incident, "check", WORKER)) == (403, "forbidden")
        failed = await whole.do(incident, "rework")
        assert (failed["status"], failed["on_spot"]) == ("filed", False)  # no unit has it: it is dispatched
        await whole.do(incident, "self_handle", "check", "close")
    else:
        reopened = await whole.do(incident, "reopen", "dispatch", "accept")
        assert reopened["status"] == "accepted"


async def test_who_settled_it_on_the_spot_does_not_check_it(whole: Whole) -> None:
    whole.door.app.state.incident_policy = IncidentPolicy(check_percent=100)
    incident = await report(whole.door)
    assert (await whole.ask(incident, "self_handle", HEAD)).status_code == 200
    assert code_of(await whole.ask(incident, "check", HEAD)) == (403, "incident_check_by_handler")
    assert (await whole.ask(incident, "check", TOWN_OFFICER)).status_code == 200


async def test_what_nobody_files_in_time_is_overdue(whole: Whole, clock: FrozenClock) -> None:
    incident = await report(whole.door)
    stands: dict[str, Any] = await whole.read(incident)
    assert (stands["act_by"], stands["due_at"]) == ("2026-03-17T10:00:00+08:00", None)
    assert await whole.listed(overdue=True) == []
    clock.advance(hours=25)
    assert incident in await whole.listed(overdue=True)
    await whole.do(incident, "file")
    assert incident not in await whole.listed(overdue=True)
