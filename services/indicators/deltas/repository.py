"""Every query on the figures."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import asyncpg
from sqlalchemy import ARRAY, ColumnElement, Text, and_, any_, case, cast, func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.indicators.contributions.domain.base import DAYS
from services.indicators.definitions.domain import Measure
from services.indicators.deltas.domain import Openings
from services.indicators.deltas.models import Delta, GridMember
from shared.auth.scope import inside
from shared.contracts.envelope import STATES, State
from shared.contracts.registry.areas import AreaState
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reference.areas import COUNTY_DIGITS, PREFECTURE_DIGITS, PROVINCE_DIGITS, county_of

FEW = 10
"""Measures that a statement names one by one."""

Key = tuple[str, str, str, date]
"""(area, measure, dimension, day)"""

_UPSERT = """
INSERT INTO deltas (slot, area, measure, dimension, day, amount)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::bigint[])
ON CONFLICT (slot, area, measure, dimension, day) DO UPDATE SET amount = deltas.amount + excluded.amount
"""

_JOIN_GRIDS = """
INSERT INTO grid_members (slot, grid, noun, aggregate)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING
"""

_LEAVE_GRIDS = """
DELETE FROM grid_members USING unnest($2::text[], $3::text[], $4::text[]) AS gone (grid, noun, aggregate)
WHERE grid_members.slot = $1 AND grid_members.grid = gone.grid
  AND grid_members.noun = gone.noun AND grid_members.aggregate = gone.aggregate
"""


class DeltaWriter:
    """Set-based writing of one batch through the consumer's own connection and transaction."""

    def __init__(self, connection: asyncpg.Connection, slot: int) -> None:
        self._connection = connection
        self._slot = slot

    async def add(self, amounts: Mapping[Key, int]) -> None:
        """Add each amount to its row. Sorted by key, and one batch of a generation at a time: no two can deadlock."""
        rows = sorted((*key, amount) for key, amount in amounts.items() if amount)
        if rows:
            await self._connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('indicators.deltas'), $1)", self._slot
            )
            await self._connection.execute(_UPSERT, self._slot, *(list(column) for column in zip(*rows, strict=True)))

    async def members(self, joined: Iterable[tuple[str, str, str]], left: Iterable[tuple[str, str, str]]) -> None:
        """`(grid, noun, aggregate)` that began or ceased to contribute to a grid."""
        for statement, entries in ((_LEAVE_GRIDS, left), (_JOIN_GRIDS, joined)):
            rows = sorted(set(entries))
            if rows:
                columns = (list(column) for column in zip(*rows, strict=True))
                await self._connection.execute(statement, self._slot, *columns)


@dataclass(frozen=True, slots=True)
class Sum:
    """What a measure comes to in an area: the stock at the end of a period, and what fell into it."""

    stock: int = 0
    flow: int = 0


@dataclass(frozen=True, slots=True)
class DayAmount:
    """By how much a measure changes on a day."""

    day: date
    amount: int


class DeltaRepository:
    """Reading, always of the generation that is live."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def sums(
        self,
        areas: Collection[str],
        measures: Collection[Measure],
        since: date,
        until: date,
        durations: Collection[str] = (),
    ) -> dict[tuple[str, Measure], Sum]:
        """Per area and measure: all days up to `until` (stock), and the days from `since` to `until` (flow).

        `durations`: measures of which every part by duration is wanted.
        """
        wanted = _measured(measures, durations)
        provinces = [area for area in areas if len(area) == PROVINCE_DIGITS]
        of_their_own = Delta.area.in_([area for area in areas if len(area) > PROVINCE_DIGITS])
        found = await self._sums(Delta.area, of_their_own, wanted, since, until)
        if provinces:
            province = func.left(Delta.area, PROVINCE_DIGITS)
            found |= await self._sums(province, or_(*map(_prefectures_of, provinces)), wanted, since, until)
        return found

    async def _sums(
        self,
        area: ColumnElement[str] | InstrumentedAttribute[str],
        chosen: ColumnElement[bool],
        wanted: ColumnElement[bool],
        since: date,
        until: date,
    ) -> dict[tuple[str, Measure], Sum]:
        statement = (
            select(
                area.label("area"),
                Delta.measure,
                Delta.dimension,
                func.sum(Delta.amount).label("stock"),
                func.coalesce(func.sum(case((Delta.day >= since, Delta.amount), else_=0)), 0).label("flow"),
            )
            .where(Delta.slot == live_slot(), chosen, Delta.day <= until, wanted)
            .group_by(text("1"), Delta.measure, Delta.dimension)
        )
        return {
            (row.area, Measure(row.measure, row.dimension)): Sum(int(row.stock), int(row.flow))
            for row in await self._session.execute(statement)
        }

    async def days(
        self, area: str, measures: Collection[Measure], until: date, durations: Collection[str] = ()
    ) -> dict[Measure, list[DayAmount]]:
        """Per measure its rows of one area up to a day, oldest first; of a province those of its prefectures.

        `durations`: measures of which every part by duration is wanted.
        """
        chosen = _prefectures_of(area) if len(area) == PROVINCE_DIGITS else Delta.area == area
        statement = (
            select(Delta.measure, Delta.dimension, Delta.day, Delta.amount)
            .where(Delta.slot == live_slot(), chosen, Delta.day <= until, _measured(measures, durations))
            .order_by(Delta.day)
        )
        result: dict[Measure, list[DayAmount]] = {measure: [] for measure in measures}
        for row in await self._session.execute(statement):
            result.setdefault(Measure(row.measure, row.dimension), []).append(DayAmount(row.day, int(row.amount)))
        return result

    async def openings(self, area: str | None = None) -> Openings:
        """Opening days of the counties inside an area, or of the one it lies in; of all if none is named."""
        statement = select(ProjectedState.aggregate, ProjectedState.state["books_opened_on"].astext.label("day")).where(
            ProjectedState.slot == live_slot(),
            ProjectedState.noun == AreaState.noun,
            func.length(ProjectedState.area) == COUNTY_DIGITS,
        )
        if area is not None:
            statement = statement.where(inside(ProjectedState.area, county_of(area)))
        rows = await self._session.execute(statement)
        return Openings({row.aggregate: None if row.day is None else date.fromisoformat(row.day) for row in rows})

    async def codes_below(self, area: str, length: int, noun: str) -> list[str]:
        """The codes of one level inside an area, of areas (`registry.area`) or grids (`grid.grid`), sorted."""
        statement = (
            select(ProjectedState.aggregate)
            .where(
                ProjectedState.slot == live_slot(),
                ProjectedState.noun == noun,
                inside(ProjectedState.area, area),
                func.length(ProjectedState.area) == length,
            )
            .order_by(ProjectedState.aggregate)
        )
        return list(await self._session.scalars(statement))

    async def states_of_grids(self, inside_area: str) -> list[State]:
        """Every state that contributes to a grid in the area (a grid itself, or a village)."""
        statement = (
            select(ProjectedState.noun, ProjectedState.state)
            .join(
                GridMember,
                (GridMember.slot == ProjectedState.slot)
                & (GridMember.noun == ProjectedState.noun)
                & (GridMember.aggregate == ProjectedState.aggregate),
            )
            .where(ProjectedState.slot == live_slot(), inside(GridMember.grid, inside_area))
            .distinct()
        )
        return [STATES[row.noun].model_validate(row.state) for row in await self._session.execute(statement)]


def _measured(measures: Collection[Measure], durations: Collection[str]) -> ColumnElement[bool]:
    pairs = [(measure.code, measure.dimension) for measure in measures]
    if len(pairs) > FEW:  # of hundreds of pairs the statement itself would cost more than what is read beside them
        return Delta.measure == any_(cast(sorted({code for code, _ in pairs}), ARRAY(Text)))
    named = tuple_(Delta.measure, Delta.dimension).in_(pairs)
    if not durations:
        return named
    return or_(named, Delta.measure.in_(durations) & Delta.dimension.startswith(f"{DAYS}:"))


def _prefectures_of(province: str) -> ColumnElement[bool]:
    return and_(inside(Delta.area, province), func.length(Delta.area) == PREFECTURE_DIGITS)
