"""Answers to granted cases of the hall."""

from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.registry.base import Base
from shared.messaging.inbound.effects import EffectColumns, effect_rules


class CaseEffectAnswer(EffectColumns, Base):
    """The answer to what a granted case asks for, by the case's id. `event_id`, `benefit_id`: by which it stands."""

    __tablename__ = "case_effect_answers"
    __table_args__: Any = (
        *effect_rules("case_effect_answers"),
        Index("ix_case_effect_answers_event", "event_id"),
        Index("ix_case_effect_answers_benefit", "benefit_id"),
    )

    event_id: Mapped[UUID | None] = mapped_column()
    benefit_id: Mapped[UUID | None] = mapped_column()
