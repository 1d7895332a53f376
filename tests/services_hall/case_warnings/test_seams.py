"""Warnings where cases go back, areas change: what is done anew is warned about anew, and goes where its case goes."""

from typing import Any

import pytest

from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.case_warnings.test_api import listed, post
from tests.services_hall.case_warnings.test_scan import Scans, set_to
from tests.services_hall.case_warnings.test_scan import scan as scan
from tests.services_hall.cases.conftest import whole as whole
from tests.services_hall.cases.test_areas import a_change, undone
from tests.services_hall.cases.whole import Whole
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, OTHER_CLERK, CaseIn, Facts, Step

NOTICE: dict[str, Any] = {"materials": [{"number": 2, "problem": "illegible"}]}


async def back(door: Door, step: Step, case: Any) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        version = (await client.get(f"/cases/{case['id']}")).json()["version"]
    taken = await step(case, "undo", headers={"If-Match": f'"{version}"'}, reason="wrong_step")
    assert taken.status_code == 200, taken.text


async def test_a_decision_that_is_taken_again_has_a_delivery_that_is_warned_about_again(
    whole: Whole, door: Door, step: Step, scan: Scans, clock: FrozenClock
) -> None:
    case = await whole.bring("decided")
    set_to(clock, "2026-04-20")
    first = [one for one in await scan() if one[0] == "delivery"]
    assert [colour for _, colour, *_ in first] == ["yellow", "red"]
    await back(door, step, case)
    set_to(clock, "2026-04-21")
    assert (await step(case, "decide", granted=True)).status_code == 200
    assert [one for one in await scan() if one[0] == "delivery"] == []
    set_to(clock, "2026-05-20")
    assert [one for one in await scan() if one[0] == "delivery"] == first
    assert [one for one in await scan() if one[0] == "delivery"] == []


async def test_what_is_told_and_received_again_is_warned_about_again(
    whole: Whole, door: Door, step: Step, scan: Scans, clock: FrozenClock
) -> None:
    case = await whole.do(await whole.bring("received"), ("notify", {**NOTICE, "until": "2026-03-20"}))
    set_to(clock, "2026-03-18")
    assert [one[0] for one in await scan()] == ["supply"]
    await back(door, step, case)
    case = await whole.do(case, ("notify", {**NOTICE, "until": "2026-04-30"}))
    assert await scan() == []
    set_to(clock, "2026-04-29")
    assert [one[0] for one in await scan()] == ["supply"]
    assert await scan() == []


async def test_an_acceptance_that_is_taken_again_has_a_limit_that_is_warned_about_again(
    case_in: CaseIn, door: Door, step: Step, scan: Scans, clock: FrozenClock
) -> None:
    case = await case_in("accepted")
    set_to(clock, "2026-03-20")
    assert [one[:2] for one in await scan()] == [("limit", "yellow")]
    await back(door, step, case)
    again = await step(case, "accept")
    assert (again.status_code, again.json()["due_on"]) == (200, "2026-03-27")
    assert await scan() == []
    set_to(clock, "2026-03-26")
    assert [one[:2] for one in await scan()] == [("limit", "yellow")]
    assert await scan() == []


@pytest.mark.parametrize("acknowledged", [False, True])
async def test_a_warning_goes_where_its_case_goes_when_areas_change(
    door: Door, case_in: CaseIn, scan: Scans, clock: FrozenClock, arrivals: Arrivals, facts: Facts, acknowledged: bool
) -> None:
    await case_in("accepted")
    set_to(clock, "2026-03-24")
    assert len(await scan()) == 2
    holder = ("limit", "yellow")
    assert await listed(door, CLERK) == [holder]
    if acknowledged:
        async with door.client(CLERK) as client:
            [one] = (await client.get("/case-warnings")).json()["items"]
        assert (await post(door, f"/case-warnings/{one['id']}/acknowledge", CLERK)).status_code == 200
    change = a_change()
    await arrivals.take(change)
    assert (await listed(door, CLERK), await listed(door, OTHER_CLERK)) == ([], [holder])
    moved = (await facts("services_hall.case_warning"))[-1]
    assert moved.type == "services_hall.case_warning.boundary_changed"
    assert (moved.state.area, moved.state.version) == (OTHER_CLERK.grants[0].area, 3 if acknowledged else 2)
    said = len(await facts())
    await arrivals.take(change, revision=1)
    assert len(await facts()) == said
    await arrivals.take(undone(change))
    assert (await listed(door, CLERK), await listed(door, OTHER_CLERK)) == ([holder], [])
