"""What the doors of incidents share: the id in a path, what every step may answer, and the answer itself."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.grid.incidents.domain.refusals import IncidentHeldElsewhere, IncidentTransitionError
from services.grid.incidents.models import Incident
from services.grid.incidents.schemas.views import IncidentView
from shared.errors import ReasonRequired
from shared.files.domain import FileAttached, WrongKind
from shared.http.etag import etag_of

IncidentId = Annotated[UUID, Path(description="事件标识 id of the incident")]
OrderNumber = Annotated[int, Path(ge=1, le=10_000, description="协办单序号 number of the order")]
PHOTOS = (FileAttached, WrongKind)
"""Refusals of photos."""
MOVING = (IncidentTransitionError, IncidentHeldElsewhere, *PHOTOS)
"""Refusals of every step."""
REASONED = (*MOVING, ReasonRequired)
"""Refusals of every step with a reason."""


def answer(incident: Incident, response: Response) -> IncidentView:
    """The incident with its ETag."""
    response.headers["ETag"] = etag_of(incident.version)
    return IncidentView.model_validate(incident)
