"""What records ask of definitions."""

from typing import Protocol

from shared.ledgers.compiler.ledger import Ledger


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
