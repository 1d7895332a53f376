"""What is announced of visits: the facts of both families, and all of it once more."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.visits.domain import (
    AnyTag,
)
from services.grid.visits.models import Visit
from services.grid.visits.repository import VisitRepository
from shared.contracts.envelope import Fact
from shared.contracts.grid.visits import (
    RestrictedVisitAttempted,
    RestrictedVisitCancelled,
    RestrictedVisitDone,
    RestrictedVisitHandedOver,
    RestrictedVisitMissed,
    RestrictedVisitMoved,
    RestrictedVisitPlanned,
    RestrictedVisitRestated,
    RestrictedVisitState,
    RestrictedVisitTakenBack,
    VisitAttempted,
    VisitCancelled,
    VisitDone,
    VisitHandedOver,
    VisitMissed,
    VisitMoved,
    VisitPlanned,
    VisitRestated,
    VisitState,
    VisitTakenBack,
)
from shared.contracts.registry.tags import RestrictedTagState, TagState

FAMILIES: Mapping[bool, type[AnyTag]] = {False: TagState, True: RestrictedTagState}
STATES: Mapping[bool, type[VisitState] | type[RestrictedVisitState]] = {False: VisitState, True: RestrictedVisitState}
PLANNED: Mapping[bool, type[Fact[Any]]] = {False: VisitPlanned, True: RestrictedVisitPlanned}
ATTEMPTED: Mapping[bool, type[Fact[Any]]] = {False: VisitAttempted, True: RestrictedVisitAttempted}
DONE: Mapping[bool, type[Fact[Any]]] = {False: VisitDone, True: RestrictedVisitDone}
CANCELLED: Mapping[bool, type[Fact[Any]]] = {False: VisitCancelled, True: RestrictedVisitCancelled}
MOVED: Mapping[bool, type[Fact[Any]]] = {False: VisitMoved, True: RestrictedVisitMoved}
HANDED_OVER: Mapping[bool, type[Fact[Any]]] = {False: VisitHandedOver, True: RestrictedVisitHandedOver}
MISSED: Mapping[bool, type[Fact[Any]]] = {False: VisitMissed, True: RestrictedVisitMissed}
TAKEN_BACK: Mapping[bool, type[Fact[Any]]] = {False: VisitTakenBack, True: RestrictedVisitTakenBack}
RESTATED: Mapping[bool, type[Fact[Any]]] = {False: VisitRestated, True: RestrictedVisitRestated}


def fact_of(kind: Mapping[bool, type[Fact[Any]]], visit: Visit) -> Fact[Any]:
    """A fact of this kind, of the visit's family: visits for restricted tags are announced on a topic of their own."""
    return kind[visit.restricted](state=STATES[visit.restricted].model_validate(visit))


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next visits that care tags ask for, rows locked."""
    return await _restate(session, after, limit, restricted=False)


async def restate_restricted(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
    """Restated facts of the next visits that restricted tags ask for, rows locked."""
    return await _restate(session, after, limit, restricted=True)


async def _restate(session: AsyncSession, after: str | None, limit: int, *, restricted: bool) -> Sequence[Fact[Any]]:
    known = None if after is None else UUID(after)
    visits = await VisitRepository(session).locked_after(known, limit, restricted=restricted)
    return [fact_of(RESTATED, visit) for visit in visits]
