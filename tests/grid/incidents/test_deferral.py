"""缓办: leave to handle an incident after its deadline, which takes it out of the due."""

import pytest

from shared.auth.principal import Principal
from shared.contracts.grid.incident_steps import IncidentDeferred
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.grid.builders import CLERK, HANDLER, HEAD, OTHER_CLERK, WORKER
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import Do, bring

HANDLED = ("file", "dispatch", "accept")


async def test_leave_is_given_while_it_is_handled_and_goes_with_it_to_the_end(
    do: Do, incident: str, unit: str, facts: Facts
) -> None:
    await bring(do, incident, unit, *HANDLED)
    deferred = await do(HEAD, incident, "defer", reason="rainy_season")
    assert deferred.status_code == 200, deferred.text
    assert (deferred.json()["status"], deferred.json()["deferred"]) == ("accepted", True)
    fact = (await facts("grid.incident"))[-1]
    assert isinstance(fact, IncidentDeferred)
    assert (fact.state.deferred, fact.state.version) == (True, 5)
    await bring(do, incident, unit, "feedback", "check", "close")
    assert (await facts("grid.incident"))[-1].state.deferred


async def test_leave_is_a_line_of_the_history_with_its_reason(door: Door, do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, *HANDLED)
    await do(HEAD, incident, "defer", reason="rainy_season")
    async with door.client(CLERK) as client:
        step = (await client.get(f"/incidents/{incident}")).json()["steps"][-1]
    assert (step["step"], step["status"], step["reason"], step["actor"]) == (
        "defer", "accepted", "rainy_season", HEAD.subject,
    )  # fmt: skip
    assert step["unit_id"] == unit


async def test_it_is_not_overdue_any_more(door: Door, do: Do, incident: str, unit: str, clock: FrozenClock) -> None:
    await bring(do, incident, unit, *HANDLED)
    await do(HEAD, incident, "defer", reason="rainy_season")
    clock.advance(days=30)
    async with door.client(CLERK) as client:
        for overdue, expected in ((True, 0), (False, 1)):
            listed = (await client.get("/incidents", params={"overdue": overdue})).json()["items"]
            counted = (await client.get("/incidents/count", params={"overdue": overdue})).json()["count"]
            assert len(listed) == counted == expected


async def test_after_the_deadline_nobody_gives_leave(do: Do, incident: str, unit: str, clock: FrozenClock) -> None:
    await bring(do, incident, unit, *HANDLED)
    clock.advance(days=30)
    refused = await do(HEAD, incident, "defer", reason="rainy_season")
    assert (refused.status_code, refused.json()["code"]) == (409, "incident_deferral_too_late")


async def test_leave_is_given_once(do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, *HANDLED)
    await do(HEAD, incident, "defer", reason="rainy_season")
    refused = await do(HEAD, incident, "defer", reason="rainy_season")
    assert (refused.status_code, refused.json()["code"]) == (409, "incident_deferred_already")


@pytest.mark.parametrize(
    "steps",
    [(), ("file",), ("file", "dispatch"), (*HANDLED, "feedback"), (*HANDLED, "feedback", "check", "close")],
)
async def test_only_what_is_being_handled_is_deferred(do: Do, incident: str, unit: str, steps: tuple[str, ...]) -> None:
    await bring(do, incident, unit, *steps)
    refused = await do(HEAD, incident, "defer", reason="rainy_season")
    assert (refused.status_code, refused.json()["code"]) == (409, "incident_transition_not_allowed")


@pytest.mark.parametrize(("who", "status"), [(WORKER, 403), (HANDLER, 403), (OTHER_CLERK, 404)])
async def test_whoever_handles_it_gives_no_leave_to_themselves(
    do: Do, incident: str, unit: str, who: Principal, status: int
) -> None:
    await bring(do, incident, unit, *HANDLED)
    assert (await do(who, incident, "defer", reason="rainy_season")).status_code == status


async def test_leave_needs_a_reason(do: Do, incident: str, unit: str) -> None:
    await bring(do, incident, unit, *HANDLED)
    assert (await do(HEAD, incident, "defer")).status_code == 422
