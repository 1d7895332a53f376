"""Days away: who acts on each day, what may be entered beside what, at once and crosswise, and what an undo brings."""

import asyncio
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from services.services_hall.agents.domain import Absence, is_away_on, serves_on, stands_in
from shared.auth.principal import Principal
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.agencies.carrying import AGENT, SUBSTITUTE, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.agents.test_agents import an_agent, set_to
from tests.services_hall.conftest import CLERK, Facts, refusal

THIRD = a_principal("agent", AGENT.grants[0].area, "agent-c")
FIRST = date(2026, 3, 1)


def march(day: int) -> date:
    return FIRST + timedelta(days=day - 1)


@pytest.mark.parametrize("since", range(1, 8))
@pytest.mark.parametrize("until", range(1, 8))
def test_who_stands_in_is_there_on_every_one_of_the_days(since: int, until: int) -> None:
    """All stretches of a week against one absence and one term, day by day."""
    if until < since:
        return
    days = Absence(march(since), march(until), new_id())
    away = an_agent(since=march(1), absent_since=march(3), absent_until=march(4))
    term = an_agent(since=march(2), until=march(5))
    for agent in (away, term):
        each = [march(day) for day in range(since, until + 1)]
        assert stands_in(agent, days) is all(serves_on(agent, one) and not is_away_on(agent, one) for one in each)


@pytest.fixture
async def three(carrying: Carrying, person: object) -> list[Any]:
    """Three agents of the village."""
    return [await carrying.appointed(one) for one in (AGENT, SUBSTITUTE, THIRD)]


async def leave(carrying: Carrying, who: Any, other: Any, since: int, until: int) -> Any:
    body = {"since": str(march(since)), "until": str(march(until)), "substitute_id": other["id"]}
    return await carrying.ask(TOWN_OFFICER, f"/agents/{who['id']}/leave", body)


async def test_two_absences_entered_crosswise_at_once_are_one_and_a_refusal(
    carrying: Carrying, three: list[Any]
) -> None:
    """Each would stand in for the other: whoever comes second is told, and nobody waits for nobody."""
    first, second, _ = three
    for attempt in range(4):
        asked = (leave(carrying, first, second, 18, 20), leave(carrying, second, first, 18, 20))
        answers = await asyncio.gather(*asked)
        assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
        refused = next(one for one in answers if one.status_code == 409)
        assert refusal(refused)[1] in ("agent_still_carries", "substitute_wrong")
        away = next(one.json() for one in answers if one.status_code == 200)
        back = await carrying.done(TOWN_OFFICER, f"/agents/{away['id']}/return")
        assert back["absent_since"] is None, attempt


async def test_three_in_a_ring_at_once_leave_nobody_with_a_substitute_who_is_away(
    carrying: Carrying, three: list[Any]
) -> None:
    pairs = list(pairwise([*three, three[0]]))
    answers = await asyncio.gather(*(leave(carrying, one, other, 18, 20) for one, other in pairs))
    assert {one.status_code for one in answers} == {200, 409}
    files = {one["id"]: one for one in (await carrying.read(CLERK, "/agents"))["items"]}
    for one in files.values():
        if one["substitute_id"] is not None:
            assert files[one["substitute_id"]]["absent_since"] is None


async def test_an_end_and_an_absence_that_names_the_same_substitute_at_once_are_one_and_a_refusal(
    carrying: Carrying, three: list[Any]
) -> None:
    first, second, _ = three
    ending = carrying.ask(TOWN_OFFICER, f"/agents/{second['id']}/end", {"until": "2026-03-16"})
    answers = await asyncio.gather(leave(carrying, first, second, 18, 20), ending)
    assert sorted(one.status_code for one in answers) == [200, 409]


async def test_who_stands_in_may_be_away_on_other_days_before_and_after(carrying: Carrying, three: list[Any]) -> None:
    first, second, third = three
    assert (await leave(carrying, first, second, 23, 25)).status_code == 200
    for since, until in ((20, 23), (24, 24), (25, 30), (20, 30)):
        refused = await leave(carrying, second, third, since, until)
        assert refusal(refused)[:2] == (409, "agent_still_carries"), (since, until)
    assert (await leave(carrying, second, third, 20, 22)).status_code == 200, "back the day before"


async def test_an_undo_of_a_return_is_refused_once_the_substitute_is_away_or_relied_upon(
    carrying: Carrying, three: list[Any]
) -> None:
    first, second, third = three
    assert (await leave(carrying, first, second, 18, 20)).status_code == 200
    back = await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/return")
    assert (await leave(carrying, second, third, 19, 19)).status_code == 200
    refused = await carrying.undo(TOWN_OFFICER, f"/agents/{first['id']}", back["version"])
    assert refusal(refused)[:2] == (409, "substitute_wrong")
    await carrying.done(TOWN_OFFICER, f"/agents/{second['id']}/return")
    assert (await leave(carrying, third, first, 20, 20)).status_code == 200
    relied = await carrying.undo(TOWN_OFFICER, f"/agents/{first['id']}", back["version"])
    assert refusal(relied)[:2] == (409, "agent_still_carries"), "the first one stands in for the third by now"
    await carrying.done(TOWN_OFFICER, f"/agents/{third['id']}/return")
    again = await carrying.undo(TOWN_OFFICER, f"/agents/{first['id']}", back["version"])
    assert (again.json()["absent_since"], again.json()["substitute_id"]) == ("2026-03-18", second["id"])


async def test_two_undos_crosswise_at_once_are_both_answered(carrying: Carrying, three: list[Any]) -> None:
    first, second, _ = three
    for one, other, day in ((first, second, 18), (second, first, 20)):
        assert (await leave(carrying, one, other, day, day)).status_code == 200
        await carrying.done(TOWN_OFFICER, f"/agents/{one['id']}/return")
    paths = [f"/agents/{one['id']}" for one in (first, second)]
    answers = await asyncio.gather(*(carrying.undo(TOWN_OFFICER, path, 3) for path in paths))
    assert [one.status_code for one in answers] == [200, 200], [one.text for one in answers]


async def test_on_each_day_one_login_carries_the_matter_and_the_lists_agree(
    carrying: Carrying, three: list[Any], clock: FrozenClock
) -> None:
    """An absence within an absence is nobody's: who is away two times in a row is stood in for by two."""
    first, second, third = three
    agency = await carrying.entrusted(first)
    assert (await leave(carrying, first, second, 18, 19)).status_code == 200
    everybody: tuple[Principal, ...] = (AGENT, SUBSTITUTE, THIRD)
    acting = {17: AGENT, 18: SUBSTITUTE, 19: SUBSTITUTE, 20: AGENT, 21: THIRD, 22: THIRD, 23: AGENT}
    for day, who in acting.items():
        set_to(clock, str(march(day)))
        if day == 20:
            assert (await leave(carrying, first, third, 21, 22)).status_code == 200
        mine = [one for one in everybody if await carrying.listed(one, "/agencies", desk="mine")]
        assert mine == [who], day
        for one in everybody:
            asked = await carrying.ask(one, f"/agencies/{agency['id']}/visit", {"visited_on": "2026-03-16"})
            expected = (409, "visit_not_arranged") if one is who else (403, "agency_not_yours")
            assert refusal(asked)[:2] == expected, (day, one.subject)


async def test_who_came_back_early_acts_from_that_day_on_and_the_days_away_stay(
    carrying: Carrying, three: list[Any], clock: FrozenClock, facts: Facts
) -> None:
    first, second, _ = three
    await carrying.entrusted(first)
    assert (await leave(carrying, first, second, 17, 25)).status_code == 200
    set_to(clock, "2026-03-19")
    back = await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/return")
    assert (back["absent_since"], back["absent_until"]) == ("2026-03-17", "2026-03-18")
    assert [len(await carrying.listed(one, "/agencies", desk="mine")) for one in (AGENT, SUBSTITUTE)] == [1, 0]
    ended = await carrying.ask(TOWN_OFFICER, f"/agents/{second['id']}/end", {"until": "2026-03-19"})
    assert ended.status_code == 200, "nobody relies on who stood in until yesterday"
    assert (await facts(subject=first["id"]))[-1].type == "services_hall.agent.returned"
    undone = await carrying.undo(TOWN_OFFICER, f"/agents/{first['id']}", back["version"])
    assert refusal(undone)[:2] == (409, "substitute_wrong"), "who stood in has ended"
