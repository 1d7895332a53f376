"""Answers to lists (名单结果), and the newest list of each source, kind and area."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Integer

from services.registry.base import Base
from shared.db.base import AreaText
from shared.db.sealing import blind_for_a_while


class ListOutcome(Base):
    """The answer to one event (名单结果), kept for ever: as long as it stands, its id is remembered.

    `coalesced`: the one answer to all that were refused for a reason and are not remembered one by one; `untold`: how
    many came since it was announced last. `request_source` and `request_id` are set if they may be believed. The
    digests are keyed: of the data as they came, and of what they say once opened. `digest_key` names their key.
    """

    __tablename__ = "list_outcomes"
    __table_args__: Any = (
        CheckConstraint("status IN ('accepted', 'rejected')", name="status"),
        CheckConstraint(
            "(status = 'accepted') = (list_id IS NOT NULL) AND (status = 'rejected') = (code IS NOT NULL)",
            name="answer",
        ),
        Index(
            "uq_list_outcomes_request",
            "topic",
            "request_source",
            "request_id",
            unique=True,
            postgresql_where=text("NOT coalesced"),
        ),
        Index(
            "ix_list_outcomes_refused",
            "topic",
            "request_source",
            postgresql_where=text("status = 'rejected' AND NOT coalesced"),
        ),
        Index("ix_list_outcomes_answered", "answered_at", "id"),
    )

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
    kind: Mapped[str | None]
    list_id: Mapped[str | None]
    area: Mapped[str | None] = mapped_column(AreaText())
    as_of: Mapped[date | None]
    part: Mapped[int | None]
    complete: Mapped[bool]
    missing: Mapped[int]
    rows: Mapped[list[Any]]
    digest_key: Mapped[str]
    data_digest: Mapped[bytes] = blind_for_a_while("an id is then remembered without what it said")
    content_digest: Mapped[bytes | None] = blind_for_a_while("as data_digest")
    version: Mapped[int] = mapped_column(BigInteger)


class ListSeries(Base):
    """The newest list of a source, kind and area, and which of its parts have come."""

    __tablename__ = "list_series"

    source: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    area: Mapped[str] = mapped_column(AreaText(), primary_key=True)
    list_id: Mapped[str]
    as_of: Mapped[date]
    parts: Mapped[int]
    received: Mapped[list[int]] = mapped_column(ARRAY(Integer()))
    completed_at: Mapped[datetime | None]
