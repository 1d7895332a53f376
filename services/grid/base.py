"""The declarative base of grid's own tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db.base import TYPES
from shared.db.base import metadata as new_metadata


class Base(DeclarativeBase):
    """Everything that grid owns."""

    metadata = new_metadata()
    type_annotation_map = TYPES
