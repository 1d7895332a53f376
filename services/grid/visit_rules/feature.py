"""Visit rules as the house knows them."""

from services.grid.visit_rules.api import router
from services.grid.visit_rules.domain import VisitRuleTaken
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="visit-rules",
    about="走访规则：按标签和等级定走访间隔、逾期处理和记录表。 How often people with a tag are visited",
    constraints={"uq_visit_rules_open": VisitRuleTaken},
)
