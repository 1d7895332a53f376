"""Originals in custody as the house knows them."""

from sqlalchemy import select

from services.services_hall.originals.api import custody, reads
from services.services_hall.originals.domain import OriginalDesk, OriginalKind, OriginalStep
from services.services_hall.originals.models import Original
from services.services_hall.originals.service.reads import restate
from shared.contracts.services_hall.originals import OriginalStatus
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route
from shared.reference.codes import published

FEATURE = Feature(
    router=reads.router,
    tag="originals",
    about="原件保管：收讫、移交、归还均有凭证。 Originals in custody: one holder, each hand-over with a receipt",
    states={"services_hall.original": Restatement(restate, select(Original.id))},
    routes=(Route("registry.area"),),
    code_lists=(
        published("original_desks", "原件待办", OriginalDesk),
        published("original_kinds", "原件种类", OriginalKind),
        published("original_statuses", "原件状态", OriginalStatus),
        published("original_steps", "原件操作", OriginalStep),
    ),
)
CUSTODY = Feature(router=custody.router, tag="originals")
