"""Each of the steps over HTTP: by the version that was seen, by whom and where, sent again, sent twice at once."""

from asyncio import gather
from collections import Counter
from itertools import cycle
from typing import Any

import httpx
import pytest

from services.grid.incidents.domain.lifecycle import LIFECYCLE, Step
from shared.auth.principal import Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, OWN_ONLY, Role
from shared.ids import new_id
from shared.testing.doors import a_principal
from tests.grid.builders import COUNTY_OFFICER, HANDLER, OTHER_VILLAGE, VILLAGE
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import code_of
from tests.grid.incidents.table import TABLE, WHO
from tests.grid.incidents.test_lifecycle import BEFORE
from tests.grid.incidents.whole import Whole

STEPS = [step.value for step in LIFECYCLE]
STARTS = {
    "order": "accepted", "take_order": "dispatched", "return_order": "accepted", "finish_order": "accepted",
    "withdraw_order": "handling", "place": "reported", "merge": "filed", "supervise": "dispatched",
}  # fmt: skip
"""In which of its statuses a step is tried; else in the first that the table names."""
NOWHERE = "450481101201"
"""A village of another town."""


UNIT = [step for step, row in TABLE.items() if (row.permission, row.place) == ("incident.handle", "unit")]


async def ready(whole: Whole, step: str) -> dict[str, Any]:
    """An incident from which the step is taken next."""
    incident = await whole.bring(STARTS.get(step, TABLE[step].origins.split()[0]))
    return await whole.do(incident, *BEFORE.get(step, ()))


async def send(
    whole: Whole, incident: Any, step: str, who: Principal | None = None, *, body: Any = None, **headers: str
) -> httpx.Response:
    """A step with headers, by who usually takes it or by somebody else."""
    usual, path, usual_body = whole.bodies()[step]
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with whole.door.client(who or usual) as client:
        return await client.post(f"/incidents/{incident['id']}/{path}", json=body or usual_body, headers=named)


async def stays(whole: Whole, incident: Any) -> None:
    """Nothing was changed, nothing was told."""
    assert await whole.read(incident["id"]) == incident


def tag(version: int) -> str:
    return f'"{version}"'


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_is_taken_over_the_version_that_was_seen_and_once_however_often_it_is_sent(
    whole: Whole, facts: Facts, step: str
) -> None:
    incident = await ready(whole, step)
    version = incident["version"]
    for stale in (tag(version - 1), tag(version + 1), f"W/{tag(version - 1)}, {tag(version + 7)}"):
        refused = await send(whole, incident, step, If_Match=stale, Idempotency_Key="step-1")
        assert code_of(refused) == (412, "version_mismatch"), stale
    strange = await send(whole, incident, step, body={**whole.bodies()[step][2], "closed-by-me": True})
    assert code_of(strange) == (422, "invalid_request")
    assert "closed-by-me" not in strange.text, "a name that nobody knows is not repeated"
    await stays(whole, incident)
    taken = await send(whole, incident, step, If_Match=f"{tag(version + 7)}, {tag(version)}", Idempotency_Key="step-1")
    assert (taken.status_code, taken.headers["etag"]) == (200, tag(version + 1)), taken.text
    again = await send(whole, incident, step, If_Match=f"{tag(version + 7)}, {tag(version)}", Idempotency_Key="step-1")
    assert (again.status_code, again.content, again.headers["etag"]) == (200, taken.content, taken.headers["etag"])
    other = {**whole.bodies()[step][2], "note": "另一项内容"}
    assert code_of(await send(whole, incident, step, body=other, Idempotency_Key="step-1")) == (
        422, "idempotency_key_reused",
    )  # fmt: skip
    late = await send(whole, incident, step, If_Match=tag(version), Idempotency_Key="step-2")
    gone = step in ("return", "return_order")  # who has sent it back sees it no more
    assert code_of(late) == ((404, "not_found") if gone else (412, "version_mismatch")), "no second one"
    shown = await whole.detail(incident["id"])
    assert shown["incident"]["version"] == version + 1
    assert [one["step"] for one in shown["steps"]][-1] == step
    assert [fact.state.version for fact in await facts("grid.incident", incident["id"])] == list(range(1, version + 2))


@pytest.mark.parametrize("step", STEPS)
async def test_a_step_is_refused_to_another_role_another_department_another_village_and_nobody(
    whole: Whole, step: str
) -> None:
    """Told apart: who may not at all is forbidden, who may elsewhere finds nothing, as of what does not exist."""
    incident = await ready(whole, step)
    row = TABLE[step]
    nobody = {"id": str(new_id())}
    for other in sorted(set(Role) - WHO[row.permission] - OWN_ONLY):
        assert code_of(await send(whole, incident, step, a_principal(other, "450481"))) == (403, "forbidden"), other
    for role, area in zip(sorted(WHO[row.permission]), cycle((OTHER_VILLAGE, NOWHERE, "450482")), strict=False):
        who = a_principal(role, area, department="urban_management" if role in DEPARTMENT_ROLES else None)
        bound = Principal("bound", (Grant(role, "450481", "health"),))
        for one in (who, bound):
            assert code_of(await send(whole, incident, step, one)) == (404, "not_found"), (role, area)
    hidden, missing = await send(whole, incident, step, who), await send(whole, nobody, step, who)
    assert {**hidden.json(), "request_id": ""} == {**missing.json(), "request_id": ""}
    async with whole.door.client(None) as client:
        answer = await client.post(f"/incidents/{incident['id']}/{whole.bodies()[step][1]}", json={})
    assert code_of(answer) == (401, "unauthenticated")
    await stays(whole, incident)


@pytest.mark.parametrize("step", [step for step in UNIT if step != "resume"])
async def test_what_the_unit_does_its_department_does_and_no_other_that_sees_it(whole: Whole, step: str) -> None:
    """A department that assists sees the incident; what the leading unit does is not its."""
    finished = ("take_order", "finish_order") if step == "feedback" else ()
    incident = await whole.do((await ready(whole, step))["id"], "order", *finished)
    assistant = a_principal("department_officer", "450481", subject="assists", department="water")
    async with whole.door.client(assistant) as client:
        assert (await client.get(f"/incidents/{incident['id']}")).status_code == 200
    refused = await send(whole, incident, step, assistant)
    assert code_of(refused) == (409, "incident_held_elsewhere")
    await stays(whole, incident)
    assert (await send(whole, incident, step, HANDLER)).status_code == 200


@pytest.mark.parametrize(
    "step", ["verify", "file", "dispatch", "accept", "begin", "check", "close", "reopen", "suspend"]
)
async def test_of_those_who_take_one_step_at_once_one_does_and_the_others_are_told(
    whole: Whole, facts: Facts, step: str
) -> None:
    incident = await ready(whole, step)
    answers = await gather(*(send(whole, incident, step) for _ in range(3)))
    assert Counter(one.status_code for one in answers) == {200: 1, 409: 2}
    assert {code_of(one)[1] for one in answers if one.status_code == 409} == {"incident_transition_not_allowed"}
    told = await facts("grid.incident", incident["id"])
    assert [fact.state.version for fact in told] == list(range(1, incident["version"] + 2))


@pytest.mark.parametrize(
    ("one", "other"), [("accept", "return"), ("file", "reject"), ("check", "rework"), ("take_order", "withdraw_order")]
)
async def test_of_two_steps_that_exclude_each_other_one_is_taken(
    whole: Whole, facts: Facts, one: str, other: str
) -> None:
    incident = await ready(whole, one)
    answers = await gather(send(whole, incident, one), send(whole, incident, other))
    if one == "take_order":  # an order that was taken may still be withdrawn, one that was withdrawn is not taken
        assert answers[1].status_code == 200
        assert answers[0].status_code in (200, 404, 409)
    else:
        assert sorted(answer.status_code for answer in answers) in ([200, 404], [200, 409])
    shown = await whole.read(incident["id"])
    taken = [answer.status_code for answer in answers].count(200)
    assert shown["version"] == incident["version"] + taken
    assert len(await facts("grid.incident", incident["id"])) == shown["version"]


async def test_one_key_sent_at_once_takes_one_step(whole: Whole) -> None:
    incident = await ready(whole, "dispatch")
    answers = await gather(*(send(whole, incident, "dispatch", Idempotency_Key="once") for _ in range(5)))
    later = await send(whole, incident, "dispatch", Idempotency_Key="once")
    assert {one.content for one in answers if one.status_code == 200} <= {later.content}
    refused = {code_of(one)[1] for one in answers if one.status_code != 200}
    assert refused <= {"request_in_flight", "incident_transition_not_allowed"}
    assert (await whole.read(incident["id"]))["version"] == incident["version"] + 1


async def test_a_key_is_its_callers_and_its_incidents(whole: Whole) -> None:
    """The same key of another caller is another key; on another incident it is refused."""
    first, second = await ready(whole, "verify"), await ready(whole, "verify")
    assert (await send(whole, first, "verify", Idempotency_Key="k")).status_code == 200
    reused = await send(whole, second, "verify", Idempotency_Key="k")
    assert code_of(reused) == (422, "idempotency_key_reused")
    assert (await send(whole, second, "verify", COUNTY_OFFICER, Idempotency_Key="k")).status_code == 200


async def test_a_worker_takes_the_steps_of_the_own_grid_and_finds_nothing_of_the_next(whole: Whole) -> None:
    incident = await ready(whole, "verify")
    own, next_one = (a_principal("grid_worker", f"{VILLAGE}00{n}") for n in (1, 2))
    assert incident["area"] == f"{VILLAGE}001"
    assert code_of(await send(whole, incident, "verify", next_one)) == (404, "not_found")
    assert (await send(whole, incident, "verify", own)).status_code == 200
    await whole.do(incident["id"], "place")  # it lies in the second grid
    assert code_of(await send(whole, incident, "self_handle", own)) == (404, "not_found")
    assert (await send(whole, incident, "self_handle", next_one)).status_code == 200


def test_every_step_of_the_table_is_asked_for_here() -> None:
    whole: Any = object.__new__(Whole)
    whole.unit = whole.assistant = whole.other = ""
    assert set(whole.bodies()) == set(STEPS) == set(TABLE)
    assert {Step(one) for one in STEPS} == set(LIFECYCLE)
