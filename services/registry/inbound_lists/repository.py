"""Every query about answers to lists, and about the newest list of each source, kind and area."""

from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.inbound_lists.domain import Series, is_complete
from services.registry.inbound_lists.models import ListOutcome, ListSeries
from shared.messaging.inbound.outcomes import OutcomeRepository


class ListOutcomeRepository(OutcomeRepository[ListOutcome]):
    """Answers to lists."""

    def __init__(self, session: AsyncSession) -> None:
        super().__init__(session, ListOutcome)


class ListSeriesRepository:
    """The newest list of each source, kind and area."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def is_known(self, area: str, *, on: date) -> bool:
        """Whether the register has the area, and it has not ended: whoever lived there is elsewhere then."""
        stands = or_(Area.valid_to.is_(None), Area.valid_to > on)
        return await self._session.scalar(select(Area.code).where(Area.code == area, stands)) is not None

    async def locked(self, source: str, kind: str, area: str) -> Series | None:
        """The newest list; no other part of such a list is taken in until the transaction ends."""
        lane = f"list:{source}:{kind}:{area}"
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(lane, 0))))
        statement = select(ListSeries.list_id, ListSeries.as_of, ListSeries.parts, ListSeries.received).where(
            ListSeries.source == source, ListSeries.kind == kind, ListSeries.area == area
        )
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else Series(row.list_id, row.as_of, row.parts, frozenset(row.received))

    async def keep(self, source: str, kind: str, area: str, series: Series, *, now: datetime) -> None:
        """Keep the newest list and which of its parts have come."""
        values = {
            "list_id": series.list_id,
            "as_of": series.as_of,
            "parts": series.parts,
            "received": sorted(series.received),
            "completed_at": now if is_complete(series) else None,
        }
        statement = insert(ListSeries).values(source=source, kind=kind, area=area, **values)
        await self._session.execute(
            statement.on_conflict_do_update(index_elements=["source", "kind", "area"], set_=values)
        )
