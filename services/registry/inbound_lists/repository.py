"""Every query about answers to lists, and about the newest list of each source, kind and area."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.areas.models import Area
from services.registry.inbound_lists.domain import Series, is_complete
from services.registry.inbound_lists.models import ListOutcome, ListSeries
from shared.contracts.county.answers import InboundStatus


class ListOutcomeRepository:
    """Answers to lists."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, outcome: ListOutcome) -> None:
        """A new answer."""
        self._session.add(outcome)

    async def locked(self, outcome_id: UUID) -> ListOutcome | None:
        """The outcome; nobody else answers the same event, also a new one, until the transaction ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(outcome_id), 0))))
        statement = select(ListOutcome).where(ListOutcome.id == outcome_id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def refused(self, topic: str, source: str, most: int) -> int:
        """How many refused events of a source are remembered one by one; counted up to `most`."""
        some = select(ListOutcome.id).where(
            ListOutcome.topic == topic,
            ListOutcome.request_source == source,
            ListOutcome.status == InboundStatus.REJECTED,
            ListOutcome.coalesced.is_(False),
        )
        return (await self._session.scalar(select(func.count()).select_from(some.limit(most).subquery()))) or 0

    async def page(
        self,
        *,
        status: str | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[ListOutcome]:
        """Outcomes, the newest answer first."""
        statement = select(ListOutcome).order_by(ListOutcome.answered_at.desc(), ListOutcome.id.desc())
        if status is not None:
            statement = statement.where(ListOutcome.status == status)
        if code is not None:
            statement = statement.where(ListOutcome.code == code)
        if source is not None:
            statement = statement.where(ListOutcome.request_source == source)
        if after is not None:
            when, last = after
            earlier = ListOutcome.answered_at < when
            statement = statement.where(earlier | ((ListOutcome.answered_at == when) & (ListOutcome.id < last)))
        return (await self._session.scalars(statement.limit(limit))).all()

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[ListOutcome]:
        """The next outcomes in the order of their ids, locked until the end of the transaction."""
        statement = select(ListOutcome).order_by(ListOutcome.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(ListOutcome.id > after)
        return (await self._session.scalars(statement)).all()


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
