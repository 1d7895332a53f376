"""The use cases of this service, built the same way for every door."""

from collections.abc import Collection
from dataclasses import dataclass

from services.grid.dictionaries.service import Dictionaries
from services.grid.grids.domain import GridIndex
from services.grid.grids.service import Grids
from services.grid.inbound.service.outcomes import InboundOutcomes
from services.grid.inbound.service.requests import InboundRequests
from services.grid.incidents.service.incidents import Incidents
from services.grid.incidents.service.places import Places
from services.grid.incidents.service.records import IncidentRecords
from services.grid.incidents.service.reporting import IncidentReporting
from services.grid.units.service import Units
from services.grid.visits.service import Visits
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of grid."""

    grids: Grids
    units: Units
    dictionaries: Dictionaries
    incident_reporting: IncidentReporting
    incidents: Incidents
    incident_records: IncidentRecords
    inbound_requests: InboundRequests
    inbound_outcomes: InboundOutcomes
    visits: Visits


def use_cases(
    context: UseCaseContext, *, index: GridIndex | None = None, departments: Collection[str] = ()
) -> UseCases:
    """`index` is the process's grids in memory; a door that locates nothing, or once, does without. `departments` are
    those that units may belong to; a door that makes no unit does without.
    """
    grids = Grids(context, GridIndex() if index is None else index)
    units, dictionaries = Units(context, departments), Dictionaries(context)
    reporting = IncidentReporting(context, places=Places(context, grids), dictionaries=dictionaries)
    outcomes = InboundOutcomes(context)
    return UseCases(
        grids=grids,
        units=units,
        dictionaries=dictionaries,
        incident_reporting=reporting,
        incidents=Incidents(context, units=units, dictionaries=dictionaries, followers=(outcomes,)),
        incident_records=IncidentRecords(context),
        inbound_requests=InboundRequests(context, reporting),
        inbound_outcomes=outcomes,
        visits=Visits(context),
    )
