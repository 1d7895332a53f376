"""Tables."""

from services.grid.models.base import Base
from services.grid.models.dictionaries import Category, CategoryLimit, Dictionary
from services.grid.models.grids import Grid
from services.grid.models.inbound import InboundOutcome, IncidentRequest
from services.grid.models.incidents import Incident, IncidentStep
from services.grid.models.units import HandlingUnit
from services.grid.models.visits import Visit, VisitPlan, VisitRule

__all__ = [
    "Base",
    "Category",
    "CategoryLimit",
    "Dictionary",
    "Grid",
    "HandlingUnit",
    "InboundOutcome",
    "Incident",
    "IncidentRequest",
    "IncidentStep",
    "Visit",
    "VisitPlan",
    "VisitRule",
]
