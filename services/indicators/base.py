"""The declarative base of this service's tables."""

from sqlalchemy.orm import DeclarativeBase

from shared.db.base import TYPES
from shared.db.base import metadata as new_metadata


class Base(DeclarativeBase):
    """Tables of indicators."""

    metadata = new_metadata()
    type_annotation_map = TYPES
