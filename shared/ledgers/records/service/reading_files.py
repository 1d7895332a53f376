"""Reading of a record's attachments: by the permissions of the record and of the field that names the file."""

from uuid import UUID

from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.errors import Forbidden, NotFound, PurposeRequired
from shared.files.repository import FileRepository, Stored
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.grammar.words import Privacy
from shared.ledgers.records.attachments import NamedFile, named_files
from shared.ledgers.records.models import LedgerRecord
from shared.ledgers.records.service.attaching import noun_of
from shared.ledgers.records.service.reads import RecordReads
from shared.ledgers.records.shape import RecordSeal
from shared.messaging.context import UseCaseContext


class RecordFileReads:
    """Use case of reading a file that a record names. What it names no longer is not there."""

    def __init__(self, context: UseCaseContext, reads: RecordReads) -> None:
        self._files = FileRepository(context.session, context.crypto, context.clock)
        self._seal = RecordSeal(context.crypto)
        self._access = context.access
        self._reads = reads

    async def read(
        self, principal: Principal, code: str, id: UUID, file: UUID, *, purpose: Purpose | None = None
    ) -> Stored:
        """A file of a record, noted as read.

        One of a personal field is read by the ledger's permission for these and for a purpose, one of a restricted
        field by the permission for those besides. Raises `NotFound`, `Forbidden`, `PurposeRequired`.
        """
        record, ledger = await self._reads.found(principal, code, id)
        named = next((one for one in named_files(ledger, self._seal.whole(record)) if one.file == file), None)
        if named is None:
            raise NotFound(file)
        permission = _permission(principal, ledger, record, named)
        if named.privacy in SEALED and purpose is None:
            raise PurposeRequired(file)
        found = await self._files.one(file)
        if found is None or not found.belongs_to(noun_of(ledger), id):
            raise NotFound(file)
        self._access.note(
            principal,
            action="read_file",
            noun=noun_of(ledger),
            object_id=id,
            area=record.area,
            purpose=purpose,
            detail=Detail.FULL,
            role=principal.role_in(permission, record.area, record.department),
        )
        return found


def _permission(principal: Principal, ledger: Ledger, record: LedgerRecord, named: NamedFile) -> str:
    """The strictest permission that the file's field asks for. Raises `Forbidden`, `NotFound` for a restricted one."""
    access, place = ledger.definition.access, (record.area, record.department)
    if named.privacy not in SEALED:
        return access.read
    if not principal.department_scope("record.read", access.personal).allows(*place):
        raise Forbidden(named.file)
    if named.privacy is not Privacy.RESTRICTED:
        return access.personal
    if not principal.department_scope("record.read", access.restricted).allows(*place):
        raise NotFound(named.file)  # whether such a field is filled is restricted as well
    return access.restricted
