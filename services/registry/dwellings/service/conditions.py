"""Use cases of a dwelling's conditions (房屋情况): record, withdraw."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.dwellings.domain import (
    ConditionRecord,
    ConditionWithdrawn,
    DwellingTransitionError,
    check_condition,
    check_days,
)
from services.registry.dwellings.models import Dwelling
from services.registry.dwellings.service.handling import DwellingHandling, ShownDwelling
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.dwellings import (
    ConditionTopic,
    DwellingConditionRecorded,
    DwellingConditionWithdrawn,
    DwellingStatus,
)
from shared.db.compare_and_set import Seen
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class NewCondition:
    """A condition that is told: what has been so since a day."""

    topic: ConditionTopic
    value: str
    since: date


def check_new(dwelling: Dwelling, known: Sequence[ConditionRecord], new: NewCondition, path: str, day: date) -> None:
    """Check a further condition of a dwelling. `path`: where it stands in the body; `day`: today."""
    check_days(f"{path}since", dwelling.valid_from, new.since, day)
    check_condition(known, new.topic, new.value, new.since, path)


class DwellingConditions:
    """Use cases of a dwelling's conditions."""

    def __init__(self, context: UseCaseContext) -> None:
        self._clock = context.clock
        self._handling = DwellingHandling(context)
        self._dwellings = self._handling.dwellings

    async def record(self, principal: Principal, id: UUID, new: NewCondition, *, expected: Seen) -> ShownDwelling:
        """A condition holds from a day on: what held before it ends there, what begins later stays.

        Raises `NotFound`, `VersionMismatch`, `DwellingTransitionError` unless it stands, `UnknownCondition`,
        `ConditionStands`, `DwellingDatesWrong`, `TooManyConditions`.
        """
        dwelling, building = await self._handling.locked(principal, id, expected)
        if dwelling.status != DwellingStatus.STANDING:
            raise DwellingTransitionError(id)
        known = (await self._dwellings.conditions([id]))[id]
        check_new(dwelling, known, new, "", today(self._clock))
        condition = ConditionRecord(len(known), new.topic, new.value, new.since)
        await self._dwellings.add_conditions(id, [condition], now=self._clock.now())
        moved = await self._handling.move(dwelling)
        return await self._handling.moved(principal, "record_condition", moved, building, DwellingConditionRecorded)

    async def withdraw(self, principal: Principal, id: UUID, number: int, *, expected: Seen) -> ShownDwelling:
        """A condition was recorded by mistake: the one before holds on. Raises `ConditionWithdrawn` besides."""
        dwelling, building = await self._handling.locked(principal, id, expected)
        known = {one.number: one for one in (await self._dwellings.conditions([id]))[id]}
        if number not in known:
            raise NotFound(id)
        if known[number].withdrawn:
            raise ConditionWithdrawn(id)
        await self._dwellings.withdraw_condition(id, number)
        moved = await self._handling.move(dwelling)
        return await self._handling.moved(principal, "withdraw_condition", moved, building, DwellingConditionWithdrawn)
