"""Residence answers."""

from typing import Any

from services.registry.base import Base
from shared.messaging.inbound.effects import EffectColumns, effect_rules


class ResidenceAnswer(EffectColumns, Base):
    """The answer to a proposal of grid's, by the proposal's id."""

    __tablename__ = "residence_answers"
    __table_args__: Any = effect_rules("residence_answers")
