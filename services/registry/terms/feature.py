"""Terms as the house knows them."""

from services.registry.terms.api import router
from services.registry.terms.domain import (
    Body,
    Post,
    Subordinate,
    TermEnd,
    TermOverlaps,
    TermStatus,
    TermStep,
    TermWay,
)
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="terms",
    about="任职：村（社区）各类职务由谁担任、空缺和一肩挑。 Who holds which post of a village, and vacancies",
    constraints={"uq_terms_single": TermOverlaps, "uq_terms_holder": TermOverlaps},
    code_lists=(
        published("post_bodies", "职务所属组织", Body),
        published("posts", "职务", Post),
        published("subordinate_committees", "下属委员会", Subordinate),
        published("term_statuses", "任职状态", TermStatus),
        published("term_ways", "任职方式", TermWay),
        published("term_ends", "离任原因", TermEnd),
        published("term_steps", "任职办理", TermStep),
    ),
)
