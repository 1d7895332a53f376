"""Attaching of files to a record: judged before anything is written, given to it in the same transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.auth.principal import Principal
from shared.contracts.ledger_records import OPEN
from shared.errors import DomainError, FieldError, Invalid
from shared.files.domain import BY_OBJECT, UNATTACHED, FileAttached, WrongKind
from shared.files.repository import FileRepository
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.records.attachments import KINDS, NamedFile, named_files
from shared.ledgers.records.domain import RecordFileUnknown
from shared.messaging.context import UseCaseContext

REFUSALS: tuple[type[DomainError], ...] = (RecordFileUnknown, WrongKind, FileAttached)
"""What a file is refused for; of several reasons the first."""


@dataclass(frozen=True, slots=True)
class FileChanges:
    """Files that a record is given by a change, and those that it needs no longer."""

    given: frozenset[UUID] = frozenset()
    dropped: frozenset[UUID] = frozenset()


NOTHING = FileChanges()


class RecordAttaching:
    """Files of records in one transaction."""

    def __init__(self, context: UseCaseContext) -> None:
        self._files = FileRepository(context.session, context.crypto, context.clock)

    async def judged(
        self,
        principal: Principal,
        ledger: Ledger,
        record_id: UUID,
        whole: Mapping[str, Any],
        held: Sequence[NamedFile] = (),
    ) -> FileChanges:
        """What becomes of files if these are the record's values; the new ones are locked, nothing is written.

        A file stays where it stands; anything else must be the caller's own upload, of what the field asks for, and
        belong to no other object. Raises `RecordFileUnknown`, `WrongKind`, `FileAttached`, `Invalid` for one that is
        named twice.
        """
        named = list(named_files(ledger, whole))
        if not named and not held:
            return NOTHING
        twice = [one for place, one in enumerate(named) if one.file in {before.file for before in named[:place]}]
        if twice:
            raise Invalid(errors=[FieldError(one.path, "repeated", "不得重复") for one in twice])
        before = {(one.place, one.file) for one in held}
        new = [one for one in named if (one.place, one.file) not in before]
        if new:
            await self._judge(principal, ledger, record_id, new)
        kept = {one.file for one in named}
        return FileChanges(
            frozenset(one.file for one in new), frozenset(one.file for one in held if one.file not in kept)
        )

    async def _judge(self, principal: Principal, ledger: Ledger, record_id: UUID, new: Sequence[NamedFile]) -> None:
        found = await self._files.locked({one.file for one in new})
        wrong: dict[type[DomainError], list[FieldError]] = {}
        for one in new:
            file = found.get(one.file)
            refusal: type[DomainError]
            if file is None or file.uploaded_by != principal.subject:
                refusal = RecordFileUnknown
            elif file.kind not in KINDS[one.type]:
                refusal = WrongKind
            elif file.noun is not None and not file.belongs_to(noun_of(ledger), record_id):
                refusal = FileAttached
            else:
                continue
            wrong.setdefault(refusal, []).append(FieldError(one.path, refusal.code, refusal.title))
        for refusal in REFUSALS:
            if refusal in wrong:
                raise refusal(errors=wrong[refusal])

    async def change(
        self, ledger: Ledger, record_id: UUID, place: tuple[str, str | None], changes: FileChanges
    ) -> None:
        """Do what was judged: files become the record's, and those that it needs no longer are removed in a while."""
        area, department = place
        given = await self._files.give(
            changes.given,
            noun=noun_of(ledger),
            object_id=record_id,
            area=area,
            department=department,
            permission=BY_OBJECT,
        )
        assert given == changes.given, "the rows are locked"
        await self._files.let_go(noun_of(ledger), record_id, changes.dropped, UNATTACHED)


def noun_of(ledger: Ledger) -> str:
    """What the files of a ledger's records belong to."""
    return f"{ledger.owner}.{OPEN}"
