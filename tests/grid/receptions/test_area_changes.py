"""Receptions when areas change: planned ones go along with their town and back, and none falls away."""

import pytest

from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door
from tests.grid.area_changes.test_events import a_change, undone
from tests.grid.builders import COUNTY_OFFICER, RESIDENT, TOWN, TOWN_OFFICER, an_area
from tests.grid.petitions.test_api import a_petition
from tests.grid.receptions.test_api import OTHER_TOWN, a_reception, did, planned, roster

NEW_TOWN = "450481109"
MERGED = ((TOWN, NEW_TOWN), (OTHER_TOWN, NEW_TOWN))


@pytest.fixture
async def new_town(arrivals: Arrivals, villages: None) -> None:
    await arrivals.take(an_area(NEW_TOWN))


async def test_two_towns_that_merge_keep_both_leaders_on_one_day_and_get_them_back(
    door: Door, new_town: None, arrivals: Arrivals
) -> None:
    ours, theirs = await planned(door), await planned(door, area=OTHER_TOWN, name="司徒示例")
    change = a_change(*MERGED)
    await arrivals.take(change)
    async with door.client(RESIDENT) as anybody:
        moved = await roster(anybody, area=NEW_TOWN)
        assert {one["id"]: one["area"] for one in moved} == dict.fromkeys((ours["id"], theirs["id"]), NEW_TOWN)
        assert {one["version"] for one in moved} == {2}
        assert {one["status"] for one in moved} == {"planned"}
        await arrivals.take(undone(change))
        back = {one["id"]: one["area"] for one in await roster(anybody)}
    assert back == {ours["id"]: TOWN, theirs["id"]: OTHER_TOWN}


async def test_told_twice_a_change_is_followed_once(door: Door, new_town: None, arrivals: Arrivals) -> None:
    await planned(door)
    change = a_change((TOWN, NEW_TOWN))
    await arrivals.take(change)
    await arrivals.take(change.model_copy(update={"version": 2}))
    async with door.client(RESIDENT) as anybody:
        [one] = await roster(anybody)
    assert (one["area"], one["version"]) == (NEW_TOWN, 2)


@pytest.mark.parametrize(("verb", "area"), [(None, NEW_TOWN), ("cancel", TOWN), ("hold", TOWN)])
async def test_what_was_held_or_cancelled_before_stays_where_it_was(
    door: Door, new_town: None, arrivals: Arrivals, clock: FrozenClock, verb: str | None, area: str
) -> None:
    one = await planned(door, received_on="2026-03-16")
    async with door.client(TOWN_OFFICER) as town:
        if verb is not None:
            assert (await did(town, one, verb)).status_code == 200
        await arrivals.take(a_change((TOWN, NEW_TOWN)))
    async with door.client(RESIDENT) as anybody:
        assert [each["area"] for each in await roster(anybody)] == [area]


async def test_what_went_along_and_was_held_goes_back_as_held(door: Door, new_town: None, arrivals: Arrivals) -> None:
    await planned(door, received_on="2026-03-16")
    change = a_change((TOWN, NEW_TOWN))
    await arrivals.take(change)
    async with door.client(COUNTY_OFFICER) as county:
        [moved] = await roster(county)
        assert (await did(county, moved, "hold")).status_code == 200
        await arrivals.take(undone(change))
        [back] = await roster(county)
    assert (back["area"], back["status"]) == (TOWN, "held")


async def test_petitions_are_brought_to_a_reception_where_it_is_now(
    door: Door, new_town: None, arrivals: Arrivals
) -> None:
    one = await planned(door, received_on="2026-03-16")
    await arrivals.take(a_change((TOWN, NEW_TOWN), ("450481100201", "450481109201")))
    async with door.client(COUNTY_OFFICER) as county:
        for area, status in ((NEW_TOWN, 201), (TOWN, 422)):
            body = a_petition(area=area, form="reception", reception_id=one["id"])
            assert (await county.post("/petitions", json=body)).status_code == status, area


async def test_in_a_place_that_took_another_along_a_post_is_still_planned_once(
    door: Door, new_town: None, arrivals: Arrivals
) -> None:
    await planned(door)
    await arrivals.take(a_change((TOWN, NEW_TOWN)))
    async with door.client(COUNTY_OFFICER) as county:
        first = await county.post("/receptions", json=a_reception(area=NEW_TOWN))
        assert first.status_code == 201, "the new town plans its own beside what came along"
        second = await county.post("/receptions", json=a_reception(area=NEW_TOWN))
        assert (second.status_code, second.json()["code"]) == (409, "reception_taken")
