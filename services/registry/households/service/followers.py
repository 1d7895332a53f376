"""What follows households: nouns that end with one."""

from typing import Protocol

from services.registry.households.domain import HouseholdRecord


class HouseholdFollower(Protocol):
    """Follower of households: handed in, because it lies above households."""

    async def household_changed(self, household: HouseholdRecord) -> None:
        """Called after a household was dissolved, in its transaction; the household's row is locked."""
        ...
