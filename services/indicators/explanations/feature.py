"""Explanations as the house knows them."""

from services.indicators.explanations.api import router
from services.indicators.explanations.domain import AmountRole, Withheld
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="explanations",
    about="数值来源：每个数值可展开到下级、公式和来源记录。 Every figure opens into what it is made of",
    code_lists=(
        published("amount_roles", "计入方式", AmountRole),
        published("withheld_reasons", "不列来源的原因", Withheld),
    ),
)
