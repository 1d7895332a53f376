"""Tables."""

from services.indicators.models.base import Base
from services.indicators.models.definitions import DefinitionRow
from services.indicators.models.deltas import Delta, GridMember
from services.indicators.models.values import AnnouncedValue

__all__ = ["AnnouncedValue", "Base", "DefinitionRow", "Delta", "GridMember"]
