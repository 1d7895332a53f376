"""Builders with valid defaults, and the people who act in grid's tests."""

import asyncio
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from shared.auth.principal import Grant, Principal
from shared.contracts.envelope import Span
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.contracts.registry.tags import RestrictedTagState, TagState
from shared.db.engine import Database
from shared.ids import new_id
from shared.reference.calendar import published_years
from shared.testing.doors import a_principal

TOWN = "450481100"
VILLAGE = "450481100201"
OTHER_VILLAGE = "450481100202"
FIRST_GRID = VILLAGE + "001"
SECOND_GRID = VILLAGE + "002"
SIDE = 0.01

UNIT: dict[str, Any] = {"department": "urban_management", "name": "城管中队"}

COUNTY_OFFICER = a_principal("county_officer", "450481")
TOWN_OFFICER = a_principal("town_officer", TOWN)
CLERK = a_principal("village_clerk", VILLAGE)
OTHER_CLERK = a_principal("village_clerk", OTHER_VILLAGE)
WORKER = a_principal("grid_worker", VILLAGE)
HEAD = a_principal("grid_head", VILLAGE)
REGISTRAR = a_principal("county_registrar", "450481")
RESIDENT = a_principal("resident", "450481", subject="resident-1")
HANDLER = a_principal("department_officer", "450481", subject="handler", department="urban_management")
STRANGER = a_principal("department_officer", "450481", subject="stranger", department="water")
NO_DEPARTMENT = Principal("no-department", (Grant("department_officer", "450481"),))


def square(west: float, south: float, side: float = SIDE) -> list[list[float]]:
    """A closed ring, anticlockwise from the south-west corner."""
    east, north = round(west + side, 6), round(south + side, 6)
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def an_area(code: str, *, valid_to: date | None = None, version: int = 1) -> AreaState:
    return AreaState(
        id=code,
        code=code,
        version=version,
        name="测试",
        level=len(code),
        kind="villagers_committee" if len(code) == 12 else "town",
        parent=code[:9] if len(code) == 12 else code[:6],
        valid_from=date(2023, 6, 30),
        valid_to=valid_to,
    )


def calendars() -> list[CalendarState]:
    """What registry announced: the years with a notice."""
    return [
        CalendarState(
            id=str(year.year),
            version=1,
            year=year.year,
            holidays=tuple(year.holidays),
            working_weekends=tuple(year.working_weekends),
            provisional=False,
            source="notice",
        )
        for year in published_years()
    ]


def a_span(area: str = FIRST_GRID, start: date = date(2026, 1, 1), end: date | None = None) -> Span:
    return Span(area=area, kind="registered", start=start, end=end)


def a_person(
    person_id: UUID, *spans: Span, version: int = 1, status: PersonStatus = PersonStatus.ACTIVE
) -> PersonState:
    return PersonState(
        id=person_id,
        version=version,
        status=status,
        sex="2",
        birth_month="1944-05",
        residence=spans or (a_span(),),
    )


def a_tag(
    person_id: UUID,
    *spans: Span,
    id: UUID | None = None,
    version: int = 1,
    code: str = "elder_alone",
    started_on: date = date(2026, 3, 16),
    ended_on: date | None = None,
) -> TagState:
    return TagState(
        id=id or new_id(),
        person_id=person_id,
        version=version,
        code=code,
        started_on=started_on,
        ended_on=ended_on,
        residence=spans or (a_span(),),
        sex="2",
        birth_month="1944-05",
    )


def restricted(tag: TagState) -> RestrictedTagState:
    """The same tag as one of the sensitive family."""
    return RestrictedTagState(**tag.model_dump())


def an_incident(**what_matters: Any) -> dict[str, Any]:
    """The body of a report at a point in the first grid."""
    return {
        "source": "patrol",
        "category": "environment",
        "severity": "normal",
        "point": {"longitude": 111.005, "latitude": 22.905},
        "description": "垃圾堆放在张三家门口,电话13800001234",
        **what_matters,
    }


def lies_elsewhere(who: Principal, chosen: dict[str, Any]) -> bool:
    """Whether the filter's area lies outside everything that opens to somebody; a resident has no area."""
    area, (grant,) = chosen.get("area"), who.grants
    return area is not None and who != RESIDENT and not (area.startswith(grant.area) or grant.area.startswith(area))


WAITING = """
    SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE NOT l.granted AND a.datname = current_database()
"""


async def until_it_waits(task: asyncio.Task[Any], database: Database) -> None:
    """Returns once some transaction stands before a lock; fails if the task ends without."""
    async with asyncio.timeout(20):
        while True:
            async with database.session() as session:
                if (await session.execute(text(WAITING))).scalar_one():
                    return
            assert not task.done(), "nothing kept it from going on"
            await asyncio.sleep(0.01)
