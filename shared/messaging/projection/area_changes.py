"""Changes of areas (区划调整) as a service follows them that has heard of them by the bus."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.registry.area_changes import AreaChangeState, AreaChangeStatus
from shared.messaging.projection.states import projected_all
from shared.reference.successions import Succession, backwards, in_order


async def to_follow(
    session: AsyncSession, changes: Sequence[AreaChangeState]
) -> tuple[list[AreaChangeState], list[AreaChangeState]]:
    """What is to be taken back, then what is to be carried out, each in its order.

    Changes may arrive in any order: whoever follows a late one follows again those that stand on it.
    """
    known = {one.id: one for one in await projected_all(session, AreaChangeState)}
    found = []
    for status, order in ((AreaChangeStatus.UNDONE, backwards), (AreaChangeStatus.DONE, in_order)):
        successions: dict[UUID, Sequence[Succession]] = {
            key: (*one.moves, *one.grids) for key, one in known.items() if one.status is status
        }
        found.append([known[key] for key in order([one.id for one in changes if one.id in successions], successions)])
    undone, done = found
    return undone, done
