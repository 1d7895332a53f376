"""What records ask of definitions."""

from collections.abc import Sequence
from typing import Protocol

from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.definitions.reading import VersionStep


class Ledgers(Protocol):
    """Published definitions by code. `shared.ledgers.definitions` is one."""

    async def open_for_records(self, code: str) -> Ledger:
        """The version in force today. Raises `NotFound` for none, and a refusal of its own for a retired ledger."""
        ...

    async def newest(self, code: str) -> Ledger:
        """The last published version, of a retired ledger too. Raises `NotFound`."""
        ...

    async def version(self, code: str, number: int) -> Ledger:
        """A published version, however old. No day is asked."""
        ...

    async def of_record(self, code: str, version: int) -> Ledger:
        """The version by which a record that was taken under `version` is read and handled today."""
        ...

    async def steps_after(self, code: str, version: int) -> Sequence[VersionStep]:
        """The versions after one that have opened, each with the mapping by which records become its own."""
        ...
