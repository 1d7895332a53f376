"""Differences of states (状态差异): versions that had never come until their owner announced them again, or that it
does not know."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg
from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from shared.db.base import KitBase
from shared.reference.named_code import NamedCode


class DifferenceKind(NamedCode):
    """How a state that is held here differed from what its owner says. The first two end when they are found."""

    MISSING = "missing", "本服务缺少"
    BEHIND = "behind", "本服务版本落后"
    SURPLUS = "surplus", "来源没有此版本"


class StateDifference(KitBase):
    """One aggregate that was held in another version than its owner's. `held`: null if it was not held at all."""

    __tablename__ = "state_differences"
    __table_args__ = (
        CheckConstraint("kind IN ('missing', 'behind', 'surplus')", name="kind"),
        CheckConstraint("(held IS NULL) = (kind = 'missing')", name="held"),
        Index("ix_state_differences_noun", "noun", "number"),
        Index(
            "ix_state_differences_surplus",
            "noun",
            "aggregate",
            unique=True,
            postgresql_where=text("mended_at IS NULL"),
        ),
    )

    number: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    noun: Mapped[str]
    aggregate: Mapped[str]
    kind: Mapped[str]
    held: Mapped[int | None] = mapped_column(BigInteger)
    told: Mapped[int | None] = mapped_column(BigInteger)
    found_at: Mapped[datetime]
    mended_at: Mapped[datetime | None]


MOST = 10_000
"""Late versions that are noted after a question; what comes beyond is counted by the metric alone."""

_LATE = """
    INSERT INTO state_differences (noun, aggregate, kind, held, told, found_at, mended_at)
    SELECT $1, late.aggregate, CASE WHEN late.held = 0 THEN 'missing' ELSE 'behind' END, nullif(late.held, 0),
      late.told, $2, $2
    FROM unnest($3::text[], $4::bigint[], $5::bigint[]) AS late (aggregate, held, told)
    WHERE EXISTS (
      SELECT FROM checksum_questions AS question
      WHERE question.noun = $1 AND question.answered_at IS NULL AND $6 > (
        SELECT count(*) FROM (
          SELECT FROM state_differences AS known WHERE known.noun = $1 AND known.found_at >= question.asked_at LIMIT $6
        ) AS noted))
"""


async def note_late(raw: asyncpg.Connection, noun: str, late: Sequence[tuple[str, int, int]], now: datetime) -> None:
    """Note versions that came only when this service had asked for them. `late`: id, version held until then, version.

    Of what was not held at all the version held is 0.
    Nothing is noted of a noun that is announced again for another reason: after a lost broker everything comes so.
    """
    ids, held, told = zip(*late, strict=True)
    await raw.execute(_LATE, noun, now, list(ids), list(held), list(told), MOST)
