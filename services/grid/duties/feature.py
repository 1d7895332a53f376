"""Duties of towns as the house knows them."""

from services.grid.duties.api import router
from services.grid.duties.domain import DutyTaken
from shared.contracts.duties import DutyKind
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="duties",
    about="履职事项清单：各类事件属镇街基本履职、配合履职还是上级收回。 Whose each category of incidents is",
    constraints={"uq_duties_open": DutyTaken},
    code_lists=(published("duty_kinds", "履职类别", DutyKind),),
)
