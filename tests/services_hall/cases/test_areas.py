"""Cases when areas change: what is open goes on at the counter's area of now, what has ended keeps its code."""

from datetime import date
from typing import Any

import pytest

from shared.contracts.registry.area_changes import AreaChangeKind, AreaChangeState, AreaChangeStatus, AreaSuccession
from shared.contracts.services_hall.cases import CaseBoundaryChanged
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.services_hall.conftest import COUNTY_OFFICER, OTHER_VILLAGE, VILLAGE, CaseIn, Facts, Step

NEWER = "450481114299"


def a_change(origin: str = VILLAGE, to: str | None = OTHER_VILLAGE, on: date = date(2026, 3, 16)) -> AreaChangeState:
    return AreaChangeState(
        id=new_id(),
        version=1,
        area=VILLAGE[:9],
        kind=AreaChangeKind.MERGE,
        status=AreaChangeStatus.DONE,
        effective_on=on,
        moves=(AreaSuccession(origin=origin, to=to),),
    )


def undone(change: AreaChangeState) -> AreaChangeState:
    return change.model_copy(update={"version": 2, "status": AreaChangeStatus.UNDONE})


async def area_of(door: Door, case: Any) -> str:
    async with door.client(COUNTY_OFFICER) as client:
        return str((await client.get(f"/cases/{case['id']}")).json()["area"])


@pytest.mark.parametrize("status", ["submitted", "received", "accepted", "decided"])
async def test_an_open_case_goes_on_under_the_code_of_the_village_that_carries_on(
    door: Door, case_in: CaseIn, arrivals: Arrivals, facts: Facts, clock: FrozenClock, status: str
) -> None:
    case = await case_in(status)
    clock.advance(days=7)
    change = a_change(on=date(2026, 3, 20))
    await arrivals.take(change)
    assert await area_of(door, case) == OTHER_VILLAGE
    (moved,) = [one for one in await facts("services_hall.case") if isinstance(one, CaseBoundaryChanged)]
    assert [(one.area, one.until) for one in moved.state.former] == [(VILLAGE, date(2026, 3, 20))]
    assert moved.state.version == case["version"] + 1
    said = len(await facts())
    await arrivals.take(change, revision=1)
    assert len(await facts()) == said


@pytest.mark.parametrize("status", ["closed", "refused", "withdrawn"])
async def test_what_has_ended_keeps_its_code(door: Door, case_in: CaseIn, arrivals: Arrivals, status: str) -> None:
    case = await case_in(status)
    await arrivals.take(a_change())
    assert await area_of(door, case) == VILLAGE


async def test_a_village_that_goes_on_or_that_nobody_carries_on_keeps_its_cases(
    door: Door, case_in: CaseIn, arrivals: Arrivals
) -> None:
    case = await case_in("accepted")
    await arrivals.take(a_change(to=None))
    assert await area_of(door, case) == VILLAGE


@pytest.mark.parametrize("late", [False, True])
async def test_changes_and_their_undoing_in_whatever_order_they_arrive(
    door: Door, case_in: CaseIn, step: Step, arrivals: Arrivals, late: bool
) -> None:
    case = await case_in("decided")
    first, second = a_change(), a_change(OTHER_VILLAGE, NEWER)
    for change in (second, first) if late else (first, second):
        await arrivals.take(change)
    assert await area_of(door, case) == NEWER
    assert (await step(case, "close")).status_code == 200
    for change in (first, second) if late else (second, first):
        await arrivals.take(undone(change))
    assert await area_of(door, case) == VILLAGE
