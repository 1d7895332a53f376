"""What the service that keeps a ledger knows of the county: areas, grids, the calendar, and what records are about.

Most of it are projected states; a service that owns one of them answers from its own tables.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import State
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.registry.households import HouseholdState
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.ledgers.grammar.words import Subject
from shared.messaging.projection.states import change, hold, projected_all, projected_many
from shared.workdays import CalendarYear


class KnownArea(Protocol):
    """An area with its life span."""

    @property
    def code(self) -> str: ...
    def is_valid_on(self, day: date) -> bool: ...


@dataclass(frozen=True)
class AreaSpan:
    """An area with its life span, for services that have areas of their own."""

    code: str
    valid_from: date
    valid_to: date | None

    def is_valid_on(self, day: date) -> bool:
        """From `valid_from` on, until the day before `valid_to`."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


Areas = Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, KnownArea]]]
Ids = Callable[[AsyncSession, Collection[str]], Awaitable[Collection[str]]]
"""Which of these ids are known."""
References = Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, bool]]]
"""Those of these ids that are known, and whether something new may refer to each."""


async def projected_areas(session: AsyncSession, codes: Collection[str]) -> Mapping[str, KnownArea]:
    """Areas as registry announced them."""
    return await projected_many(session, AreaState, codes)


async def projected_grids(session: AsyncSession, codes: Collection[str]) -> Collection[str]:
    """Open grids as grid announced them."""
    found = await projected_many(session, GridState, codes)
    return {code for code, grid in found.items() if grid.valid_to is None}


async def projected_calendar(session: AsyncSession) -> Sequence[CalendarYear]:
    """The county's calendar as registry announced it."""
    return await projected_all(session, CalendarState)


async def hold_projected_calendar(session: AsyncSession) -> None:
    """Keep it as it is until the transaction ends."""
    await hold(session, CalendarState)


async def change_projected_calendar(session: AsyncSession) -> None:
    """Wait for who holds it."""
    await change(session, CalendarState)


def projected_ids(state: type[State]) -> References:
    """Which ids of a noun have arrived here."""

    async def known(session: AsyncSession, ids: Collection[str]) -> Mapping[str, bool]:
        return dict.fromkeys(await projected_many(session, state, ids), True)

    return known


async def projected_persons(session: AsyncSession, ids: Collection[str]) -> Mapping[str, bool]:
    """Persons as registry announced them: nothing new is about who was merged, or never was."""
    found = await projected_many(session, PersonState, ids)
    return {one: stands(state.status) for one, state in found.items()}


def stands(status: str) -> bool:
    """Whether a person of the status, dead or gone perhaps, is who they are."""
    return status not in (PersonStatus.MERGED, PersonStatus.ANNULLED)


PERSONS, HOUSEHOLDS = projected_persons, projected_ids(HouseholdState)


Places = Callable[[AsyncSession, Collection[str]], Awaitable[Mapping[str, str]]]
"""Where each of these lies, as closely as is known; one that lies nowhere in the county is absent."""


def place_of_person(state: PersonState) -> str | None:
    """Where somebody lives; of who lives nowhere here, where the person is registered."""
    for spans in (state.residence, state.registration):
        if spans and spans[-1].end is None:
            return spans[-1].area
    return None


async def places_of_persons(session: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
    """Where these persons live, as registry announced it."""
    found = await projected_many(session, PersonState, ids)
    return {one: place for one, state in found.items() if (place := place_of_person(state)) is not None}


async def places_of_households(session: AsyncSession, ids: Collection[str]) -> Mapping[str, str]:
    """Where these households lie, as registry announced it; a dissolved one lies nowhere."""
    found = await projected_many(session, HouseholdState, ids)
    return {one: state.area for one, state in found.items() if state.dissolved_on is None}


Erased = Callable[[AsyncSession, Collection[str]], Awaitable[Collection[str]]]
"""Who of these persons was erased."""


@dataclass(frozen=True)
class Surroundings:
    """What one service knows. `grids` is None where grids are not followed: a grid is then judged by its village.

    `erased`: who of some persons was erased. `lies`: where subjects lie, for ledgers whose records follow them.
    `authoritative`: what is not known here does not exist; elsewhere it may be on its way. `departments`: codes of the
    county's departments, which every process has from its settings.
    """

    erased: Erased
    areas: Areas = projected_areas
    grids: Ids | None = None
    calendar: Callable[[AsyncSession], Awaitable[Sequence[CalendarYear]]] = projected_calendar
    hold_calendar: Callable[[AsyncSession], Awaitable[None]] = hold_projected_calendar
    change_calendar: Callable[[AsyncSession], Awaitable[None]] = change_projected_calendar
    known: Mapping[Subject, References] = field(default_factory=dict)
    lies: Mapping[Subject, Places] = field(default_factory=dict)
    authoritative: bool = False
    departments: Collection[str] = frozenset()


def is_id(value: Any) -> bool:
    """Whether a value is an id of registry in its canonical form."""
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
