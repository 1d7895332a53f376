"""Comparison of two generations of a projection."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True)
class Difference:
    """Difference between two generations: of the states of a noun or of the figures of a table."""

    what: str
    before: str
    after: str


async def compare_states(session: AsyncSession, live: int, shadow: int) -> Sequence[Difference]:
    """Nouns whose states differ between two generations, by count and sum of hashes."""
    rows = await session.execute(
        text("""
            SELECT noun, slot, count(*), sum(hashtextextended(aggregate || ':' || sequence || ':' || state::text, 0))
            FROM projected_states GROUP BY noun, slot ORDER BY noun
        """)
    )
    sums: dict[str, dict[int, str]] = {}
    for noun, slot, count, total in rows:
        sums.setdefault(noun, {})[slot] = f"{count} states, hash {int(total) % 2**64:016x}"
    nothing = "0 states"
    return [
        Difference(noun, of.get(live, nothing), of.get(shadow, nothing))
        for noun, of in sums.items()
        if of.get(live) != of.get(shadow)
    ]
