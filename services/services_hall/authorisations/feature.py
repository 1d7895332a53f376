"""Authorisations as the house knows them."""

from sqlalchemy import select

from services.services_hall.authorisations.api import router
from services.services_hall.authorisations.domain import AuthorisationStep
from services.services_hall.authorisations.models import Authorisation
from services.services_hall.authorisations.service import restate
from shared.contracts.services_hall.authorisations import AuthorisationStatus, AuthorisationWay
from shared.feature import Feature, Restatement
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="authorisations",
    about="代办委托：申请人书面委托代办员，可随时撤销。 Applicants authorise agents in writing, for items; revocable",
    states={"services_hall.authorisation": Restatement(restate, select(Authorisation.id))},
    code_lists=(
        published("authorisation_statuses", "代办委托状态", AuthorisationStatus),
        published("authorisation_steps", "代办委托操作", AuthorisationStep),
        published("authorisation_ways", "代办委托签署方式", AuthorisationWay),
    ),
)
