"""What the catalogue is searched by."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """What the public catalogue is searched by. `word`: casefolded; `typed`: its letters, empty if it has others.

    `area`: of a place; what is offered there, or in a part of it. `level`: of the counter that accepts it.
    """

    word: str = ""
    typed: str = ""
    category: str | None = None
    department: str | None = None
    window: str | None = None
    target: str | None = None
    mode: str | None = None
    duty: str | None = None
    level: int | None = None
    area: str | None = None
