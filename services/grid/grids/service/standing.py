"""Areas that stand today (现行区划): asked for by whatever is entered for one."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.repository import GridRepository
from shared.contracts.registry.areas import AreaState
from shared.errors import DomainError, NotYet
from shared.messaging.projection.states import projected
from shared.reference.areas import VILLAGE_DIGITS

NOT_ARRIVED = "尚未收到该区划的信息：若刚刚设立，请稍后重试；否则请核对代码。"


async def require_standing(
    session: AsyncSession, area: str, day: date, unknown: type[DomainError], *, levels: frozenset[int] | None = None
) -> None:
    """Raises `unknown` unless it is an area that is valid on the day, or an open grid.

    `levels`: above a grid only these. Raises `NotYet` for an area that has not arrived here.
    """
    if len(area) > VILLAGE_DIGITS:
        if not await GridRepository(session).open_codes([area]):
            raise unknown.at("area")
        return
    known = await projected(session, AreaState, area)
    if known is None:
        raise NotYet.at("area", subject=area, detail=NOT_ARRIVED)
    if not known.is_valid_on(day) or (levels is not None and known.level not in levels):
        raise unknown.at("area")
