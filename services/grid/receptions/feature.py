"""Receptions by leaders as the house knows them."""

from services.grid.receptions.api import router
from services.grid.receptions.domain import ReceptionStatus, ReceptionTaken
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="receptions",
    about="领导接访：各级领导何日何地接待来访群众。 Which leader receives petitioners when and where",
    constraints={"uq_receptions_one": ReceptionTaken},
    code_lists=(published("reception_statuses", "接访状态", ReceptionStatus),),
)
