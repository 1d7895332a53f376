"""Households as the house knows them."""

from sqlalchemy import select

from services.registry.households import service
from services.registry.households.api import router
from services.registry.households.domain import MemberElsewhere
from services.registry.households.models import Household
from shared.feature import Feature, Restatement

FEATURE = Feature(
    router=router,
    tag="households",
    about="住户 Households and who belongs to them",
    states={"registry.household": Restatement(service.restate, select(Household.id))},
    constraints={"uq_household_members_person": MemberElsewhere},
)
