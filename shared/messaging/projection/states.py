"""Projected states: copies of other services' states, and their queries."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypeVar

from pydantic import StringConstraints
from sqlalchemy import BigInteger, CheckConstraint, Index, SmallInteger, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.sql.functions import coalesce

from shared.contracts.envelope import Span, State
from shared.db.base import AreaText, KitBase
from shared.db.gathering import Question
from shared.db.raw import rows_by_key
from shared.messaging.outbox.position import Reached

S = TypeVar("S", bound=State)


class ProjectionSlot(KitBase):
    """Live slot: which of the two generations is read. One row, or none before the first rebuild: then slot 0 is."""

    __tablename__ = "projection_slots"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    live: Mapped[int] = mapped_column(SmallInteger)
    switched_at: Mapped[datetime]


class ProjectedState(KitBase):
    """Projected state: the newest known one of another service's aggregate, in one of two generations."""

    __tablename__ = "projected_states"
    __table_args__ = (
        Index(
            "ix_projected_states_area", "slot", "noun", "area", "aggregate", postgresql_where=text("area IS NOT NULL")
        ),
    )

    slot: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    noun: Mapped[str] = mapped_column(primary_key=True)
    aggregate: Mapped[str] = mapped_column(primary_key=True)
    sequence: Mapped[int] = mapped_column(BigInteger)
    revision: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[dict[str, Any]] = mapped_column(JSONB)
    area: Mapped[str | None] = mapped_column(AreaText)  # where it lies now, as far as the state says
    event_time: Mapped[datetime]
    applied_at: Mapped[datetime]


def live_slot() -> ColumnElement[int]:
    """SQL of the live slot: `where(Table.slot == live_slot())`."""
    return coalesce(select(ProjectionSlot.live).scalar_subquery(), 0)


@cache
def _lies_by(state_class: type[State]) -> str | None:
    fields = state_class.model_fields
    if "area" in fields or "residence" in fields:
        return "area" if "area" in fields else "residence"
    own_code = any(isinstance(rule, StringConstraints) for rule in fields["id"].metadata)
    return "id" if own_code else None


def area_of(state: State) -> str | None:
    """Area of an aggregate: its `area`, its last `residence`, or its own id if that is an area code."""
    match _lies_by(type(state)):
        case "residence":
            spans: Sequence[Span] = getattr(state, "residence", ())
            return spans[-1].area if spans else None
        case str(name):
            area: str | None = getattr(state, name)
            return area
        case _:
            return None


async def projected(session: AsyncSession, state_class: type[S], aggregate: object) -> S | None:
    """The newest known state of one aggregate, or None."""
    return (await projected_many(session, state_class, [aggregate])).get(str(aggregate))


async def projected_many(session: AsyncSession, state_class: type[S], ids: Collection[object]) -> dict[str, S]:
    """The newest known states of these aggregates, by id as text; unknown ids are absent."""
    if not ids:
        return {}
    rows = await rows_by_key(session, _newest(state_class), {str(one) for one in ids})
    return {aggregate: state_class.model_validate(row["state"]) for aggregate, row in rows.items()}


async def projected_all(session: AsyncSession, state_class: type[S], *, inside: str | None = None) -> Sequence[S]:
    """All known states of a noun in the order of their ids, or those that lie inside an area."""
    statement = _select(state_class).order_by(ProjectedState.aggregate)
    if inside is not None:
        statement = statement.where(ProjectedState.area >= inside, ProjectedState.area < inside + "~")
    return [state_class.model_validate(state) for _, state in await session.execute(statement)]


async def hold(session: AsyncSession, state_class: type[State]) -> None:
    """Hold the projected states of a noun until the transaction ends: what is computed of them stays true till then.

    Call it before any row is locked: `change` is followed by locks on what was computed.
    """
    await session.execute(_HOLD, {"noun": state_class.noun})


async def change(session: AsyncSession, state_class: type[State]) -> None:
    """Wait for all who hold a noun's states, and keep others from holding them until the transaction ends.

    For the hook that computes again what was computed of them: without it, a transaction that read the old states and
    commits after the hook has looked would be passed over.
    """
    await session.execute(_CHANGE, {"noun": state_class.noun})


_HOLD = text("SELECT pg_advisory_xact_lock_shared(hashtextextended('held:' || :noun, 0))")
_CHANGE = text("SELECT pg_advisory_xact_lock(hashtextextended('held:' || :noun, 0))")


@cache
def _newest(state_class: type[State]) -> Question:
    return Question(
        f"""
        SELECT aggregate, state FROM projected_states
        WHERE slot = coalesce((SELECT live FROM projection_slots), 0) AND noun = '{state_class.noun}'
          AND aggregate = ANY($1::text[])
        """,  # noqa: S608  # a noun of the catalogue
        key="aggregate",
    )


def _select(state_class: type[State]) -> Any:
    return select(ProjectedState.aggregate, ProjectedState.state).where(
        ProjectedState.slot == live_slot(), ProjectedState.noun == state_class.noun
    )


_BEHIND = text(
    """
    SELECT wanted.noun, wanted.aggregate, wanted.sequence
    FROM unnest(CAST(:nouns AS text[]), CAST(:ids AS text[]), CAST(:sequences AS bigint[]))
      AS wanted (noun, aggregate, sequence)
    LEFT JOIN projected_states AS state
      ON state.slot = coalesce((SELECT live FROM projection_slots), 0)
      AND state.noun = wanted.noun AND state.aggregate = wanted.aggregate
    WHERE coalesce(state.sequence, 0) < wanted.sequence
    """
)


async def behind(session: AsyncSession, wanted: Collection[Reached]) -> frozenset[Reached]:
    """Which of these versions the projected states of this database have not reached, in one statement."""
    rows = await session.execute(
        _BEHIND,
        {
            "nouns": [entry.noun for entry in wanted],
            "ids": [entry.id for entry in wanted],
            "sequences": [entry.sequence for entry in wanted],
        },
    )
    return frozenset(Reached(row.noun, row.aggregate, row.sequence) for row in rows)
