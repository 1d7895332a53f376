"""What an import needs to know of the noun that it fills: columns, how a row is judged, how it is taken in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Table

from shared.auth.principal import Principal
from shared.errors import FieldError
from shared.imports.tables import ImportRow
from shared.messaging.context import UseCaseContext
from shared.spreadsheets.columns import Column
from shared.spreadsheets.values import Value


class Intake(Protocol):
    """A noun as an import sees it, in one transaction."""

    @property
    def columns(self) -> Sequence[Column]:
        """What may stand in the table."""
        ...

    def judge(self, values: Mapping[str, Value]) -> Sequence[FieldError]:
        """What is wrong with a row by its own; paths are codes of columns. Nothing is read or changed."""
        ...

    async def take(self, rows: Sequence[Mapping[str, Value]]) -> None:
        """Take rows in by the noun's own use case. Raises the refusal of one; then the transaction is given up."""
        ...


IntakeOf = Callable[[UseCaseContext, Principal, ImportRow], Awaitable[Intake]]
"""Makes the intake of an import in a transaction. Raises `NotFound` and `Forbidden` for who may not import there."""


@dataclass(frozen=True)
class Target:
    """A kind of things that can be imported: the prefix of `ImportRow.target`, and its intake."""

    prefix: str
    intake: IntakeOf
    fills: Sequence[Table] = ()
    """Tables that a row is taken into: analysed after many."""

    def serves(self, target: str) -> bool:
        """Whether imports of this target are its."""
        return target.partition(":")[0] == self.prefix
