"""Households as the house knows them."""

from sqlalchemy import select

from services.registry.households.api.changes import router
from services.registry.households.domain import (
    HouseholdChangeKind,
    HouseholdKind,
    HouseholdPresence,
    HouseholdStatus,
    MemberElsewhere,
)
from services.registry.households.models import Household
from services.registry.households.service.restating import restate
from shared.feature import Feature, Restatement
from shared.reference.codes import published
from shared.reference.relations import RELATIONS

FEATURE = Feature(
    router=router,
    tag="households",
    about="住户：户和户内成员。 Households and who belongs to them",
    states={"registry.household": Restatement(restate, select(Household.id))},
    constraints={"uq_household_members_person": MemberElsewhere},
    code_lists=(
        published("household_change_kinds", "户变更", HouseholdChangeKind),
        published("household_kinds", "户别", HouseholdKind),
        published("household_presences", "人户情况", HouseholdPresence),
        published("household_statuses", "户状态", HouseholdStatus),
        published("relations", "与户主关系", RELATIONS),
    ),
)
