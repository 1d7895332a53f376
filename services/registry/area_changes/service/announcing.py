"""What is told of changes of areas: their states, and all of them again."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.repository import AreaChangeRepository
from shared.contracts.registry.area_changes import (
    AreaChangeKind,
    AreaChangeRestated,
    AreaChangeState,
    AreaChangeStatus,
    AreaSuccession,
    GridSuccession,
)


def state_of(change: AreaChange) -> AreaChangeState:
    """The state of a change. Where an abolition has several heirs nobody said who takes over what."""
    moves = change.plan["moves"]
    divided = change.kind == AreaChangeKind.ABOLISH and any(one["shared_with"] for one in moves)
    return AreaChangeState(
        id=change.id,
        version=change.version,
        area=change.area,
        kind=AreaChangeKind(change.kind),
        status=AreaChangeStatus(change.status),
        effective_on=change.effective_on,
        moves=tuple(AreaSuccession(origin=one["origin"], to=None if divided else one["to"]) for one in moves),
        grids=tuple(GridSuccession(**one) for one in change.plan.get("grids", ())),
    )


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[AreaChangeRestated]:
    """The next changes' states, rows locked."""
    changes = await AreaChangeRepository(session).locked_after(None if after is None else UUID(after), limit)
    return [AreaChangeRestated(state=state_of(change)) for change in changes]
