"""Photos of an incident: handed in with a step, read through the incident."""

from collections.abc import Collection, Sequence
from typing import Protocol
from uuid import UUID

from services.grid.incidents.models import Incident
from shared.errors import NotFound
from shared.files.domain import BY_OBJECT
from shared.files.kinds import IMAGES, FileKind
from shared.files.repository import Stored

NOUN = "grid.incident"
MOST_PHOTOS = 9
"""Photos of one step."""


class PhotoKeeper(Protocol):
    """The files of one caller (`shared.files.service.Files`)."""

    async def attach(
        self,
        file: UUID,
        *,
        noun: str,
        object_id: UUID,
        area: str,
        permission: str,
        kinds: Collection[FileKind] | None = None,
    ) -> Stored: ...


class IncidentPhotos:
    """Keeping of photos. `keeper`: of who takes the step; None at doors that take none."""

    def __init__(self, keeper: PhotoKeeper | None) -> None:
        self._keeper = keeper

    async def keep(self, incident: Incident, photos: Sequence[UUID]) -> None:
        """Attach the photos of a step to its incident: they are read through it.

        Raises `NotFound` for one that the caller has not handed in, `FileAttached`, `WrongKind` for what is no picture.
        """
        for number, photo in enumerate(photos):
            assert self._keeper is not None, "only people hand photos in"
            try:
                await self._keeper.attach(
                    photo, noun=NOUN, object_id=incident.id, area=incident.area, permission=BY_OBJECT, kinds=IMAGES
                )
            except NotFound:
                raise NotFound.at(f"photos.{number}", subject=photo) from None
