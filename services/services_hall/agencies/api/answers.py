"""What the endpoints of agencies have in common."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.services_hall.agencies.domain import AgencyNotYours, AgencyTransitionError
from services.services_hall.agencies.models import Agency
from services.services_hall.agencies.schemas import AgencyView
from shared.http.etag import etag_of

AgencyId = Annotated[UUID, Path(description="代办件标识 id of the agency")]
OF_THE_AGENT = (AgencyTransitionError, AgencyNotYours)
"""What a step is refused by that only who carries it takes."""


def view(agency: Agency, response: Response) -> AgencyView:
    response.headers["ETag"] = etag_of(agency.version)
    return AgencyView.model_validate(agency)
