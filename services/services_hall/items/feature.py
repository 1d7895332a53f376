"""Items as the house knows them."""

from sqlalchemy import select

from services.services_hall.items.api import router
from services.services_hall.items.domain import HandlingMode, ItemCodeTaken, ItemStatus, MaterialForm, Target
from services.services_hall.items.models import Item
from services.services_hall.items.service import restate
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="items",
    about="事项：可以申请办理的服务。 What can be applied for",
    states={"services_hall.item": Restatement(restate, select(Item.id))},
    constraints={"uq_items_code": ItemCodeTaken},
    code_lists=(
        published("handling_modes", "办理方式", HandlingMode),
        published("material_forms", "材料形式", MaterialForm),
        published("targets", "服务对象", Target),
        published("item_statuses", "事项状态", ItemStatus),
    ),
)
