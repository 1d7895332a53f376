"""Inbound outcomes (来件结果): what a service keeps of each event that it answered, and every query about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID, uuid5

from sqlalchemy import BigInteger, CheckConstraint, ColumnElement, Index, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.orm.interfaces import ORMOption

from shared.contracts.county.answers import InboundStatus
from shared.db.sealing import blind_for_a_while


class OutcomeColumns:
    """The answer to one event (来件结果), kept for ever: as long as it stands, its id is remembered.

    `coalesced`: the one answer to all that were refused for a reason and are not remembered one by one; `untold`: how
    many came since it was announced last. `request_source` and `request_id` are set if they may be believed. The
    digests are keyed: of the data as they came, and of what they say once opened. `digest_key` names their key.
    """

    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str]
    partition: Mapped[int]
    offset: Mapped[int] = mapped_column("record_offset", BigInteger)  # OFFSET is a word of SQL
    cluster_id: Mapped[str]
    request_source: Mapped[str | None]
    request_id: Mapped[str | None]
    request_id_masked: Mapped[str | None]
    coalesced: Mapped[bool] = mapped_column(server_default=text("false"))
    status: Mapped[str]
    code: Mapped[str | None]
    final: Mapped[bool]
    answered_at: Mapped[datetime]
    repeats: Mapped[int]
    untold: Mapped[int] = mapped_column(server_default=text("0"))
    digest_key: Mapped[str]
    data_digest: Mapped[bytes] = blind_for_a_while("an id is then remembered without what it said")
    content_digest: Mapped[bytes | None] = blind_for_a_while("as data_digest")
    version: Mapped[int] = mapped_column(BigInteger)


def outcome_rules(table: str, made: str) -> tuple[Any, ...]:
    """Checks and indexes of a table of outcomes. `made`: the column that is filled if and only if it was accepted."""
    return (
        CheckConstraint("status IN ('accepted', 'rejected')", name="status"),
        CheckConstraint(
            f"(status = 'accepted') = ({made} IS NOT NULL) AND (status = 'rejected') = (code IS NOT NULL)",
            name="answer",
        ),
        # one answer to one id; an id that was used again for something else is answered by a coalesced one
        Index(
            f"uq_{table}_request",
            "topic",
            "request_source",
            "request_id",
            unique=True,
            postgresql_where=text("NOT coalesced"),
        ),
        Index(
            f"ix_{table}_refused",
            "topic",
            "request_source",
            postgresql_where=text("status = 'rejected' AND NOT coalesced"),
        ),
        Index(f"ix_{table}_answered", "answered_at", "id"),
    )


O = TypeVar("O", bound=OutcomeColumns)  # noqa: E741


class OutcomeRepository(Generic[O]):
    """Outcomes of one table. `with_them`: what is loaded with each."""

    def __init__(self, session: AsyncSession, table: type[O], *with_them: ORMOption) -> None:
        self._session = session
        self._table = table
        self._with_them = with_them

    def add(self, outcome: O) -> None:
        """A new answer."""
        self._session.add(outcome)

    async def locked(self, outcome_id: UUID) -> O | None:
        """The outcome; nobody else answers the same event, also a new one, until the transaction ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(outcome_id), 0))))
        return await self.one_locked(self._table.id == outcome_id)

    async def one_locked(self, condition: ColumnElement[bool]) -> O | None:
        """The outcome of which it is true, locked and as it stands now."""
        statement = select(self._table).where(condition).with_for_update().options(*self._with_them)
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).one_or_none()

    async def refused(self, topic: str, source: str, most: int) -> int:
        """How many refused events of a source are remembered one by one; counted up to `most`."""
        some = select(self._table.id).where(
            self._table.topic == topic,
            self._table.request_source == source,
            self._table.status == InboundStatus.REJECTED,
            self._table.coalesced.is_(False),
        )
        return (await self._session.scalar(select(func.count()).select_from(some.limit(most).subquery()))) or 0

    async def page(
        self,
        *,
        status: InboundStatus | None,
        code: str | None,
        source: str | None,
        after: tuple[datetime, UUID] | None,
        limit: int,
    ) -> Sequence[O]:
        """Answers for operators, the newest first. They say nothing of people."""
        table = self._table
        statement = select(table).order_by(table.answered_at.desc(), table.id.desc())
        if status is not None:
            statement = statement.where(table.status == status)
        if code is not None:
            statement = statement.where(table.code == code)
        if source is not None:
            statement = statement.where(table.request_source == source)
        if after is not None:
            when, last = after
            statement = statement.where((table.answered_at < when) | ((table.answered_at == when) & (table.id < last)))
        return (await self._session.scalars(statement.limit(limit))).all()

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[O]:
        """The next outcomes in the order of their ids, locked until the end of the transaction."""
        statement = select(self._table).order_by(self._table.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(self._table.id > after)
        return (await self._session.scalars(statement.options(*self._with_them))).all()


def outcome_id(namespace: UUID, topic: str, source: str, request_id: str) -> UUID:
    """Identity of an event's outcome: the same event always has the same."""
    return uuid5(namespace, f"{topic} {source} {request_id}")


def coalesced_outcome_id(namespace: UUID, topic: str, partition: int, source: str | None, code: str) -> UUID:
    """Identity of the one outcome of all that a partition's records of a source (None: of strangers) are refused for.

    There are no more of these than partitions, sources and codes, whatever is sent.
    """
    return uuid5(namespace, f"{topic} {partition} {source or ''} {code}")
