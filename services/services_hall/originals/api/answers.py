"""What the endpoints of originals have in common."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.services_hall.originals.domain import (
    OriginalHandedToOneself,
    OriginalNotHeld,
    OriginalTransitionError,
)
from services.services_hall.originals.models import Original
from services.services_hall.originals.schemas import OriginalView
from shared.http.etag import etag_of

OriginalId = Annotated[UUID, Path(description="原件标识 id of the original")]
OF_THE_HOLDER = (OriginalTransitionError, OriginalNotHeld)
OF_THE_RECEIVER = (OriginalTransitionError, OriginalHandedToOneself)
"""What steps are refused by that only who has it, or only another one of the office, takes."""


def view(original: Original, response: Response) -> OriginalView:
    response.headers["ETag"] = etag_of(original.version)
    return OriginalView.model_validate(original)
