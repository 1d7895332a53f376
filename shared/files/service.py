"""Use cases of files for people: keep what was received, read, attach to an object, let go. The doors commit."""

from collections.abc import AsyncIterator, Collection
from datetime import timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.access_entries import AccessNotes, Detail
from shared.auth.principal import Principal
from shared.auth.roles import DEPARTMENTAL
from shared.errors import NotFound
from shared.files.archive import Archive
from shared.files.domain import BY_OBJECT, FileAttached, WrongKind
from shared.files.kinds import FileKind
from shared.files.repository import Received, Stored

NOUN = "file"


class Files:
    """Files as one caller has them: the own ones that are attached to nothing, and those of objects in the scope."""

    def __init__(self, archive: Archive, session: AsyncSession, access: AccessNotes, principal: Principal) -> None:
        self._archive = archive
        self._files = archive.rows(session)
        self._access = access
        self._principal = principal

    async def take_in(self, received: Received, name: str) -> Stored:
        """Keep what was received; it is the caller's alone until it is attached."""
        await self._files.keep(received, name=name)
        self._access.note(self._principal, action="upload", noun=NOUN, object_id=received.id, detail=Detail.WRITE)
        return await self._known(received.id)

    async def read(self, file: UUID) -> Stored:
        """A file that the caller may read. Raises `NotFound`."""
        found = await self._files.one(file)
        area = None if found is None else found.area
        self._access.note(self._principal, action="read", noun=NOUN, object_id=file, area=area, detail=Detail.FULL)
        if found is None:
            raise NotFound(file)
        self._require(found)
        return found

    def content(self, file: Stored) -> AsyncIterator[bytes]:
        """The content of a file that was read."""
        return self._archive.content(file.id, file.key)

    async def attach(
        self,
        file: UUID,
        *,
        noun: str,
        object_id: UUID,
        area: str,
        permission: str,
        department: str | None = None,
        kinds: Collection[FileKind] | None = None,
        kept: timedelta | None = None,
    ) -> Stored:
        """Give an own file to an object: whoever has `permission` in its area reads it from now on, for so long.

        The same again changes nothing. Raises `NotFound` for a file that is not the caller's own, `FileAttached` for
        one of another object, `WrongKind` for one that is none of `kinds`.
        """
        found = await self._files.one(file)
        if found is None or found.uploaded_by != self._principal.subject:
            raise NotFound(file)
        if kinds is not None and found.kind not in kinds:
            raise WrongKind(file)
        if found.belongs_to(noun, object_id):
            return found
        given = await self._files.give(
            [file],
            noun=noun,
            object_id=object_id,
            area=area,
            permission=permission,
            department=department,
            kept=kept,
        )
        if not given:
            raise FileAttached(file)
        return await self._known(file)

    async def _known(self, file: UUID) -> Stored:
        found = await self._files.one(file)
        if found is None:
            raise NotFound(file)
        return found

    def _require(self, file: Stored) -> None:
        if file.permission is None:
            if file.uploaded_by != self._principal.subject:
                raise NotFound(file.id)
        elif file.permission == BY_OBJECT:
            raise NotFound(file.id)  # through the object that it belongs to, as that says
        elif file.permission in DEPARTMENTAL:
            self._principal.department_scope(file.permission).require(file.area, file.department)
        else:
            self._principal.scope(file.permission).require(file.area)
