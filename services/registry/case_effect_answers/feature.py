"""Answers to granted cases as the house knows them."""

from sqlalchemy import select

from services.registry.case_effect_answers.consumers import asked
from services.registry.case_effect_answers.models import CaseEffectAnswer
from services.registry.case_effect_answers.schedules import AGAIN
from services.registry.case_effect_answers.service.answers import restate
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route

GIVEN = select(CaseEffectAnswer.id).where(CaseEffectAnswer.version > 0)

FEATURE = Feature(
    states={"registry.case_effect_answer": Restatement(restate, GIVEN)},
    routes=(Route("services_hall.case_effect", asked),),
    schedules=(AGAIN,),
)
