"""The declarative base of registry's own tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db.base import TYPES
from shared.db.base import metadata as kit_metadata


class Base(DeclarativeBase):
    """Everything that registry owns."""

    metadata = kit_metadata()
    type_annotation_map = TYPES
