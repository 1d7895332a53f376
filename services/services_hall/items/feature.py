"""Items as the house knows them."""

from sqlalchemy import select

from services.services_hall.items.api import router
from services.services_hall.items.domain import codes
from services.services_hall.items.domain.refusals import ItemCodeTaken
from services.services_hall.items.models import Item
from services.services_hall.items.service.states import restate
from shared.contracts.duties import DutyKind
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="items",
    about="事项：可以申请办理的服务。 What can be applied for",
    states={"services_hall.item": Restatement(restate, select(Item.id))},
    constraints={"uq_items_code": ItemCodeTaken},
    code_lists=(
        published("handling_modes", "办理方式", codes.HandlingMode),
        published("material_forms", "材料形式", codes.MaterialForm),
        published("targets", "服务对象", codes.Target),
        published("item_statuses", "事项状态", codes.ItemStatus),
        published("item_draft_kinds", "事项草稿类别", codes.DraftKind),
        published("item_duties", "履职事项清单", DutyKind),
        published("item_result_kinds", "办理结果类型", codes.ResultKind),
        published("item_retirement_reasons", "事项停用理由", codes.RetirementReason),
        published("service_windows", "服务窗口", codes.ServiceWindow),
    ),
)
