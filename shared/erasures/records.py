"""Erasing of records (清除): of those about somebody nothing sealed stays, in them, their history or their accounts.

What is not sealed stays: where a record lay, its statuses, amounts and coded values, so that figures and books do.
"""

from collections.abc import Collection, Mapping
from uuid import UUID

from shared.erasures.repository import RecordErasingRepository
from shared.files.erasing import erase_files
from shared.messaging.context import UseCaseContext


class RecordErasing:
    """Erasing of the records that a service keeps about persons. Asked again it finds nothing more."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._rows = RecordErasingRepository(context.session)

    async def erase(self, persons: Collection[UUID]) -> Mapping[str, int]:
        """Erase the records about these persons. How many records, notes and files held something."""
        records = await self._rows.about(persons)
        if not records:
            return {"records": 0, "notes": 0, "files": 0}
        notes = await self._rows.erase_notes(records)
        erased = await self._rows.erase_values(records)
        await self._rows.forget(records)
        return {"records": erased, "notes": notes, "files": await erase_files(self._session, self._clock, records)}
