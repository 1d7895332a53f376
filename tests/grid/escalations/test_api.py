"""Escalations: the oldest first, what nobody has as well, in hours of work, once per rule and level."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx
import pytest

from services.grid.escalations.domain import CONCERNED, EscalationTransitionError, require_transition
from services.grid.escalations.service import restate
from services.grid.incidents.domain.lifecycle import OPEN
from shared.clock import SHANGHAI
from shared.contracts.grid.escalations import (
    EscalationBoundaryChanged,
    EscalationFired,
    EscalationMetric,
    EscalationStatus,
)
from shared.contracts.grid.incidents import IncidentStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.grid.area_changes.test_events import a_change, undone
from tests.grid.builders import (
    CLERK,
    COUNTY_OFFICER,
    FIRST_GRID,
    HANDLER,
    HEAD,
    OTHER_CLERK,
    RESIDENT,
    STRANGER,
    TOWN_OFFICER,
    VILLAGE,
    WORKER,
    calendars,
)
from tests.grid.conftest import Facts
from tests.grid.escalations.escalating import Sweeper, a_rule, laid_down, reported, retire_all, step


@dataclass
class Town:
    """A county without rules, its clerk, and the worker's sweep. It is Monday, ten o'clock."""

    county: httpx.AsyncClient
    clerk: httpx.AsyncClient
    handler: httpx.AsyncClient
    sweeper: Sweeper
    clock: FrozenClock
    unit: str

    async def at(self, text: str) -> list[tuple[str, str]]:
        """What has fired by a time of March 2026, Shanghai: incidents and metrics in the order of firing."""
        self.clock.set(datetime.fromisoformat(f"2026-03-{text}").replace(tzinfo=SHANGHAI))
        await self.sweeper.all()
        rows = (await self.county.get("/escalations", params={"limit": 200})).json()["items"]
        return [(one["incident_id"], one["metric"]) for one in reversed(rows)]

    async def filed(self, **what: Any) -> str:
        incident = await reported(self.clerk, **what)
        await step(self.clerk, incident, "file")
        return incident

    async def dispatched(self, **what: Any) -> str:
        incident = await self.filed(**what)
        await step(self.clerk, incident, "dispatch", unit_id=self.unit)
        return incident


@pytest.fixture
async def town(
    door: Door, grids: None, unit: str, committed: Database, clock: FrozenClock, crypto: Crypto
) -> AsyncIterator[Town]:
    async with (
        door.client(COUNTY_OFFICER) as county,
        door.client(CLERK) as clerk,
        door.client(HANDLER) as handler,
    ):
        await retire_all(county)
        yield Town(county, clerk, handler, Sweeper(committed, clock, crypto), clock, unit)


async def test_each_metric_runs_from_its_own_instant(town: Town) -> None:
    for metric, threshold in (("unfiled", 2), ("unassigned", 3), ("unaccepted", 1), ("before_due", 4), ("overdue", 0)):
        await laid_down(town.county, metric=metric, threshold=threshold)
    waiting = await reported(town.clerk)
    mine = await town.dispatched()  # due on Wednesday at 18:00
    assert await town.at("16 11:00") == []
    assert await town.at("16 11:01") == [(mine, "unaccepted")]
    assert await town.at("16 12:00") == [(mine, "unaccepted")]
    fired = [(mine, "unaccepted"), (waiting, "unfiled")]
    assert await town.at("16 14:01") == fired  # two hours ended with the morning
    await step(town.clerk, waiting, "file")
    assert await town.at("16 17:01") == fired
    assert await town.at("17 08:01") == (fired := [*fired, (waiting, "unassigned")])
    await step(town.handler, mine, "accept")
    assert await town.at("18 13:59") == fired
    assert await town.at("18 14:00") == (fired := [*fired, (waiting, "before_due"), (mine, "before_due")])
    await step(town.handler, mine, "feedback", reason="done")
    assert await town.at("19 08:00") == (fired := [*fired, (waiting, "overdue"), (mine, "overdue")])
    assert await town.at("25 10:00") == fired  # once each


async def test_nobody_is_rung_at_night_or_on_a_day_off_but_by_rules_around_the_clock(town: Town) -> None:
    await laid_down(town.county)
    await laid_down(town.county, level=2, severity="urgent", around_the_clock=True)
    fire = await town.filed(category="fire", severity="urgent")  # within two hours of the clock
    flood = await town.filed(category="disaster", severity="serious")  # by the end of Tuesday
    assert await town.at("16 12:00") == []
    assert await town.at("16 12:01") == [(fire, "overdue")]  # at lunch: level 2 alone
    assert await town.at("16 13:59") == [(fire, "overdue")]
    assert await town.at("16 14:00") == [(fire, "overdue")] * 2
    for night in ("17 18:00", "18 00:00", "18 03:00", "18 07:59"):
        assert await town.at(night) == [(fire, "overdue")] * 2
    assert (flood, "overdue") in await town.at("18 08:00")
    rows = (await town.county.get("/escalations", params={"incident_id": flood})).json()["items"]
    assert [(one["reached_at"], one["fired_at"]) for one in rows] == [
        ("2026-03-17T23:59:59+08:00", "2026-03-18T08:00:00+08:00")
    ]
    weekend = await town.filed(category="disaster", severity="urgent")
    await town.at("20 18:00")
    late = await town.filed(category="disaster", severity="normal")
    assert (weekend, "overdue") in await town.at("21 10:00")
    assert (late, "overdue") not in await town.at("22 23:59")
    assert (late, "overdue") in await town.at("23 08:00")


async def test_the_oldest_comes_first_and_what_nobody_has_as_well(town: Town, facts: Facts) -> None:
    await laid_down(town.county)
    later = await town.dispatched(category="fire")  # three working days
    sooner = [await town.filed() for _ in range(3)]  # two working days, and no unit has them
    assert await town.at("20 09:00") == [*((one, "overdue") for one in sooner), (later, "overdue")]
    told = [one for one in await facts("grid.escalation") if isinstance(one, EscalationFired)]
    assert [str(one.state.incident_id) for one in told] == [*sooner, later]


async def test_a_return_does_not_begin_the_clock_anew(town: Town) -> None:
    await laid_down(town.county, metric="unassigned", threshold=6)
    await laid_down(town.county, metric="overdue", threshold=0, level=2)
    incident = await town.dispatched()
    assert await town.at("16 17:59") == []
    town.clock.set(datetime(2026, 3, 17, 9, tzinfo=SHANGHAI))
    await step(town.handler, incident, "return", reason="not_responsible")
    assert await town.at("17 09:01") == [(incident, "unassigned")]  # six hours of work since Monday, ten o'clock
    await step(town.clerk, incident, "dispatch", unit_id=town.unit)
    await step(town.handler, incident, "return", reason="not_responsible")
    fired = [(incident, "unassigned"), (incident, "overdue")]
    assert await town.at("19 08:00") == fired
    assert await town.at("26 08:00") == fired


async def test_what_has_ended_or_is_late_with_leave_is_not_escalated(town: Town) -> None:
    await laid_down(town.county)
    await laid_down(town.county, metric="unfiled", threshold=1, level=2)
    deferred, rejected = await town.dispatched(), await reported(town.clerk)
    await step(town.handler, deferred, "accept")
    await step(town.clerk, deferred, "defer", reason="rainy_season")
    await step(town.clerk, rejected, "reject", reason="nothing_there")
    assert await town.at("31 10:00") == []


async def test_a_calendar_that_is_amended_moves_what_has_not_fired(town: Town, arrivals: Arrivals) -> None:
    await laid_down(town.county)
    await laid_down(town.county, metric="unassigned", threshold=1, unit="work_day", level=2)
    incident = await town.filed()  # due on Wednesday
    for year in calendars():
        if year.year == 2026:
            days = (*year.holidays, date(2026, 3, 17), date(2026, 3, 18))
            await arrivals.take(year.model_copy(update={"version": 2, "holidays": days}))
    for day_off in ("17 10:00", "18 10:00", "19 10:00"):
        assert await town.at(day_off) == []  # two days off, and Thursday is the first working day
    assert await town.at("20 08:00") == [(incident, "unassigned")]
    assert await town.at("20 18:00") == [(incident, "unassigned")]
    assert await town.at("23 08:00") == [(incident, "unassigned"), (incident, "overdue")]


async def test_rules_concern_a_category_or_a_severity_and_may_be_amended(town: Town) -> None:
    rule = await laid_down(town.county, metric="unfiled", threshold=1, category="fire")
    await laid_down(town.county, metric="unfiled", threshold=1, severity="urgent", level=2)
    assert (
        await town.county.post("/escalation-rules", json=a_rule(metric="unfiled", threshold=1, category="fire"))
    ).json()["code"] == "escalation_rule_known"
    fire = await reported(town.clerk, category="fire")
    other = await reported(town.clerk)
    urgent = await reported(town.clerk, severity="urgent")
    expected = [(fire, "unfiled"), (urgent, "unfiled")]
    assert sorted(await town.at("16 14:00")) == sorted(expected)
    path = f"/escalation-rules/{rule['id']}"
    amended = await town.county.post(f"{path}/amend", json=a_rule(metric="unfiled", threshold=1, receiver="grid_head"))
    assert (amended.json()["category"], amended.json()["version"]) == (None, 2)
    fired = await town.at("16 14:01")
    assert sorted(fired) == sorted([*expected, (other, "unfiled"), (urgent, "unfiled")])  # fire has its level 1 already
    assert (await town.county.post(f"{path}/reinstate")).json()["code"] == "escalation_rule_transition_not_allowed"
    assert (await town.county.post(f"{path}/retire")).json()["status"] == "retired"
    for verb, body in (("retire", None), ("amend", a_rule())):
        answer = await town.county.post(f"{path}/{verb}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, "escalation_rule_transition_not_allowed")
    await laid_down(town.county, metric="unfiled", threshold=1, receiver="grid_head")
    answer = await town.county.post(f"{path}/reinstate")
    assert (answer.status_code, answer.json()["code"]) == (409, "escalation_rule_known")
    rows = (await town.county.get("/escalation-rules", params={"status": "in_force"})).json()["items"]
    count = (await town.county.get("/escalation-rules/count", params={"status": "in_force"})).json()["count"]
    assert len(rows) == count == 2
    stale = await town.county.post(f"{path}/reinstate", headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    answer = await town.county.post("/escalation-rules", json=a_rule(metric="before_due", threshold=0))
    assert (answer.status_code, [one["path"] for one in answer.json()["errors"]]) == (422, ["threshold"])


async def test_rules_are_the_countys(door: Door, villages: None) -> None:
    async with door.client(COUNTY_OFFICER) as client:
        shipped = (await client.get("/escalation-rules")).json()["items"]
        assert [(one["metric"], one["level"]) for one in shipped] == [
            *(("unassigned", 1), ("before_due", 1), ("overdue", 2), ("overdue", 3), ("overdue", 4))
        ]
    async with door.client(TOWN_OFFICER) as client:
        assert (await client.post("/escalation-rules", json=a_rule(level=5))).status_code == 403
        assert len((await client.get("/escalation-rules")).json()["items"]) == len(shipped)
    async with door.client(RESIDENT) as client:
        assert (await client.get("/escalation-rules")).status_code == 403


async def test_sweeps_at_once_fire_once(
    town: Town, committed: Database, clock: FrozenClock, crypto: Crypto, facts: Facts
) -> None:
    for level in (1, 2, 3):
        await laid_down(town.county, level=level)
    incidents = [await town.filed() for _ in range(6)] + [await town.dispatched()]
    clock.set(datetime(2026, 3, 20, 9, tzinfo=SHANGHAI))
    await asyncio.gather(*(Sweeper(committed, clock, crypto).all() for _ in range(4)))
    await town.sweeper.all()
    told = [(str(one.state.incident_id), one.state.level) for one in await facts("grid.escalation")]
    assert sorted(told) == sorted((one, level) for one in incidents for level in (1, 2, 3))
    assert (await town.county.get("/escalations/count")).json() == {"count": 21}


async def test_who_sees_an_escalation_and_before_whom_it_was_brought(town: Town, door: Door) -> None:
    await laid_down(town.county, receiver="village_clerk")
    await laid_down(town.county, receiver="department_officer", level=2)
    nobodys, mine = await town.filed(), await town.dispatched()
    await town.at("19 09:00")
    deputy = a_principal("town_officer", "450481100", subject="deputy")
    seen = {}
    for who in (COUNTY_OFFICER, deputy, CLERK, HEAD, WORKER, HANDLER, STRANGER, OTHER_CLERK):
        async with door.client(who) as client:
            for to_me in (False, True):
                params = {"to_me": to_me}
                rows = (await client.get("/escalations", params=params)).json()["items"]
                assert (await client.get("/escalations/count", params=params)).json() == {"count": len(rows)}
                seen[who.subject, to_me] = {(one["incident_id"], one["receiver"]) for one in rows}
    clerks = {(nobodys, "village_clerk"), (mine, "village_clerk")}
    departments, instead = {(mine, "department_officer")}, {(nobodys, "town_officer")}
    everything = clerks | departments | instead
    for who in (COUNTY_OFFICER, deputy, CLERK, HEAD, WORKER):
        assert seen[who.subject, False] == everything, who
    assert seen[deputy.subject, True] == instead
    assert seen[CLERK.subject, True] == clerks
    assert seen[COUNTY_OFFICER.subject, True] == seen[HEAD.subject, True] == seen[WORKER.subject, True] == set()
    for to_me in (False, True):
        assert seen[STRANGER.subject, to_me] == seen[OTHER_CLERK.subject, to_me] == set()
    assert seen[HANDLER.subject, False] == {(mine, "village_clerk"), (mine, "department_officer")}
    assert seen[HANDLER.subject, True] == departments
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get("/escalations", params={"area": VILLAGE})).status_code == 404
    async with door.client(CLERK) as client:
        [one] = (await client.get("/escalations", params={"receiver": "town_officer"})).json()["items"]
        assert (await client.get(f"/escalations/{one['id']}")).json() == one
    async with door.client(OTHER_CLERK) as client:
        assert (await client.get(f"/escalations/{one['id']}")).status_code == 404
        assert (await client.post(f"/escalations/{one['id']}/acknowledge")).status_code == 404
    async with door.client(RESIDENT) as client:
        assert (await client.get("/escalations")).status_code == 403


async def test_an_escalation_is_acknowledged_and_that_is_taken_back(town: Town, door: Door, facts: Facts) -> None:
    await laid_down(town.county)
    await town.filed()
    await town.at("19 09:00")
    [one] = (await town.clerk.get("/escalations")).json()["items"]
    path = f"/escalations/{one['id']}"
    async with door.client(WORKER) as client:
        assert (await client.post(f"{path}/acknowledge")).status_code == 403
    done = await town.clerk.post(f"{path}/acknowledge", headers={"If-Match": '"1"'})
    assert (done.json()["status"], done.json()["acknowledged_at"]) == ("acknowledged", "2026-03-19T09:00:00+08:00")
    again = await town.clerk.post(f"{path}/acknowledge")
    assert (again.status_code, again.json()["code"]) == (409, "escalation_transition_not_allowed")
    assert (await town.clerk.post(f"{path}/take-back", headers={"If-Match": '"1"'})).status_code == 412
    back = await town.clerk.post(f"{path}/take-back")
    assert (back.json()["status"], back.json()["acknowledged_at"], back.json()["version"]) == ("fired", None, 3)
    told = await facts("grid.escalation")
    assert [one.type.rpartition(".")[2] for one in told] == ["fired", "acknowledged", "taken_back"]
    assert [one.state.version for one in told] == [1, 2, 3]
    assert "张三" not in "".join(one.model_dump_json() for one in told)
    assert CLERK.subject not in "".join(one.model_dump_json() for one in told)


async def test_escalations_go_along_when_the_village_changes(
    town: Town, arrivals: Arrivals, facts: Facts, committed: Database
) -> None:
    await laid_down(town.county)
    await town.filed()
    await town.at("19 09:00")
    change = a_change((VILLAGE, "450481100298"))
    await arrivals.take(change)
    [one] = (await town.county.get("/escalations")).json()["items"]
    assert one["area"] == "450481100298001"
    await arrivals.take(undone(change))
    [one] = (await town.county.get("/escalations")).json()["items"]
    assert one["area"] == FIRST_GRID
    told = [one.state for one in await facts("grid.escalation") if isinstance(one, EscalationBoundaryChanged)]
    assert [(one.area, [place.area for place in one.former]) for one in told] == [
        ("450481100298001", [FIRST_GRID]),
        (FIRST_GRID, []),
    ]
    async with committed.session() as session:
        [said] = await restate(session, None, 10)
    assert said.state == told[-1]


def test_the_table_of_steps() -> None:
    for present in EscalationStatus:
        for to in EscalationStatus:
            if present is to:
                with pytest.raises(EscalationTransitionError):
                    require_transition(present, to)
            else:
                require_transition(present, to)


def test_every_metric_concerns_open_incidents_and_the_deadline_all_that_were_filed() -> None:
    assert set(CONCERNED) == set(EscalationMetric)
    assert all(statuses <= OPEN for statuses in CONCERNED.values())
    assert CONCERNED[EscalationMetric.OVERDUE] | CONCERNED[EscalationMetric.UNFILED] == OPEN - {
        IncidentStatus.SUSPENDED
    }


async def test_what_is_taken_up_again_waits_for_its_unit_from_then_on(town: Town, door: Door) -> None:
    await laid_down(town.county, metric="unassigned", threshold=6)
    incident = await town.dispatched()
    await step(town.handler, incident, "accept")
    await step(town.handler, incident, "feedback", reason="done")
    async with door.client(HEAD) as head:
        await step(head, incident, "check", passed=True)
    await step(town.clerk, incident, "close")
    assert await town.at("18 09:00") == []
    await step(town.clerk, incident, "reopen", reason="came_back")
    assert await town.at("18 09:01") == []  # since Monday there were more than six hours, but it was not waiting
    assert await town.at("18 17:01") == [(incident, "unassigned")]


async def test_a_rule_fires_again_for_what_was_taken_up_again(town: Town, door: Door) -> None:
    await laid_down(town.county, metric="unassigned", threshold=2)
    incident = await town.filed()
    assert await town.at("16 17:00") == [(incident, "unassigned")]
    assert await town.at("16 17:30") == [(incident, "unassigned")], "once in a round"
    await step(town.clerk, incident, "dispatch", unit_id=town.unit)
    await step(town.handler, incident, "accept")
    await step(town.handler, incident, "feedback", reason="done")
    async with door.client(HEAD) as head:
        await step(head, incident, "check", passed=True)
    await step(town.clerk, incident, "close")
    await step(town.clerk, incident, "reopen", reason="came_back")
    assert await town.at("17 17:00") == [(incident, "unassigned"), (incident, "unassigned")]


RANKS = ("grid_head", "village_clerk", "town_officer", "county_officer")


@pytest.mark.parametrize("receiver", [*RANKS, "department_officer"])
async def test_who_is_late_takes_no_note_in_place_of_who_was_called(town: Town, door: Door, receiver: str) -> None:
    """Brought before the county, it would else be gone from the county's list as soon as the village saw it."""
    await laid_down(town.county, receiver=receiver)
    await step(town.clerk, await town.filed(), "dispatch", unit_id=town.unit)
    await town.at("19 09:00")
    [one] = (await town.county.get("/escalations")).json()["items"]
    assert one["receiver"] == receiver
    path = f"/escalations/{one['id']}"
    posts = dict(zip(RANKS, (HEAD, CLERK, TOWN_OFFICER, COUNTY_OFFICER), strict=True)) | {"department_officer": HANDLER}
    department = receiver == "department_officer"
    may = {"town_officer", "county_officer", receiver} if department else {*RANKS[RANKS.index(receiver) :]}
    for post, who in posts.items():
        async with door.client(who) as client:
            done = await client.post(f"{path}/acknowledge")
            if post in may:
                assert done.status_code == 200, (post, done.text)
            else:
                assert (done.status_code, done.json()["code"]) == (403, "escalation_of_another"), post
                continue
            back = await client.post(f"{path}/take-back")
            assert back.status_code == 200, back.text
