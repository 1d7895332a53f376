"""Every query on the figures."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import asyncpg
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Text,
    and_,
    any_,
    cast,
    func,
    or_,
    select,
    text,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.indicators.definitions.domain import Measure
from services.indicators.deltas.domain import LevelsDisagree, Openings
from services.indicators.deltas.models import Delta, GridMember
from shared.auth.scope import inside
from shared.contracts.envelope import STATES, State
from shared.contracts.registry.areas import AreaState
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reference.areas import COUNTY_DIGITS, PREFECTURE_DIGITS, PROVINCE_DIGITS, county_of

FEW = 10
"""Measures that a statement names one by one."""

FEW_CUTS = 8
"""Days up to which each is summed by itself; of more it is looked up between which of them each row lies."""

Key = tuple[str, str, str, date]
"""(area, measure, dimension, day)"""

Axis = tuple[str, str]
"""(measure, axis)"""

_UPSERT = """
INSERT INTO deltas (slot, area, measure, dimension, day, amount)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[], $5::date[], $6::bigint[])
ON CONFLICT (slot, area, measure, dimension, day) DO UPDATE SET amount = deltas.amount + excluded.amount
"""

_JOIN = """
INSERT INTO {table} (slot, {place}, noun, aggregate)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::text[]) ON CONFLICT DO NOTHING
"""

_LEAVE = """
DELETE FROM {table} USING unnest($2::text[], $3::text[], $4::text[]) AS gone (place, noun, aggregate)
WHERE {table}.slot = $1 AND {table}.{place} = gone.place
  AND {table}.noun = gone.noun AND {table}.aggregate = gone.aggregate
"""

GRIDS, AREAS = {"table": "grid_members", "place": "grid"}, {"table": "area_members", "place": "area"}

Member = tuple[str, str, str]
"""(area, noun, aggregate)"""


class DeltaWriter:
    """Set-based writing of one batch through the consumer's own connection and transaction."""

    def __init__(self, connection: asyncpg.Connection, slot: int) -> None:
        self._connection = connection
        self._slot = slot

    async def add(self, amounts: Mapping[Key, int]) -> None:
        """Add each amount to its row. Sorted by key, and one batch of a generation at a time: no two can deadlock.

        Raises `LevelsDisagree` if not every row was written.
        """
        rows = sorted((*key, amount) for key, amount in amounts.items() if amount)
        if rows:
            await self._connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext('indicators.deltas'), $1)", self._slot
            )
            columns = (list(column) for column in zip(*rows, strict=True))
            written = await self._connection.execute(_UPSERT, self._slot, *columns)
            if written != f"INSERT 0 {len(rows)}":
                raise LevelsDisagree

    async def members(self, of: Mapping[str, str], joined: Iterable[Member], left: Iterable[Member]) -> None:
        """What began or ceased to contribute: to `GRIDS`, or to `AREAS` where it does not lie."""
        for statement, entries in ((_LEAVE, left), (_JOIN, joined)):
            rows = sorted(set(entries))
            if rows:
                columns = (list(column) for column in zip(*rows, strict=True))
                await self._connection.execute(statement.format(**of), self._slot, *columns)


@dataclass(frozen=True, slots=True)
class DayAmount:
    """By how much a measure changes on a day."""

    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class AreaLife:
    """An area with the days on which it exists, and what carried on when it ended."""

    code: str
    since: date
    until: date | None
    successors: tuple[str, ...]


class DeltaRepository:
    """Reading, always of the generation that is live."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def amounts(
        self, areas: Collection[str], measures: Collection[Measure], cuts: Sequence[date], axes: Collection[Axis] = ()
    ) -> dict[tuple[str, Measure], list[int]]:
        """Per area and measure what came about before the first of these days, from it until the next one, and so on
        to the last; what is of the last one or later is left out. `axes`: of which every part is wanted.
        """
        wanted = _measured(measures, axes)
        provinces = [area for area in areas if len(area) == PROVINCE_DIGITS]
        others = [area for area in areas if len(area) > PROVINCE_DIGITS]
        found = await self._amounts(Delta.area, Delta.area == any_(cast(others, ARRAY(Text))), wanted, cuts)
        if provinces:
            province = func.left(Delta.area, PROVINCE_DIGITS)
            found |= await self._amounts(province, or_(*map(_prefectures_of, provinces)), wanted, cuts)
        return found

    async def _amounts(
        self,
        area: ColumnElement[str] | InstrumentedAttribute[str],
        chosen: ColumnElement[bool],
        wanted: ColumnElement[bool],
        cuts: Sequence[date],
    ) -> dict[tuple[str, Measure], list[int]]:
        of = (area.label("area"), Delta.measure, Delta.dimension)
        counted = (Delta.slot == live_slot(), chosen, Delta.day < cuts[-1], wanted)
        found: dict[tuple[str, Measure], list[int]] = {}
        if len(cuts) <= FEW_CUTS:
            until = [
                cast(func.coalesce(func.sum(Delta.amount).filter(Delta.day < cut), 0), BigInteger) for cut in cuts[:-1]
            ]
            every = cast(func.sum(Delta.amount), BigInteger)
            summed = select(*of, *until, every).where(*counted).group_by(text("1"), Delta.measure, Delta.dimension)
            for code, measure, dimension, *sums in await self._session.execute(summed):
                found[code, Measure(measure, dimension)] = [one - before for before, one in pairwise([0, *sums])]
            return found
        statement = (
            select(
                *of,
                func.width_bucket(Delta.day, cast(list(cuts), ARRAY(Date))).label("place"),
                cast(func.sum(Delta.amount), BigInteger).label("amount"),
            )
            .where(*counted)
            .group_by(text("1"), Delta.measure, Delta.dimension, text("4"))
        )
        for code, measure, dimension, place, amount in await self._session.execute(statement):
            key = (code, Measure(measure, dimension))
            if key not in found:
                found[key] = [0] * len(cuts)
            found[key][place] = amount
        return found

    async def days(
        self, area: str, measures: Collection[Measure], until: date, axes: Collection[Axis] = ()
    ) -> dict[Measure, list[DayAmount]]:
        """Per measure its rows of one area up to a day, oldest first; of a province those of its prefectures.

        `axes`: of which every part is wanted.
        """
        chosen = _prefectures_of(area) if len(area) == PROVINCE_DIGITS else Delta.area == area
        statement = (
            select(Delta.measure, Delta.dimension, Delta.day, Delta.amount)
            .where(Delta.slot == live_slot(), chosen, Delta.day <= until, _measured(measures, axes))
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

    async def lives_of_areas(self, area: str) -> list[AreaLife]:
        """All areas inside an area that exist or ever did, with their days."""
        state = ProjectedState.state
        statement = select(
            ProjectedState.aggregate,
            state["valid_from"].astext.label("since"),
            state["valid_to"].astext.label("until"),
            state["successors"].label("successors"),
        ).where(
            ProjectedState.slot == live_slot(), ProjectedState.noun == AreaState.noun, inside(ProjectedState.area, area)
        )
        return [
            AreaLife(
                row.aggregate,
                date.fromisoformat(row.since),
                None if row.until is None else date.fromisoformat(row.until),
                tuple(row.successors or ()),
            )
            for row in await self._session.execute(statement)
        ]

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


def _measured(measures: Collection[Measure], axes: Collection[Axis]) -> ColumnElement[bool]:
    pairs = [(measure.code, measure.dimension) for measure in measures]
    if len(pairs) > FEW:  # of hundreds of pairs the statement itself would cost more than what is read beside them
        codes = {code for code, _ in pairs}.union(code for code, _ in axes)
        return Delta.measure == any_(cast(sorted(codes), ARRAY(Text)))
    named = tuple_(Delta.measure, Delta.dimension).in_(pairs)
    parts = ((Delta.measure == code) & Delta.dimension.startswith(f"{axis}:") for code, axis in axes)
    return or_(named, *parts)


def _prefectures_of(province: str) -> ColumnElement[bool]:
    return and_(inside(Delta.area, province), func.length(Delta.area) == PREFECTURE_DIGITS)
