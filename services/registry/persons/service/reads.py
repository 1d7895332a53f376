"""Reading one person: the hot path, with or without a transaction. Every read leaves a note in the access log."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from services.registry.persons.domain import PersonRecord
from services.registry.persons.service.disclosures import Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from shared.auth.access_log import AccessNotes, Detail, Purpose
from shared.auth.principal import Principal
from shared.crypto.service import Crypto
from shared.errors import Forbidden, NotFound, PurposeRequired

Find = Callable[[UUID], Awaitable[PersonRecord | None]]


class PersonReads:
    """Read of one person, by any finder: the loader of the hot path, or the repository."""

    __slots__ = ("_access", "_crypto", "_find")

    def __init__(self, find: Find, crypto: Crypto, access: AccessNotes) -> None:
        self._find = find
        self._crypto = crypto
        self._access = access

    async def read(self, principal: Principal, id: UUID, *, full: bool, purpose: Purpose | None) -> Disclosed:
        """Masked; or in full for a purpose, by a grant that has `person.full` too in the person's area.

        Raises `NotFound`, `Forbidden` if the person may be seen masked only, `PurposeRequired`.
        """
        record = await self._find(id)
        if record is None or not principal.scope("person.read").allows_any(*record.areas):
            note_nothing(self._access, principal, "read", id, purpose)
            raise NotFound(id)
        if full and not principal.scope("person.read", "person.full").allows_any(*record.areas):
            raise Forbidden(id)
        if full and purpose is None:
            raise PurposeRequired.at("query.purpose", subject=id)
        permission = "person.full" if full else "person.read"
        detail = Detail.FULL if full else Detail.MASKED
        note(self._access, principal, "read", record, permission, detail, purpose=purpose)
        return disclose(record, self._crypto, full=full)
