"""What the doors of cases share: the id in a path, what every step may answer, and the answer itself."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.services_hall.cases.domain.refusals import (
    ApplicantUnclear,
    CaseHeldElsewhere,
    CaseOnItsWay,
    CaseTransitionError,
    ConsentNotRecorded,
    ExtractForOtherUse,
    ExtractRefused,
    ExtractUsed,
)
from services.services_hall.cases.models import Case
from services.services_hall.cases.schemas.views import CaseView
from services.services_hall.deps import Hall
from shared.errors import NotYet
from shared.http.etag import etag_of

CaseId = Annotated[UUID, Path(description="办件标识 id of the case")]
MOVING = (CaseTransitionError, CaseHeldElsewhere, CaseOnItsWay)
"""Refusals of every step."""
IDENTIFYING = (ApplicantUnclear, ExtractRefused, ExtractForOtherUse, ExtractUsed, NotYet)
"""Refusals of who somebody is."""
ENTERING = (*IDENTIFYING, ConsentNotRecorded)
"""Refusals of who applies."""


async def answer(hall: Hall, case: Case, response: Response) -> CaseView:
    """The case with its ETag, and what is left of its limits today."""
    response.headers["ETag"] = etag_of(case.version)
    return CaseView.shown(case, (await hall.case_reads.remaining([case]))[case.id])
