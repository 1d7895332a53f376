"""What the doors of petitions share: the id in a path, what every step may answer, and the answer itself."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.grid.petitions.domain.refusals import PetitionTransitionError
from services.grid.petitions.models import Petition
from services.grid.petitions.schemas import PetitionView
from shared.errors import Forbidden, ReasonRequired
from shared.http.etag import etag_of

PetitionId = Annotated[UUID, Path(description="信访标识 id of the petition")]
MOVING = (PetitionTransitionError, Forbidden)
"""Refusals of every step."""
REASONED = (*MOVING, ReasonRequired)
"""Refusals of every step with a reason."""


def answer(petition: Petition, response: Response) -> PetitionView:
    """The petition with its ETag."""
    response.headers["ETag"] = etag_of(petition.version)
    return PetitionView.model_validate(petition)
