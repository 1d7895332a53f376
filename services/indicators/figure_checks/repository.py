"""Every query on checks of figures."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.deltas.domain import CHILD
from services.indicators.deltas.models import Delta
from services.indicators.figure_checks.domain import Key, Part
from services.indicators.figure_checks.models import FigureCheck, FigureDifference
from shared.auth.scope import inside
from shared.contracts.registry.areas import AreaState
from shared.messaging.projection.statements import SWITCH_LOCK
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reference.areas import PREFECTURE_DIGITS, VILLAGE_DIGITS

_HOLD = text("""
    SELECT pg_advisory_xact_lock_shared(CAST(:switch AS bigint)),
      pg_advisory_xact_lock(hashtext('indicators.deltas'), coalesce((SELECT live FROM projection_slots), 0)::int)
""")


class FigureCheckRepository:
    """The check, what it found, and the stored figures that it looks at."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def hold(self) -> None:
        """Nothing is counted, and no generation switched, until the transaction ends."""
        await self._session.execute(_HOLD, {"switch": SWITCH_LOCK})

    async def last(self) -> FigureCheck | None:
        """The last check, locked."""
        statement = select(FigureCheck).with_for_update()
        return (await self._session.scalars(statement)).one_or_none()

    async def read(self) -> FigureCheck | None:
        return (await self._session.scalars(select(FigureCheck))).one_or_none()

    async def begin(self, now: datetime) -> FigureCheck:
        """A new check, from the first area on."""
        values = {"begun_at": now, "ended_at": None, "after": "", "areas": 0}
        new = insert(FigureCheck).values(id=1, **values)
        changed = new.on_conflict_do_update(index_elements=["id"], set_=values).returning(FigureCheck)
        return (await self._session.scalars(changed, execution_options={"populate_existing": True})).one()

    async def next_area(self, after: str) -> str | None:
        """The next area, prefecture to village, that is known or has figures. None: that was the last one."""
        stored = select(func.min(Delta.area)).where(Delta.slot == live_slot(), Delta.area > after)
        known = select(func.min(ProjectedState.area)).where(
            ProjectedState.slot == live_slot(),
            ProjectedState.noun == AreaState.noun,
            ProjectedState.area > after,
            func.length(ProjectedState.area).between(PREFECTURE_DIGITS, VILLAGE_DIGITS),
        )
        found = [await self._session.scalar(one) for one in (stored, known)]
        return min((one for one in found if one is not None), default=None)

    async def stored(self, area: str) -> Counter[Key]:
        """What is stored of an area."""
        statement = select(Delta.measure, Delta.dimension, Delta.day, Delta.amount).where(
            Delta.slot == live_slot(), Delta.area == area
        )
        rows = await self._session.execute(statement)
        return Counter({(measure, dimension, day): amount for measure, dimension, day, amount in rows})

    async def stored_below(self, area: str) -> Counter[Key]:
        """What is stored of the areas one level below, added up."""
        statement = (
            select(Delta.measure, Delta.dimension, Delta.day, func.sum(Delta.amount))
            .where(Delta.slot == live_slot(), inside(Delta.area, area), func.length(Delta.area) == CHILD[len(area)])
            .group_by(Delta.measure, Delta.dimension, Delta.day)
        )
        rows = await self._session.execute(statement)
        return Counter({(measure, dimension, day): int(amount) for measure, dimension, day, amount in rows})

    async def note(self, area: str, parts: Mapping[Part, int], restricted: Collection[str], now: datetime) -> None:
        """Keep what differs in an area; what does not any more is mended."""
        standing = (
            await self._session.scalars(
                select(FigureDifference).where(FigureDifference.area == area, FigureDifference.mended_at.is_(None))
            )
        ).all()
        for one in standing:
            if (one.measure, one.dimension) not in parts:
                one.mended_at = now
        known = {(one.measure, one.dimension) for one in standing}
        for (measure, dimension), days in sorted(parts.items()):
            if (measure, dimension) not in known:
                self._session.add(
                    FigureDifference(
                        area=area,
                        measure=measure,
                        dimension=dimension,
                        days=days,
                        restricted=measure in restricted,
                        found_at=now,
                        mended_at=None,
                    )
                )
        await self._session.flush()

    async def forget(self, before: datetime) -> None:
        """What was mended before then is forgotten."""
        await self._session.execute(delete(FigureDifference).where(FigureDifference.mended_at < before))

    async def page(self, *, standing: bool, before: int | None, limit: int) -> Sequence[FigureDifference]:
        """Differences that are told, the newest first."""
        statement = select(FigureDifference).where(FigureDifference.restricted.is_(False))
        if standing:
            statement = statement.where(FigureDifference.mended_at.is_(None))
        if before is not None:
            statement = statement.where(FigureDifference.number < before)
        return (await self._session.scalars(statement.order_by(FigureDifference.number.desc()).limit(limit))).all()

    async def standing(self) -> int:
        """How many differences stand, of those that are told."""
        statement = select(func.count()).where(
            FigureDifference.restricted.is_(False), FigureDifference.mended_at.is_(None)
        )
        return await self._session.scalar(statement) or 0
