"""Announced values as the house knows them."""

from sqlalchemy import select

from services.indicators.values.models import AnnouncedValue
from services.indicators.values.schedules import ANNOUNCE_VALUES
from services.indicators.values.service import restate
from shared.feature import Feature, Restatement

FEATURE = Feature(
    states={"indicators.value": Restatement(restate, select(AnnouncedValue.id))},
    schedules=(ANNOUNCE_VALUES,),
)
