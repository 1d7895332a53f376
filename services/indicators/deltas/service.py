"""Counting: a batch of changed states becomes one set of deltas, in the batch's own transaction."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from services.indicators.contributions.domain import contributions_of
from services.indicators.deltas.domain import Row, add_difference, grids_of, rolled_up
from services.indicators.deltas.repository import DeltaWriter
from shared.messaging.projection.routes import Change, ConsumerContext


async def count(context: ConsumerContext, changes: Sequence[Change[Any]]) -> None:
    """Post `f(new) − f(old)` of every change. Replays bring no change, so nothing is counted twice."""
    amounts: Counter[Row] = Counter()
    joined: list[tuple[str, str, str]] = []
    left: list[tuple[str, str, str]] = []
    for change in changes:
        old, new = tuple(contributions_of(change.old)), tuple(contributions_of(change.new))
        if old == new:
            continue
        add_difference(amounts, old, new)
        before, after = grids_of(old), grids_of(new)
        joined += [(grid, change.new.noun, change.id) for grid in after - before]
        left += [(grid, change.new.noun, change.id) for grid in before - after]
    writer = DeltaWriter(context.raw, context.slot)
    await writer.add(rolled_up(amounts))
    await writer.members(joined, left)
