"""Archive of a process: receives contents into the store, sealed, and opens them again."""

import hashlib
from collections.abc import AsyncIterator, Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.crypto.service import CannotOpen, Crypto
from shared.db.engine import Database
from shared.errors import DomainError, Unavailable
from shared.files.domain import (
    MOST_OF_THE_LARGEST,
    MOST_WAITING,
    RECEIVING,
    EmptyFile,
    FileDamaged,
    FileTooLarge,
    TooManyFiles,
)
from shared.files.kinds import HEAD, kind_of
from shared.files.repository import FileRepository, Received
from shared.files.sealing import CannotOpenFile, new_key, open_sealed, seal
from shared.files.store import ContentMissing, FileStore, NoStore
from shared.files.tables import FileRow
from shared.ids import new_id
from shared.observability.logging import get_logger

log = get_logger(__name__)

KEY_FIELD = "files.key"


class Archive:
    """One per process. Without a store every use raises `NoStore`."""

    def __init__(self, store: FileStore | None, database: Database, crypto: Crypto, clock: Clock) -> None:
        self._store = store
        self._database = database
        self._crypto = crypto
        self._clock = clock

    @property
    def keeps(self) -> bool:
        """Whether this deployment keeps files at all."""
        return self._store is not None

    async def receive(self, content: AsyncIterator[bytes], *, by: str, limit: int, bounded: bool = False) -> Received:
        """Receive a content, in a transaction of its own before and none meanwhile: who sends slowly holds nothing.

        Raises `EmptyFile`, `FileTooLarge`, `TooManyFiles`, `UnknownKind`, `NoStore`, `Unavailable`, and what `content`
        raises. Whatever happens, nothing stays for longer than `RECEIVING`. `bounded`: as what somebody hands in, of
        which only so much may wait to be attached; what is larger than `limit` was not handed in.
        """
        store = self._required()
        now = self._clock.now()
        file = new_id()
        async with self._database.session(by) as session:
            if bounded:
                await _require_room(session, by, limit, now)
            values = {"id": file, "uploaded_by": by, "uploaded_at": now, "expires_at": now + RECEIVING}
            await session.execute(insert(FileRow).values(values))
            await session.commit()
        meter = _Meter(content, limit)
        key = new_key()
        try:
            await store.put(str(file), seal(meter.pieces(), key, file))
            kind = kind_of(meter.head)
        except DomainError:
            await self.discard([file])
            raise
        return Received(file, kind, meter.size, meter.digest.digest(), self.sealed_key(key, file))

    def rows(self, session: AsyncSession) -> FileRepository:
        """What is kept, in a transaction."""
        return FileRepository(session, self._crypto, self._clock)

    async def content(self, file: UUID, key: bytes) -> AsyncIterator[bytes]:
        """The content of a file. Raises `FileDamaged`, `NoStore`, `Unavailable`."""
        store = self._required()
        try:
            opened = bytes.fromhex(self._crypto.open(key, field=KEY_FIELD, owner=file))
            async for piece in open_sealed(store.get(str(file)), opened, file):
                yield piece
        except (CannotOpen, CannotOpenFile, ContentMissing) as error:
            log.error("file_damaged", file=file, error=type(error).__name__)
            raise FileDamaged(file) from error

    async def discard(self, files: Collection[UUID]) -> None:
        """Forget what was received and kept by no transaction that was committed; what fails is left to the sweep."""
        store = self._required()
        try:
            async with self._database.session() as session:
                loose = select(FileRow.id).where(FileRow.id.in_(files), FileRow.kind.is_(None)).with_for_update()
                found = list(await session.scalars(loose))
                for file in found:
                    await store.delete(str(file))
                await session.execute(delete(FileRow).where(FileRow.id.in_(found)))
                await session.commit()
        except Unavailable:
            return

    async def sweep(self, session: AsyncSession, limit: int = 100) -> int:
        """Remove what is kept no longer: first the contents, then the rows. The number removed."""
        if self._store is None:
            return 0
        due = (
            select(FileRow.id)
            .where(FileRow.expires_at < self._clock.now())
            .order_by(FileRow.expires_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        files = list(await session.scalars(due))
        for file in files:
            await self._store.delete(str(file))
        await session.execute(delete(FileRow).where(FileRow.id.in_(files)))
        return len(files)

    def sealed_key(self, key: bytes, file: UUID) -> bytes:
        """A file's key as its row keeps it."""
        return self._crypto.seal(key.hex(), field=KEY_FIELD, owner=file)

    def _required(self) -> FileStore:
        if self._store is None:
            raise NoStore
        return self._store


class _Meter:
    """Counts, hashes and remembers the head of a content that passes. Raises `FileTooLarge`, `EmptyFile`."""

    def __init__(self, content: AsyncIterator[bytes], limit: int) -> None:
        self._content = content
        self._limit = limit
        self.size = 0
        self.head = b""
        self.digest = hashlib.sha256()

    async def pieces(self) -> AsyncIterator[bytes]:
        async for chunk in self._content:
            self.size += len(chunk)
            if self.size > self._limit:
                raise FileTooLarge
            if len(self.head) < HEAD:
                self.head += chunk[: HEAD - len(self.head)]
                if len(self.head) >= HEAD:
                    kind_of(self.head)  # a kind that is not kept is refused before the rest of it comes
            self.digest.update(chunk)
            yield chunk
        if not self.size:
            raise EmptyFile


async def _require_room(session: AsyncSession, by: str, limit: int, now: datetime) -> None:
    """Whether the uploader may hand in one more; one at a time asks. What is under way counts as the largest."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("files of " + by, 0))))
    size = func.coalesce(FileRow.size, limit)
    waiting = select(func.count(), func.coalesce(func.sum(size), 0)).where(
        FileRow.uploaded_by == by, FileRow.noun.is_(None), FileRow.expires_at > now, size <= limit
    )
    count, total = (await session.execute(waiting)).one()
    if count >= MOST_WAITING or total + limit > MOST_OF_THE_LARGEST * limit:
        raise TooManyFiles(by)
