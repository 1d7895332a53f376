"""Alarms of call terminals (呼叫终端报警): inbound incidents that are answered within minutes, day and night."""

from datetime import UTC, datetime, timedelta

import pytest

from services.grid.incidents.domain.codes import Source
from services.grid.incidents.domain.rules import IncidentPolicy
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.grid.builders import CLERK, FIRST_GRID
from tests.grid.hotline import PERSONAL, Hotline, a_request, sealed

PRESSED = datetime(2026, 3, 16, 1, 55, tzinfo=UTC)
HERE = {"longitude": 111.005, "latitude": 22.905}


@pytest.mark.parametrize("source", Source)
def test_an_alarm_is_answered_within_minutes_of_its_pressing_and_all_else_within_hours(source: Source) -> None:
    policy = IncidentPolicy(verify_hours=24, alarm_minutes=10)
    arrived = PRESSED + timedelta(minutes=4)
    wanted = PRESSED + timedelta(minutes=10) if source == "terminal" else arrived + timedelta(hours=24)
    assert policy.file_by(source, arrived, PRESSED) == wanted
    assert policy.file_by(Source.TERMINAL, arrived, None) == arrived + timedelta(minutes=10)


async def test_an_alarm_becomes_an_urgent_incident_with_a_limit_of_minutes_and_its_sender_is_told(
    hotline: Hotline, door: Door, grids: None, clock: FrozenClock
) -> None:
    alarm = a_request(
        origin="terminal",
        received_at="2026-03-16T09:55:00+08:00",
        category="livelihood",
        severity="urgent",
        area=None,
        point=HERE,
        personal=sealed({**PERSONAL, "text": "卧室紧急按钮"}),
    )
    outcome = await hotline.send(alarm)
    assert (outcome.status, outcome.area) == ("accepted", FIRST_GRID)
    async with door.client(CLERK) as clerk:
        incident = (await clerk.get(f"/incidents/{outcome.incident_id}")).json()
        assert (incident["incident"]["source"], incident["incident"]["severity"]) == ("terminal", "urgent")
        assert incident["incident"]["act_by"] == "2026-03-16T10:05:00+08:00"
        assert incident["description"] == "卧室紧急按钮"
        assert (await clerk.get("/incidents/count", params={"overdue": True})).json()["count"] == 0
        clock.advance(minutes=6)
        late = (await clerk.get("/incidents", params={"overdue": True})).json()["items"]
        assert [one["id"] for one in late] == [str(outcome.incident_id)]
        filed = await clerk.post(f"/incidents/{outcome.incident_id}/file", json={})
        assert filed.status_code == 200, filed.text
        assert (await clerk.get("/incidents/count", params={"overdue": True})).json()["count"] == 0
    again = await hotline.send(alarm)
    assert again.incident_id != outcome.incident_id, "another alarm"


async def test_the_sender_hears_each_step_of_its_alarm(hotline: Hotline, door: Door, grids: None) -> None:
    outcome = await hotline.send(a_request(origin="terminal"), id="T-1")
    async with door.client(CLERK) as clerk:
        await clerk.post(f"/incidents/{outcome.incident_id}/file", json={})
    told = await hotline.send(a_request(origin="terminal"), id="T-1")
    assert (told.incident_status, told.repeats) == ("filed", 1)


async def test_who_pressed_a_terminal_is_not_called_back_by_satisfaction_calls(
    hotline: Hotline, door: Door, grids: None
) -> None:
    outcome = await hotline.send(a_request(origin="terminal"))
    async with door.client(CLERK) as clerk:
        done = await clerk.post(f"/incidents/{outcome.incident_id}/self-handle", json={"reason": "done"})
        assert done.status_code == 200, done.text
        assert (await clerk.get("/satisfaction-calls/count")).json()["count"] == 0


async def test_an_origin_that_nobody_knows_is_refused(hotline: Hotline, grids: None) -> None:
    outcome = await hotline.send(a_request(origin="drone"))
    assert (outcome.status, outcome.code) == ("rejected", "schema_violation")
