"""Visits as the house knows them."""

from sqlalchemy import select

from services.grid.visits.api import router
from services.grid.visits.consumers import persons_changed, tags_changed, tags_forgotten
from services.grid.visits.domain import Finding, VisitRecordTaken
from services.grid.visits.models import Visit
from services.grid.visits.schedules import PLAN_VISITS
from services.grid.visits.service.announcing import restate, restate_restricted
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.tags import TagContactRole
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="visits",
    about="走访：对有标签居民的走访。 Visits to people with a tag",
    states={
        "grid.visit": Restatement(restate, select(Visit.id).where(Visit.restricted.is_(False))),
        "grid.restricted_visit": Restatement(restate_restricted, select(Visit.id).where(Visit.restricted.is_(True))),
    },
    routes=(
        Route("registry.person", persons_changed),
        Route("registry.tag", tags_changed, tags_forgotten),
        Route("registry.restricted_tag", tags_changed, tags_forgotten),
    ),
    schedules=(PLAN_VISITS,),
    constraints={"uq_visits_record": VisitRecordTaken},
    code_lists=(
        published("visit_statuses", "走访状态", VisitStatus),
        published("tag_contact_roles", "标签联系人身份", TagContactRole),
        published("findings", "走访结果", Finding),
    ),
)
