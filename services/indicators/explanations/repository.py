"""Every query on what stands behind a figure: which nouns, and which states of them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.contributions.domain.base import MEASURED
from services.indicators.countings.models import Counting
from services.indicators.explanations.domain import OF_LEDGERS
from shared.contracts.envelope import STATES, State
from shared.db.raw import raw_in_transaction
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reference.areas import VILLAGE_DIGITS, village_of

STATES_BEHIND = """
WITH live AS (SELECT coalesce((SELECT live FROM projection_slots), 0)::smallint AS slot)
SELECT aggregate, sequence, event_time, state::text AS state FROM projected_states, live
WHERE projected_states.slot = live.slot AND noun = $1 AND aggregate = ANY (ARRAY(
  (SELECT aggregate FROM projected_states AS here
   WHERE here.slot = (SELECT slot FROM live) AND noun = $1 AND area >= $2 AND area <= $3 AND aggregate > $5)
  UNION
  (SELECT aggregate FROM area_members AS elsewhere
   WHERE elsewhere.slot = (SELECT slot FROM live) AND noun = $1 AND area = $4 AND aggregate > $5)
  ORDER BY 1 LIMIT $6))
ORDER BY aggregate
"""
"""The states of a noun that lie in an area or count there, in the order of their ids."""


@dataclass(frozen=True, slots=True)
class HeldState:
    """A state as it is held, with when it came about."""

    state: State
    version: int
    changed_at: datetime


class ExplanationRepository:
    """Reading, always of the generation that is live."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def nouns_of(self, measures: Collection[str]) -> list[str]:
        """The nouns of which these measures may be counted, sorted."""
        found = {noun for noun, made in MEASURED.items() if not made.isdisjoint(measures)}
        of_ledgers = {noun for noun in OF_LEDGERS if any(one.startswith(f"{noun.split('.')[0]}.") for one in measures)}
        if of_ledgers:
            held = select(ProjectedState.noun).where(
                ProjectedState.slot == live_slot(), ProjectedState.noun.in_(of_ledgers)
            )
            found.update(await self._session.scalars(held.distinct()))
        statement = select(Counting.noun).where(Counting.slot == live_slot(), Counting.measure.in_(measures)).distinct()
        return sorted(found.union(await self._session.scalars(statement)))

    async def states(self, noun: str, area: str, after: str, limit: int) -> list[HeldState]:
        """The next states of a noun that lie in a village (of a grid: its village) or count there; of a larger area
        those that stand at its own level."""
        place = village_of(area) if len(area) >= VILLAGE_DIGITS else area
        until = f"{place}~" if len(area) >= VILLAGE_DIGITS else place
        connection = await raw_in_transaction(self._session)
        rows = await connection.fetch(STATES_BEHIND, noun, place, until, place, after, limit)
        read = STATES[noun].__pydantic_validator__.validate_json
        return [HeldState(read(row["state"]), row["sequence"], row["event_time"]) for row in rows]
