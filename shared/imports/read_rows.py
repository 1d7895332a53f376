"""A row of a table as a noun's rules read it; they know nothing of how tables are imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from shared.errors import FieldError

New = TypeVar("New")
Key = tuple[str, str]
"""The place, and what it has once."""


@dataclass(frozen=True, slots=True, repr=False)
class Read(Generic[New]):
    """A row as it is read: what it enters, unless it is not even that. The repr shows nothing."""

    new: New | None
    key: Key | None
    errors: Sequence[FieldError]
