"""The use cases of this service, built the same way for every door."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from services.grid.base import Base
from services.grid.dictionaries.service import Dictionaries
from services.grid.grids.domain import GridIndex
from services.grid.grids.models import Grid
from services.grid.grids.service import Grids, restate_grids
from services.grid.inbound.models import InboundOutcome
from services.grid.inbound.service.outcomes import InboundOutcomes, restate_outcomes
from services.grid.inbound.service.requests import Inbound
from services.grid.incidents.models import Incident
from services.grid.incidents.service.incidents import Incidents
from services.grid.incidents.service.places import Places
from services.grid.incidents.service.records import IncidentRecords, restate_incidents
from services.grid.units.service import Units
from services.grid.visits.models import Visit
from services.grid.visits.service import Visits, restate_visits
from shared.service import ServiceSpec, UseCaseContext

SPEC = ServiceSpec(
    name="grid",
    title="网格化",
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    restate={
        "grid.grid": restate_grids,
        "grid.incident": restate_incidents,
        "grid.visit": restate_visits,
        "grid.inbound_outcome": restate_outcomes,
    },
    aggregates={
        "grid.grid": select(Grid.code),
        "grid.incident": select(Incident.id),
        "grid.visit": select(Visit.id),
        "grid.inbound_outcome": select(InboundOutcome.id),
    },
)


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of grid."""

    grids: Grids
    units: Units
    dictionaries: Dictionaries
    incidents: Incidents
    incident_records: IncidentRecords
    inbound: Inbound
    inbound_outcomes: InboundOutcomes
    visits: Visits


def use_cases(context: UseCaseContext, *, index: GridIndex | None = None) -> UseCases:
    """`index` is the process's grids in memory; a door that locates nothing, or once, does without."""
    grids = Grids(context, GridIndex() if index is None else index)
    units, dictionaries = Units(context), Dictionaries(context)
    incidents = Incidents(context, Places(context, grids), units, dictionaries)
    return UseCases(
        grids=grids,
        units=units,
        dictionaries=dictionaries,
        incidents=incidents,
        incident_records=IncidentRecords(context),
        inbound=Inbound(context, incidents),
        inbound_outcomes=InboundOutcomes(context),
        visits=Visits(context),
    )
