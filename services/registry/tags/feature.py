"""Tags as the house knows them."""

from sqlalchemy import select

from services.registry.tags.api import router
from services.registry.tags.domain import CARE, SENSITIVE, Family, TagAlreadyOpen
from services.registry.tags.models import Tag
from services.registry.tags.service import tags as service
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="tags",
    about="标签：独居老人等；敏感标签另行管理。 Tags; sensitive ones apart",
    states={
        "registry.tag": Restatement(service.restate, select(Tag.id).where(Tag.family == Family.CARE)),
        "registry.restricted_tag": Restatement(
            service.restate_restricted, select(Tag.id).where(Tag.family == Family.SENSITIVE)
        ),
    },
    constraints={"uq_tags_open": TagAlreadyOpen},
    code_lists=(
        published("tag_families", "标签大类", Family),
        published("care_tags", "关爱类标签", CARE),
        published("restricted_tags", "敏感类标签", SENSITIVE),
    ),
)
