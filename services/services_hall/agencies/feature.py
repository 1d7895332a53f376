"""Agencies as the house knows them."""

from sqlalchemy import select

from services.services_hall.agencies.api import agencies, visits
from services.services_hall.agencies.consumers import calendar_set
from services.services_hall.agencies.domain import AgencyDesk, AgencyKnown, AgencyStep, DeclineReason
from services.services_hall.agencies.models import Agency
from services.services_hall.agencies.service.agencies import restate
from shared.contracts.services_hall.agencies import AgencyStatus, CallBackOutcome
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=agencies.router,
    tag="agencies",
    about="代办件：委托、受理、办理、送达、归档、上报、回访，不收费。 Cases that agents carry, free of charge",
    constraints={"uq_agencies_case": AgencyKnown},
    states={"services_hall.agency": Restatement(restate, select(Agency.id))},
    routes=(Route("registry.area"), Route("registry.calendar", calendar_set)),
    code_lists=(
        published("agency_call_backs", "代办回访结果", CallBackOutcome),
        published("agency_decline_reasons", "不予代办理由", DeclineReason),
        published("agency_desks", "代办待办", AgencyDesk),
        published("agency_statuses", "代办件状态", AgencyStatus),
        published("agency_steps", "代办件操作", AgencyStep),
    ),
)
VISITS = Feature(router=visits.router, tag="agencies")
