"""Queries over the versions that are held of a noun, by bucket, and over what was said and asked of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Numeric, Select, Text, cast, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import BIT, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from shared.contracts.checksums import BUCKETS
from shared.messaging.projection.differences import DifferenceKind, StateDifference
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reconciliation.tables import Checksum, ChecksumQuestion, ComparisonDue


@dataclass(frozen=True, slots=True)
class Sums:
    """Number and sum of the states of a noun, each of the 256 buckets."""

    counts: tuple[int, ...]
    sums: tuple[str, ...]

    def differing(self, counts: Sequence[int], sums: Sequence[str]) -> frozenset[int]:
        """The buckets in which others are held."""
        here, there = zip(self.counts, self.sums, strict=True), zip(counts, sums, strict=True)
        return frozenset(bucket for bucket, (one, other) in enumerate(zip(here, there, strict=True)) if one != other)


NOTHING = "0" * 16


def bucket(subject: ColumnElement[Any] | InstrumentedAttribute[str]) -> ColumnElement[int]:
    """SQL of `shared.ids.bucket_of`."""
    first: ColumnElement[int] = func.get_byte(func.decode(func.md5(cast(subject, Text)), "hex"), 0)
    return first


def own_versions(aggregates: Select[Any]) -> Select[Any]:
    """Id and version of all aggregates of a noun that this service owns. What never changes has no version but 1."""
    (subject,) = aggregates.selected_columns
    table = subject.table
    version = table.c.version if "version" in table.c else literal(1, BigInteger)
    return aggregates.with_only_columns(subject.label("subject"), version.label("version"))


def held_versions(noun: str) -> Select[Any]:
    """Id and version of all states of a noun that this service follows."""
    return _held(noun).with_only_columns(
        ProjectedState.aggregate.label("subject"), ProjectedState.sequence.label("version")
    )


def _held(noun: str) -> Select[Any]:
    return select(ProjectedState.aggregate).where(ProjectedState.slot == live_slot(), ProjectedState.noun == noun)


def _hash(subject: ColumnElement[str], version: ColumnElement[str]) -> ColumnElement[Any]:
    """The first eight bytes of the MD5 of `id:version`, as a number that sums do not overflow."""
    digits = func.substr(func.md5(subject + ":" + version), 1, 16)
    return cast(cast(cast(literal("x").op("||")(digits), BIT(64)), BigInteger), Numeric)


class ReconciliationRepository:
    """Sums, checksums, questions and differences of one service."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def sums(self, versions: Select[Any]) -> Sums:
        """Number and sum of the states in each bucket, out of one look at the table."""
        held = versions.subquery()
        subject, version = cast(held.c.subject, Text), cast(held.c.version, Text)
        hashed = select(bucket(subject).label("bucket"), _hash(subject, version).label("hash")).subquery()
        statement = select(hashed.c.bucket, func.count(), func.sum(hashed.c.hash)).group_by(hashed.c.bucket)
        counts, sums = [0] * BUCKETS, [NOTHING] * BUCKETS
        for number, count, total in await self._session.execute(statement):
            counts[number], sums[number] = count, f"{int(total) % 2**64:016x}"
        return Sums(tuple(counts), tuple(sums))

    async def moved(self, noun: str, since: datetime) -> frozenset[int]:
        """Buckets in which a state is held that came about since then. What was announced again is as old as before."""
        moved = select(bucket(ProjectedState.aggregate)).where(
            ProjectedState.slot == live_slot(),
            ProjectedState.noun == noun,
            ProjectedState.event_time >= since,
            ProjectedState.revision == 0,
        )
        return frozenset(await self._session.scalars(moved.distinct()))

    async def say(self, noun: str, **said: Any) -> Checksum:
        """The next checksum of a noun."""
        new = insert(Checksum).values(noun=noun, version=1, **said)
        changed = new.on_conflict_do_update(index_elements=["noun"], set_={"version": Checksum.version + 1, **said})
        found = await self._session.scalars(changed.returning(Checksum), execution_options={"populate_existing": True})
        return found.one()

    async def said(self, noun: str) -> Checksum | None:
        """The last checksum of a noun."""
        return await self._session.get(Checksum, noun, populate_existing=True)

    async def due(self, noun: str, now: datetime) -> None:
        """A noun is to be compared, from its first try on."""
        values = {"due_at": now, "tries": 0}
        new = insert(ComparisonDue).values(noun=noun, **values)
        await self._session.execute(new.on_conflict_do_update(index_elements=["noun"], set_=values))

    async def next_due(self, now: datetime) -> ComparisonDue | None:
        """The noun that is to be compared next, locked."""
        statement = select(ComparisonDue).where(ComparisonDue.due_at <= now).order_by(ComparisonDue.due_at)
        return (await self._session.scalars(statement.limit(1).with_for_update(skip_locked=True))).one_or_none()

    async def compared(self, one: ComparisonDue) -> None:
        """A noun has been compared to the end."""
        await self._session.delete(one)

    async def ask(self, noun: str, **asked: Any) -> ChecksumQuestion:
        """The next question about a noun."""
        values = {**asked, "answered_at": None}
        new = insert(ChecksumQuestion).values(noun=noun, version=1, **values)
        changed = new.on_conflict_do_update(
            index_elements=["noun"], set_={"version": ChecksumQuestion.version + 1, **values}
        )
        found = await self._session.scalars(
            changed.returning(ChecksumQuestion), execution_options={"populate_existing": True}
        )
        return found.one()

    async def answered(self, noun: str, now: datetime) -> None:
        """What was asked of a noun has been judged."""
        statement = update(ChecksumQuestion).where(
            ChecksumQuestion.noun == noun, ChecksumQuestion.answered_at.is_(None)
        )
        await self._session.execute(statement.values(answered_at=now))

    async def locked_after(self, table: type[Any], after: str | None, limit: int) -> Sequence[Any]:
        """The next checksums or questions in the order of nouns, locked."""
        statement = select(table).order_by(table.noun).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(table.noun > after)
        return (await self._session.scalars(statement)).all()

    async def note_surplus(
        self, noun: str, buckets: Collection[int], *, run: int, before: datetime, now: datetime
    ) -> None:
        """Note what is held in these buckets and did not come again by `run`, unless it is newer than `before`."""
        kept = _held(noun).with_only_columns(
            literal(noun),
            ProjectedState.aggregate,
            literal(str(DifferenceKind.SURPLUS)),
            ProjectedState.sequence,
            literal(now),
        )
        surplus = kept.where(
            bucket(ProjectedState.aggregate).in_(buckets),
            ProjectedState.revision < run,
            ProjectedState.event_time < before,
        )
        columns = ["noun", "aggregate", "kind", "held", "found_at"]
        await self._session.execute(insert(StateDifference).from_select(columns, surplus).on_conflict_do_nothing())

    async def mend_surplus(self, noun: str, buckets: Collection[int], now: datetime) -> None:
        """What was held too much in these buckets is so no more."""
        statement = update(StateDifference).where(
            StateDifference.noun == noun,
            StateDifference.mended_at.is_(None),
            bucket(StateDifference.aggregate).in_(buckets),
        )
        await self._session.execute(statement.values(mended_at=now))

    async def surplus(self, noun: str) -> int:
        """How many states of a noun are held that their owner does not know."""
        statement = select(func.count()).where(StateDifference.noun == noun, StateDifference.mended_at.is_(None))
        return await self._session.scalar(statement) or 0

    async def page(
        self, nouns: Collection[str], noun: str | None, *, standing: bool, before: int | None, limit: int
    ) -> Sequence[StateDifference]:
        """Differences of these nouns, the newest first."""
        statement = select(StateDifference).where(StateDifference.noun.in_(nouns))
        if noun is not None:
            statement = statement.where(StateDifference.noun == noun)
        if standing:
            statement = statement.where(StateDifference.mended_at.is_(None))
        if before is not None:
            statement = statement.where(StateDifference.number < before)
        return (await self._session.scalars(statement.order_by(StateDifference.number.desc()).limit(limit))).all()

    async def forget(self, before: datetime) -> None:
        """Differences that were mended before then are forgotten."""
        await self._session.execute(delete(StateDifference).where(StateDifference.mended_at < before))
