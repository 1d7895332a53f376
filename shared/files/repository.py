"""Every query about files that are kept: what they are, whose, and to what they belong. No content is touched."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, and_, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.crypto.service import Crypto
from shared.files.domain import BY_OBJECT, UNATTACHED
from shared.files.kinds import FileKind
from shared.files.tables import FileRow

NAME_FIELD = "files.name"


@dataclass(frozen=True, slots=True)
class Received:
    """A content that lies in the store. It becomes a file when it is kept in a transaction, else it is swept away."""

    id: UUID
    kind: FileKind
    size: int
    digest: bytes
    key: bytes


@dataclass(frozen=True, slots=True)
class Stored:
    """A file as it is kept."""

    id: UUID
    kind: FileKind
    size: int
    digest: bytes
    name: str
    uploaded_by: str
    uploaded_at: datetime
    expires_at: datetime | None
    noun: str | None
    object_id: UUID | None
    area: str | None
    department: str | None
    permission: str | None
    key: bytes

    def belongs_to(self, noun: str, object_id: UUID) -> bool:
        """Whether it was given to this object."""
        return (self.noun, self.object_id) == (noun, object_id)


class FileRepository:
    """Rows of files in one transaction."""

    def __init__(self, session: AsyncSession, crypto: Crypto, clock: Clock) -> None:
        self._session = session
        self._crypto = crypto
        self._clock = clock

    async def keep(self, received: Received, *, name: str = "", made_by: tuple[str, UUID] | None = None) -> None:
        """Make a file of what was received, kept for `UNATTACHED`: its uploader's alone.

        `made_by`: noun and id of the object that made it, through which alone it is read.
        """
        noun, made = made_by or (None, None)
        await self._session.execute(
            update(FileRow)
            .where(FileRow.id == received.id, FileRow.kind.is_(None))
            .values(
                kind=received.kind.value,
                size=received.size,
                digest=received.digest,
                key=received.key,
                name=self._crypto.seal(name, field=NAME_FIELD, owner=received.id) if name else None,
                expires_at=self._clock.now() + UNATTACHED,
                noun=noun,
                object_id=made,
                permission=None if made_by is None else BY_OBJECT,
            )
        )

    async def one(self, file: UUID) -> Stored | None:
        """A file that is kept, whoever asks."""
        return (await self._found(select(*_COLUMNS).where(FileRow.id == file))).get(file)

    async def locked(self, files: Collection[UUID]) -> Mapping[UUID, Stored]:
        """Those of these that are kept, locked in the order of their ids until the transaction ends."""
        if not files:
            return {}
        wanted = select(*_COLUMNS).where(FileRow.id.in_(files)).order_by(FileRow.id).with_for_update()
        return await self._found(wanted)

    async def give(
        self,
        files: Collection[UUID],
        *,
        noun: str,
        object_id: UUID,
        area: str,
        department: str | None,
        permission: str,
        kept: timedelta | None = None,
    ) -> frozenset[UUID]:
        """Give files to an object, for as long as it holds them, or for so long. Those that another object has are
        left: the others.
        """
        if not files:
            return frozenset()
        free = or_(FileRow.noun.is_(None), and_(FileRow.noun == noun, FileRow.object_id == object_id))
        given = await self._session.scalars(
            update(FileRow)
            .where(FileRow.id.in_(files), FileRow.kind.is_not(None), free)
            .values(
                noun=noun,
                object_id=object_id,
                area=area,
                department=department,
                permission=permission,
                expires_at=None if kept is None else self._clock.now() + kept,
            )
            .returning(FileRow.id)
        )
        return frozenset(given)

    async def let_go(self, noun: str, object_id: UUID, files: Collection[UUID], after: timedelta) -> None:
        """Files that an object needs no longer are removed after a while."""
        if files:
            await self._session.execute(
                update(FileRow)
                .where(FileRow.noun == noun, FileRow.object_id == object_id, FileRow.id.in_(files))
                .values(expires_at=self._clock.now() + after)
            )

    async def _found(self, statement: Select[tuple[object, ...]]) -> dict[UUID, Stored]:
        rows = (await self._session.execute(statement)).mappings().all()
        return {
            row["id"]: Stored(**{**row, "kind": FileKind(row["kind"]), "name": self._name(row["id"], row["name"])})
            for row in rows
            if row["kind"] is not None and row["key"]  # erased: nothing is left to be read
        }

    def _name(self, file: UUID, sealed: bytes | None) -> str:
        return "" if sealed is None else self._crypto.open(sealed, field=NAME_FIELD, owner=file)


_COLUMNS = (
    *(FileRow.id, FileRow.kind, FileRow.size, FileRow.digest, FileRow.key, FileRow.name, FileRow.uploaded_by),
    *(FileRow.uploaded_at, FileRow.expires_at, FileRow.noun, FileRow.object_id, FileRow.area, FileRow.department),
    FileRow.permission,
)
