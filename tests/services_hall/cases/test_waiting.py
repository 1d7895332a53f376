"""Where a case waits: tasks follow its columns after every step and every undo, and are written where they differ."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.cases.domain.waiting import NO_END, OF_STEPS, WAITING, waits
from services.services_hall.cases.models import Case, CaseDesk
from shared.contracts.services_hall.cases import CaseStatus
from shared.db.engine import Database
from shared.testing.doors import Arrivals
from tests.services_hall.cases.test_areas import NEWER, a_change, undone
from tests.services_hall.cases.whole import WAYS, Whole
from tests.services_hall.conftest import VILLAGE, an_area

STEPS = 2
"""How many the whole item prescribes."""
COLUMNS = (
    *("status", "area", "department", "held_area", "held_department", "sent", "consents", "step"),
    *("promised_days", "supply_until", "due_on", "step_due_on", "deliver_by"),
)
POST = {
    "draft": "window",
    "submitted": "window",
    "received": "window",
    "supplement": "window",
    "accepted": "review",
    "special": "review",
    "suspended": "review",
    "decided": "window",
    "closed": "delivery",
}
"""The post of a status, restated by hand; of a review it is the step that says so."""


async def tasks(committed: Database, case: Any) -> dict[tuple[str, str, str], tuple[str | None, date]]:
    statement = select(CaseDesk).where(CaseDesk.case_id == case["id"])
    async with committed.session() as session:
        rows = (await session.scalars(statement)).all()
    return {(one.kind, one.area, one.department): (one.post, one.ends_on) for one in rows}


async def of_columns(committed: Database, case: Any) -> dict[tuple[str, str, str], tuple[str | None, date]]:
    """The same, out of the row of the case; the days of a notice are those of the calendar."""
    async with committed.session() as session:
        row = await session.get_one(Case, case["id"])
        columns = {name: getattr(row, name) for name in COLUMNS}
    found = waits(columns, STEPS, None)
    return {(str(kind), area, of): (str(one.post), one.ends_on) for (kind, area, of), one in found.items()}


@pytest.mark.parametrize("status", [one for one in WAYS if one not in ("received", "supplement")])
async def test_tasks_follow_the_columns_after_each_step_and_each_undo(
    whole: Whole, committed: Database, status: str
) -> None:
    case = await whole.bring(status)
    assert await tasks(committed, case) == await of_columns(committed, case)
    before = await tasks(committed, case)
    if status in ("accepted", "in_review"):
        case = await whole.do(case, "ask-consent")
        asked = await tasks(committed, case)
        assert set(asked) - set(before) == {("asked", next(iter(before))[1], "health")}, status
        case = await whole.do(case, "undo")
        assert await tasks(committed, case) == before, "an undo takes them back"


@pytest.mark.parametrize("told_by", [None, date(2026, 3, 23)])
@pytest.mark.parametrize("status", CaseStatus)
def test_each_status_has_its_post_and_waits_at_one_place(status: CaseStatus, told_by: date | None) -> None:
    case: dict[str, Any] = dict.fromkeys(COLUMNS)
    case |= {"status": str(status), "area": VILLAGE, "department": "health", "consents": [], "promised_days": 5}
    found = waits(case, STEPS, told_by)
    assert bool(found) is (status in WAITING)
    for place, one in found.items():
        assert place == (Desk.HELD, VILLAGE, "health")
        assert one.ends_on == (told_by or NO_END)
        if status not in OF_STEPS:
            assert one.post == POST[str(status)]


def test_what_is_closed_is_asked_of_nobody_and_sent_nowhere() -> None:
    """Columns of a case that was sent and asked about before it ended."""
    case: dict[str, Any] = dict.fromkeys(COLUMNS)
    sent = {"area": "450481", "department": "health"}
    case |= {"area": VILLAGE, "department": "health", "sent": sent, "promised_days": 5, "deliver_by": date(2026, 4, 1)}
    case["consents"] = [{"department": "education", "answered_at": None}]
    [(place, one)] = waits({**case, "status": "closed"}, STEPS, None).items()
    assert (place[0], one.post, one.ends_on) == (Desk.HELD, CasePost.DELIVERY, date(2026, 4, 1))
    assert waits({**case, "status": "archived"}, STEPS, None) == {}


def test_a_step_that_ends_first_goes_before_the_limit_and_only_in_a_review() -> None:
    case: dict[str, Any] = dict.fromkeys(COLUMNS)
    case |= {"area": VILLAGE, "department": "health", "consents": [], "promised_days": 5, "step": 1}
    case |= {"due_on": date(2026, 4, 8), "step_due_on": date(2026, 4, 2), "supply_until": date(2026, 4, 1)}
    ends = {
        status: next(iter(waits({**case, "status": status}, STEPS, None).values())).ends_on
        for status in ("accepted", "in_review", "supplement", "special")
    }
    assert ends == {
        "accepted": date(2026, 4, 8),
        "in_review": date(2026, 4, 2),
        "supplement": date(2026, 4, 1),
        "special": NO_END,
    }
    late = {**case, "status": "in_review", "step_due_on": date(2026, 5, 2)}
    assert next(iter(waits(late, STEPS, None).values())).ends_on == date(2026, 4, 8)


async def test_tasks_go_with_an_area_that_gets_another_code_and_come_back(
    whole: Whole, committed: Database, arrivals: Arrivals
) -> None:
    await arrivals.take(an_area(NEWER))
    case = await whole.bring("accepted")
    before = await tasks(committed, case)
    change = a_change(to=NEWER)
    await arrivals.take(change)
    assert set(await tasks(committed, case)) == {("held", NEWER, "civil_affairs")}
    assert list((await tasks(committed, case)).values()) == list(before.values())
    await arrivals.take(undone(change))
    assert await tasks(committed, case) == before
