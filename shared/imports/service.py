"""Use cases of imports: begin with a check, look at it, take it in, stop it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_entries import AccessNotes, Detail
from shared.auth.kept import granted
from shared.auth.principal import Principal
from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.errors import DomainError, NotFound
from shared.files.domain import BY_OBJECT
from shared.files.kinds import TABLES
from shared.files.repository import FileRepository
from shared.files.service import Files
from shared.ids import new_id
from shared.imports.domain import (
    CHECK_KIND,
    COMMIT_KIND,
    KEPT,
    TRANSITIONS,
    ImportStatus,
    ImportTransitionError,
    NothingToImport,
    TooManyFindings,
)
from shared.imports.repository import ImportRepository
from shared.imports.tables import ImportFinding, ImportRow
from shared.jobs import queue
from shared.jobs.queue import Job

NOUN = "import"


class Imports:
    """Imports of one target as their requester has them; whether one may import at all is asked by the noun's door."""

    def __init__(
        self, session: AsyncSession, clock: Clock, access: AccessNotes, principal: Principal, crypto: Crypto
    ) -> None:
        self.crypto = crypto
        self._session = session
        self._clock = clock
        self._access = access
        self._principal = principal
        self._imports = ImportRepository(session)

    async def begin(
        self, target: str, files: Files, file: UUID, *, area: str, sheet: str | None, kept: timedelta = KEPT
    ) -> ImportRow:
        """Attach an own file and check it. The caller may import into the area.

        Raises `NotFound`, `WrongKind`, `TooMuchWork`.

        The table is kept as long as the import, or so long (`kept`), and read through it alone.
        """
        made, now = new_id(), self._clock.now()
        await queue.require_room(self._session, [CHECK_KIND, COMMIT_KIND], self._principal.subject)
        await files.attach(file, noun=NOUN, object_id=made, area=area, permission=BY_OBJECT, kinds=TABLES, kept=kept)
        job = await queue.enqueue(
            self._session, CHECK_KIND, {"import": str(made)}, requested_by=self._principal.subject
        )
        row = ImportRow(
            id=made,
            version=1,
            target=target,
            file=file,
            sheet=sheet,
            area=area,
            status=ImportStatus.CHECKING.value,
            error_code=None,
            errors=[],
            counts={},
            unknown_columns=[],
            skipped=[],
            requested_by=self._principal.subject,
            grants=granted(self._principal),
            job=job.id,
            created_at=now,
            checked_at=None,
            finished_at=None,
        )
        self._imports.add(row)
        self._note("import", row)
        return row

    async def read(self, target: str, id: UUID) -> tuple[ImportRow, Job]:
        """An own import and its work. Raises `NotFound`."""
        row = await self._own(target, id)
        return row, await queue.find(self._session, row.job)

    async def findings(self, target: str, id: UUID, *, after: int, limit: int) -> Sequence[ImportFinding]:
        """What was found wrong, a page of it."""
        await self._own(target, id)
        return await self._imports.findings(id, after=after, limit=limit + 1)

    async def commit(self, target: str, id: UUID) -> ImportRow:
        """Take in what was found right, by today's grants.

        Raises `ImportTransitionError`, `NothingToImport`, `TooManyFindings`.
        """
        row = await self._own(target, id, lock=True)
        self._require(row, ImportStatus.COMMITTING)
        if not row.counts.get("right"):
            raise NothingToImport(id)
        if row.counts.get("unkept"):
            raise TooManyFindings(id)
        job = await queue.enqueue(self._session, COMMIT_KIND, {"import": str(id)}, requested_by=self._principal.subject)
        row.status, row.job, row.grants = ImportStatus.COMMITTING.value, job.id, granted(self._principal)
        row.version += 1
        self._note("commit_import", row)
        return row

    async def cancel(self, target: str, id: UUID, *, drop: FileRepository | None = None) -> ImportRow:
        """Stop it; rows that were taken in stay. Raises `ImportTransitionError` for one that is over.

        `drop`: the files, if the table is not to be kept.
        """
        row = await self._own(target, id, lock=True)
        self._require(row, ImportStatus.CANCELLED)
        await queue.cancel(self._session, row.job)
        row.status, row.finished_at = ImportStatus.CANCELLED.value, self._clock.now()
        if drop is not None:
            await drop.let_go(NOUN, row.id, [row.file], timedelta(0))
        row.version += 1
        return row

    async def overrule(
        self, target: str, id: UUID, rows: Sequence[int], code: str, refusal: type[DomainError]
    ) -> ImportRow:
        """Rows of which only `code` was found are right after all: the caller answers for that.

        Raises `ImportTransitionError` unless the import is checked, and the refusal with each row that it is not so of.
        """
        row = await self._own(target, id, lock=True)
        self._require(row, ImportStatus.COMMITTING)
        codes = await self._imports.codes(id, rows)
        if wrong := [at for at, number in enumerate(rows) if set(codes.get(number, ())) != {code}]:
            raise refusal.at(*(f"rows.{at}" for at in wrong))
        await self._imports.remove_findings(id, rows)
        many, gone = len(codes), sum(map(len, codes.values()))
        changed = {"right": many, "wrong": -many, "findings": -gone}
        row.counts = {**row.counts, **{name: row.counts.get(name, 0) + by for name, by in changed.items()}}
        row.version += 1
        return row

    async def report(self, target: str, id: UUID) -> ImportRow:
        """The import whose table is shown with what is wrong in it. Raises `ImportTransitionError` before its check."""
        row = await self._own(target, id)
        if row.checked_at is None:
            raise ImportTransitionError(id)
        self._note("read_import_report", row, Detail.FULL)
        return row

    async def _own(self, target: str, id: UUID, *, lock: bool = False) -> ImportRow:
        """An own import of the target; of all that begin with it, if it ends with a colon."""
        row = await self._imports.one(id, lock=lock)
        if row is None or not _is_of(row.target, target) or row.requested_by != self._principal.subject:
            raise NotFound(id)
        return row

    @staticmethod
    def _require(row: ImportRow, to: ImportStatus) -> None:
        if to not in TRANSITIONS[ImportStatus(row.status)]:
            raise ImportTransitionError(row.id)

    def _note(self, action: str, row: ImportRow, detail: Detail = Detail.WRITE) -> None:
        self._access.note(self._principal, action=action, noun=NOUN, object_id=row.id, area=row.area, detail=detail)


def _is_of(target: str, wanted: str) -> bool:
    return target.startswith(wanted) if wanted.endswith(":") else target == wanted


def digest_of(crypto: Crypto, target: str, area: str, values: Mapping[str, Any]) -> bytes:
    """Keyed digest of a row: what is in it cannot be searched for without the key."""
    text = "\0".join([f"{name}={values[name]!r}" for name in sorted(values)])
    return crypto.blind("imports.row", f"{target}\0{area}\0{text}")[0].digest
