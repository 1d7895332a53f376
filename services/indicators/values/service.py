"""Announcing: the live figures of county and towns go out on `indicators.values` whenever they changed."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.definitions.domain import Kind
from services.indicators.definitions.repository import Definitions
from services.indicators.deltas.repository import Deltas
from services.indicators.values.models import AnnouncedValue
from services.indicators.values.repository import Value, Values
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.indicators.values import ValueChanged, ValueRestated, ValueState
from shared.service import UseCaseContext

ANNOUNCED_DIGITS = 9
"""Areas down to towns are announced. Villages are read over HTTP: 34 indicators × 290 villages a day is no news."""


class Announcements:
    """One value a day and area; it changes as often as the day does, and stays as the day left it."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._outbox = context.outbox
        self._definitions = Definitions(context.session)
        self._deltas = Deltas(context.session)
        self._values = Values(context.session)

    async def announce(self) -> int:
        """Announce every live figure that changed since it was last announced. Returns how many did.

        Restricted indicators are never announced: access on a broker is per topic. A flow's value is the year so far.
        """
        now = self._clock.now()
        day = today(self._clock)
        start = date(day.year, 1, 1)
        definitions = [one for one in await self._definitions.current() if not one.restricted]
        areas = await self._values.announced_areas(ANNOUNCED_DIGITS)
        measures = {measure for one in definitions for measure in one.measures}
        sums = await self._deltas.sums(areas, measures, start, day)
        values = []
        for area in areas:
            for one in definitions:
                column = 0 if one.kind is Kind.STOCK else 1
                counts = [sums.get((area, measure), (0, 0))[column] for measure in one.measures]
                values.append(
                    Value(area, one.code, one.version, day, counts[0], counts[1] if len(counts) > 1 else None)
                )
        changed = await self._values.announce(values, now)
        for row in changed:
            self._outbox.add(ValueChanged(state=state_of(row)))
        return len(changed)


def state_of(row: AnnouncedValue) -> ValueState:
    """What others may know of an announced value: all of it."""
    return ValueState(
        id=row.id,
        version=row.version,
        area=row.area,
        code=row.code,
        definition_version=row.definition_version,
        day=row.day,
        value=row.value,
        base=row.base,
        as_of=row.as_of,
    )


async def restate_values(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """The next announced values, locked, as `restated` facts."""
    return [ValueRestated(state=state_of(row)) for row in await Values(session).page(after, limit)]
