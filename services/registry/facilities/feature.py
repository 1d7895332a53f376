"""Facilities as the house knows them."""

from sqlalchemy import select

from services.registry.facilities.api import router
from services.registry.facilities.domain import FacilityKnown, FacilityStep
from services.registry.facilities.models import Facility
from services.registry.facilities.service.reads import restate
from shared.contracts.registry.facilities import DailyNeed, FacilityKind, FacilityStatus
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="facilities",
    about="设施：“1+8”场所和六不出社区服务网点。 Places of public service of a village",
    states={"registry.facility": Restatement(restate, select(Facility.id))},
    constraints={"uq_facilities_name": FacilityKnown},
    code_lists=(
        published("daily_needs", "六不出社区", DailyNeed),
        published("facility_kinds", "设施类别", FacilityKind),
        published("facility_statuses", "设施状态", FacilityStatus),
        published("facility_steps", "设施办理", FacilityStep),
    ),
)
