"""What an incident leaves behind: rows of history that keep the whole row, and what leaves of it, and to whom."""

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select, text

from services.grid.incidents.models import Incident, IncidentStep
from services.grid.incidents.service.moving import CONTENT, FIXED, read_back
from shared.contracts.registry.calendar import CalendarState
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals
from tests.grid.builders import CLERK, FIRST_GRID, HANDLER, STRANGER, calendars
from tests.grid.conftest import Facts
from tests.grid.incidents.steps import code_of, report
from tests.grid.incidents.whole import WAYS, Whole

SECRET = "张三家的污水管13800001234"
WALK = ("verify", "file", "dispatch", "accept", "order", "take_order", "ask_leave", "grant_leave", "resume", "begin")


async def steps_of(database: Database, incident: str) -> list[IncidentStep]:
    async with database.session() as session:
        statement = select(IncidentStep).where(IncidentStep.incident_id == incident).order_by(IncidentStep.version)
        return list((await session.scalars(statement)).all())


async def test_each_line_keeps_the_whole_row_and_reads_back_as_it_was(whole: Whole, committed: Database) -> None:
    incident = await report(whole.door)
    await whole.do(incident, *WALK)
    lines = await steps_of(committed, incident)
    async with committed.session() as session:
        row = await session.get_one(Incident, lines[-1].incident_id)
        back = read_back(lines[-1].content or {}, placed=True)
        assert back == {name: getattr(row, name) for name in CONTENT}
    assert set(back) | FIXED == {column.name for column in Incident.__table__.columns}
    assert [line.before for line in lines] == [None, *range(1, len(lines))]
    assert [line.last for line in lines] == [None, *WALK]
    assert [line.department for line in lines if line.department] == ["water"] * 2
    assert "area" not in read_back(lines[0].content or {}, placed=False)


async def test_no_words_and_no_subject_of_anybody_leave_with_any_step(whole: Whole, facts: Facts) -> None:
    incident = await report(whole.door, description=SECRET)
    ending = ("finish_order", "feedback", "rework", "feedback", "check", "supervise", "lift_supervision", "close")
    for step in (*WALK, *ending):
        assert (await whole.ask(incident, step, note=SECRET)).status_code == 200, step
    assert (await whole.ask(incident, "reopen", note=SECRET)).status_code == 200
    told = json.dumps([fact.model_dump(mode="json") for fact in await facts("grid.incident")], ensure_ascii=False)
    for word in (SECRET, "13800001234", HANDLER.subject, CLERK.subject, "111.005", "22.905"):
        assert word not in told, word
    detail = await whole.detail(incident)
    assert [one["note"] for one in detail["steps"][1:]] == [SECRET] * (len(detail["steps"]) - 1)


async def test_the_reporter_is_told_of_all_steps_and_of_no_person_note_or_reason(whole: Whole) -> None:
    own = await whole.reported_by_resident()
    await whole.do(own, *WALK)
    seen = await whole.detail(own, whole.resident)
    assert [one["step"] for one in seen["steps"]] == ["report", *WALK]
    assert {(one["actor"], one["note"], one["reason"]) for one in seen["steps"]} == {(None, None, None)}
    assert seen["incident"]["status"] == "handling"


async def test_an_assisting_department_sees_one_incident_in_list_count_and_detail(whole: Whole) -> None:
    incident, other = await whole.bring("accepted"), await whole.bring("accepted")
    await whole.do(incident, "order")
    assert await whole.listed(STRANGER) == [incident]
    assert await whole.listed(STRANGER, status="accepted", unit_id=whole.unit) == [incident]
    async with whole.door.client(STRANGER) as client:
        assert (await client.get(f"/incidents/{incident}")).status_code == 200
        assert code_of(await client.get(f"/incidents/{other}")) == (404, "not_found")
        assert code_of(await client.get(f"/incidents/{other}/similar")) == (404, "not_found")


async def test_a_pause_is_left_out_again_when_the_calendar_changes(
    whole: Whole, arrivals: Arrivals, clock: FrozenClock
) -> None:
    incident = await whole.bring("suspended")
    clock.advance(days=1)
    year = next(one for one in calendars() if one.year == 2026)
    await arrivals.take(changed_year(year, 2, off=date(2026, 3, 18)))
    assert (await whole.read(incident))["due_at"] == "2026-03-18T18:00:00+08:00"  # it stands still
    resumed = await whole.do(incident, "resume")
    assert resumed["due_at"] == "2026-03-19T18:00:00+08:00"  # Tuesday and, after the holiday, Thursday
    await arrivals.take(changed_year(year, 3, off=date(2026, 3, 19)))
    assert (await whole.read(incident))["due_at"] == "2026-03-18T18:00:00+08:00"
    assert [one["step"] for one in (await whole.detail(incident))["steps"]][-2:] == ["resume", "reschedule"]
    assert (await whole.undo(incident)).json()["status"] == "suspended"


def changed_year(year: CalendarState, version: int, *, off: date) -> CalendarState:
    return year.model_copy(update={"version": version, "holidays": tuple(sorted({*year.holidays, off}))})


@pytest.mark.parametrize("status", sorted(set(WAYS) - {"rejected", "closed", "merged"}))
async def test_act_by_and_the_overdue_list_are_one(whole: Whole, clock: FrozenClock, status: str) -> None:
    incident = await whole.bring(status)
    until = datetime.fromisoformat((await whole.read(incident))["act_by"])
    clock.set(until.astimezone(UTC))
    assert incident not in await whole.listed(overdue=True)
    clock.advance(seconds=1)
    assert incident in await whole.listed(overdue=True)
    assert incident not in await whole.listed(overdue=False)


async def test_a_category_that_the_dictionary_lost_meanwhile_is_filed_and_reopened_by_the_one_of_its_report(
    whole: Whole, committed: Database, clock: FrozenClock
) -> None:
    incident, closed = await report(whole.door), await whole.bring("closed")
    async with committed.session() as session:
        await session.execute(text("INSERT INTO dictionaries SELECT 2, DATE '2026-03-17', shifts FROM dictionaries"))
        await session.commit()
    clock.advance(days=1)
    filed = await whole.do(incident, "file")
    assert (filed["dictionary_version"], filed["due_at"]) == (1, "2026-03-19T18:00:00+08:00")
    assert (await whole.do(closed, "reopen"))["dictionary_version"] == 1
    async with whole.door.client(CLERK) as client:
        answer = await client.post("/incidents", json=an_unknown())
    assert code_of(answer) == (422, "incident_category_unknown")


def an_unknown() -> dict[str, Any]:
    return {"source": "patrol", "category": "environment", "severity": "normal", "area": FIRST_GRID}
