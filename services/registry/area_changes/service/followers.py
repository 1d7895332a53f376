"""What follows changes of areas: nouns that repeat where somebody lives."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.registry.persons.domain import PersonRecord


class PersonsFollower(Protocol):
    """Follower of persons whose village changes: it repeats their residence."""

    async def follow_areas(self, people: Sequence[PersonRecord]) -> None:
        """Called after a change of areas, in its transaction; the persons' rows are locked."""
        ...


class RecordsFollower(Protocol):
    """Records about persons and households whose village changes."""

    async def follow_areas(self, persons: Sequence[UUID], households: Sequence[UUID]) -> None:
        """Called after a change of areas, in its transaction; the rows are locked."""
        ...
