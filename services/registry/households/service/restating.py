"""Households announced again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.households.repository import HouseholdRepository
from shared.contracts.registry.households import HouseholdRestated, HouseholdState


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[HouseholdRestated]:
    """Restated facts of the next households, their rows locked."""
    households = await HouseholdRepository(session).locked_after(UUID(after) if after else None, limit)
    return [HouseholdRestated(state=HouseholdState.model_validate(household)) for household in households]
