"""Residence answers as the house knows them."""

from sqlalchemy import select

from services.registry.residence_answers.consumers import proposed
from services.registry.residence_answers.models import ResidenceAnswer
from services.registry.residence_answers.schedules import AGAIN
from services.registry.residence_answers.service import restate
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route

GIVEN = select(ResidenceAnswer.id).where(ResidenceAnswer.version > 0)

FEATURE = Feature(
    states={"registry.residence_answer": Restatement(restate, GIVEN)},
    routes=(Route("grid.residence_proposal", proposed),),
    schedules=(AGAIN,),
)
