"""What is wrong with a definition, by place: `fields.3.choices`, `rules.0.that`."""

from shared.errors import FieldError, Invalid
from shared.http.validation import MAX_ERRORS
from shared.ledgers.compiler.messages import MESSAGES


class Report:
    """Collects errors in the order in which they are found. Messages are those of the table."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], FieldError] = {}

    def add(self, path: str, code: str) -> None:
        """An error at a place; the same one is told once. Raises `KeyError` for a code without a message."""
        if len(self._found) < MAX_ERRORS:
            self._found.setdefault((path, code), FieldError(path, code, MESSAGES[code]))

    @property
    def empty(self) -> bool:
        return not self._found

    def close(self) -> None:
        """Raise `Invalid` if anything was found."""
        if self._found:
            raise Invalid(errors=list(self._found.values()))
