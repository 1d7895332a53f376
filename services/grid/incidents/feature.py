"""Incidents as the house knows them."""

from sqlalchemy import select

from services.grid.incidents.api import router
from services.grid.incidents.consumers import calendar_set
from services.grid.incidents.models import Incident
from services.grid.incidents.service.records import restate_incidents
from shared.feature import Feature, Restatement
from shared.messaging.projection.routes import Route

FEATURE = Feature(
    router=router,
    tag="incidents",
    about="事件 Problems found, dispatched, fixed, checked",
    states={"grid.incident": Restatement(restate_incidents, select(Incident.id))},
    routes=(Route("registry.calendar", calendar_set),),
)
