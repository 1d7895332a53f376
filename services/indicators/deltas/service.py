"""Counting: a batch of changed states becomes one set of deltas, in the batch's own transaction."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.domain import Contribution, contributions_of
from services.indicators.contributions.service.counters import NounCounters
from services.indicators.countings.repository import Countings
from services.indicators.deltas.domain import (
    Row,
    add_difference,
    elsewhere,
    grids_of,
    require_levels_agree,
    rolled_up,
)
from services.indicators.deltas.repository import AREAS, GRIDS, DeltaWriter, Member
from shared.contracts.envelope import State
from shared.db.raw import raw_in_transaction
from shared.messaging.projection.routes import Change, ConsumerContext
from shared.messaging.projection.statements import SWITCH_LOCK
from shared.messaging.projection.states import area_of, live_slot

PAGE = 2_000
"""States that a filling counts in one transaction, while no batch is counted."""


class Tally:
    """What a batch adds up: amounts by area, measure, part and day, and who came to or left a grid."""

    def __init__(self) -> None:
        self._amounts: Counter[Row] = Counter()
        self._joined: list[Member] = []
        self._left: list[Member] = []
        self._came: list[Member] = []
        self._went: list[Member] = []

    def changed(
        self, before: State | None, after: State | None, old: Iterable[Contribution], new: Iterable[Contribution]
    ) -> None:
        """An aggregate counts something else than before, lies elsewhere, came (no state before) or is gone (none)."""
        lay, lies = (None if state is None else area_of(state) for state in (before, after))
        known = after or before
        if known is None or (old == new and lay == lies):
            return
        noun, subject = known.noun, known.subject
        add_difference(self._amounts, old, new)
        grids_before, grids_after = grids_of(old), grids_of(new)
        self._joined += [(grid, noun, subject) for grid in grids_after - grids_before]
        self._left += [(grid, noun, subject) for grid in grids_before - grids_after]
        areas_before, areas_after = elsewhere(old, lay), elsewhere(new, lies)
        self._came += [(area, noun, subject) for area in areas_after - areas_before]
        self._went += [(area, noun, subject) for area in areas_before - areas_after]

    async def write(self, writer: DeltaWriter) -> None:
        """Write it, rolled up. Raises `LevelsDisagree`, and then nothing of the batch stays."""
        rows = rolled_up(self._amounts)
        require_levels_agree(self._amounts, rows)
        await writer.add(rows)
        await writer.members(GRIDS, self._joined, self._left)
        await writer.members(AREAS, self._came, self._went)


def alone(old: State | None, new: State) -> tuple[list[Contribution], list[Contribution]]:
    """What each of two states of an aggregate counts by itself, before any rule of definitions."""
    return list(contributions_of(old)), list(contributions_of(new))


async def count(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
    """Post `f(new) − f(old)` of every change, by the noun's function and by the rules of definitions.

    Replays bring no change, so nothing is counted twice. What a rule has not come to yet is counted by its filling.
    """
    await _count(context, changes, forgotten=False)


async def uncount(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
    """Post `−f(old)` of what its owner does not know any more."""
    await _count(context, changes, forgotten=True)


async def _count(context: ConsumerContext, changes: Sequence[Change[Any]], *, forgotten: bool) -> None:
    noun = changes[0].new.noun
    countings = Countings(context.raw, context.slot)
    groups = await countings.groups(noun)
    passed = [
        (
            group.counters,
            None if group.after is None else await countings.passed([one.id for one in changes], group.after),
        )
        for group in groups
    ]
    tally = Tally()
    for change in changes:
        old, new = change.reckoned
        if forgotten:
            new = []
        for counters, ids in passed:
            if ids is None or change.id in ids:
                old += [] if change.old is None else counters.contributions(change.old)
                new += [] if forgotten else counters.contributions(change.new)
        tally.changed(change.old, None if forgotten else change.new, old, new)
    await tally.write(DeltaWriter(context.raw, context.slot))


async def fill(session: AsyncSession) -> bool:
    """Count the next states that a new rule has left to count. Returns whether there is more to do.

    No batch is counted meanwhile, and no generation is switched: each state is counted once, here or as it arrives.
    """
    await session.execute(text("SELECT pg_advisory_xact_lock_shared(CAST(:lock AS bigint))"), {"lock": SWITCH_LOCK})
    slot = await session.scalar(select(live_slot())) or 0
    raw = await raw_in_transaction(session)
    countings = Countings(raw, slot)
    left = await countings.left(PAGE)
    if left is None:
        return False
    tally = Tally()
    for state in left.states:
        tally.changed(None, state, [], left.counters.contributions(state))
    await tally.write(DeltaWriter(raw, slot))
    await countings.reached(left)
    return True


def counted_by(state: State, counters: Mapping[str, NounCounters]) -> list[Contribution]:
    """All that a state counts by its noun's function and by these counters."""
    found = list(contributions_of(state))
    rules = counters.get(state.noun)
    return found if rules is None else found + rules.contributions(state)
