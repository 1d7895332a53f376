"""What follows changes of areas: nouns that repeat where somebody lives."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.area_changes.domain import Plan
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


class ReturningFollower(Protocol):
    """What goes back when a change of areas is undone."""

    async def go_back(self, change: UUID) -> None:
        """Called when the change is undone: what it took along goes back."""
        ...

    async def standing(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas in which something stands that is in use."""
        ...


class SeatsFollower(ReturningFollower, Protocol):
    """What has its seat in a village: organisations, facilities."""

    async def follow_areas(
        self, change: UUID, villages: Collection[str], to: Callable[[UUID, str], str | None], on: date
    ) -> None:
        """Called in a change of areas: each goes where `to` says of its id and area, None: nowhere."""
        ...

    async def put_back(self, change: UUID, id: UUID) -> bool:
        """Called to put one back that a change took along, or that was placed by it: whether it was."""
        ...


class PostsFollower(ReturningFollower, Protocol):
    """Posts of villages: a committee goes on under another code, or ends with its village."""

    async def follow_villages(
        self, change: UUID, villages: Mapping[str, bool], to: Callable[[UUID, str], str | None], on: date
    ) -> None:
        """Called in a change of areas: `villages` that it names, and whether each ends; `to` as of `SeatsFollower`."""
        ...


class SetsFollower(ReturningFollower, Protocol):
    """Sets of areas: who carries a member on takes its seat."""

    async def follow_plan(self, change: UUID, plan: Plan, grids: Mapping[str, str]) -> None:
        """Called in a change of areas: `grids`: which code each open grid of its villages gets."""
        ...
