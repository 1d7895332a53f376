"""Announcement of values: the live figures of county and towns go out on `indicators.values` when they change."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.definitions.repository import DefinitionRepository
from services.indicators.definitions.service.definitions import Known
from services.indicators.deltas.repository import DeltaRepository
from services.indicators.figures.service.summing import FigureSums, counted_at, pieces_of
from services.indicators.values.repository import AnnouncedValueRepository, Value
from shared.clock import today
from shared.contracts.indicators.values import ValueChanged, ValueRestated, ValueState
from shared.messaging.context import UseCaseContext

ANNOUNCED_DIGITS = 9
"""Areas down to towns are announced. Villages are read over HTTP: 34 indicators × 290 villages a day is no news."""


class Announcements:
    """Announced values: one per indicator, area and day; it changes during its day and then stays."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._definitions = DefinitionRepository(context.session)
        self._deltas = DeltaRepository(context.session)
        self._sums = FigureSums(context.session)
        self._values = AnnouncedValueRepository(context.session)

    async def announce(self) -> int:
        """Announce every live figure that changed since it was last announced. Returns how many did.

        Restricted indicators are never announced: access on a broker is per topic; nor those of which small counts are
        hidden, retired ones, and what lies before a county's opening day. A flow's value is the year so far.
        """
        now = self._clock.now()
        day = today(self._clock)
        start = date(day.year, 1, 1)
        versions = await self._definitions.versions()
        known = Known(versions, versions.codes, asked=False)
        openings = await self._deltas.openings()
        areas = [one for one in await self._values.announced_areas(ANNOUNCED_DIGITS) if openings.has_figures(one, day)]
        pieces = pieces_of(known, start, day, asked=False)
        announced = {one.code for one in pieces[-1].definitions if one.announced}
        pieces = [
            replace(piece, definitions=[one for one in piece.definitions if one.code in announced]) for piece in pieces
        ]
        values = [
            Value(area.area, one.definition.code, one.definition.version, day, one.count, one.base)
            for area in await self._sums.figures(areas, pieces, openings, counted_at(openings))
            for one in area.figures
            if one.count is not None
        ]
        changed = await self._values.announce(values, now)
        for row in changed:
            self._outbox.add(ValueChanged(state=ValueState.model_validate(row)))
        return len(changed)


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ValueRestated]:
    """Restated facts of the next announced values, their rows locked."""
    return [
        ValueRestated(state=ValueState.model_validate(row))
        for row in await AnnouncedValueRepository(session).locked_after(after, limit)
    ]
