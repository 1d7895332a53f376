"""What endpoints are given."""

from typing import Annotated, Any

from fastapi import Depends, Request

from services.grid.dictionaries.service import Dictionaries
from services.grid.grids.service import Grids
from services.grid.inbound.service.outcomes import InboundOutcomes
from services.grid.incidents.service.incidents import Incidents
from services.grid.incidents.service.records import IncidentRecords
from services.grid.units.service import Units
from services.grid.visits.service import Visits
from services.grid.wiring import UseCases, use_cases
from shared.auth.principal import Principal
from shared.http.security import authorise
from shared.http.transaction import Context

Authorised = Annotated[Principal, Depends(authorise)]


async def _use_cases(request: Request, context: Context) -> UseCases:
    return use_cases(context, index=request.app.state.grid_index)


Wired = Annotated[UseCases, Depends(_use_cases)]


async def _grids(wired: Wired) -> Grids:
    return wired.grids


async def _units(wired: Wired) -> Units:
    return wired.units


async def _dictionaries(wired: Wired) -> Dictionaries:
    return wired.dictionaries


async def _incidents(wired: Wired) -> Incidents:
    return wired.incidents


async def _incident_records(wired: Wired) -> IncidentRecords:
    return wired.incident_records


async def _inbound_outcomes(wired: Wired) -> InboundOutcomes:
    return wired.inbound_outcomes


async def _inbound_keys(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.app.state.inbound_keys
    return found


async def _visits(wired: Wired) -> Visits:
    return wired.visits


GridsUse = Annotated[Grids, Depends(_grids)]
UnitsUse = Annotated[Units, Depends(_units)]
DictionariesUse = Annotated[Dictionaries, Depends(_dictionaries)]
IncidentsUse = Annotated[Incidents, Depends(_incidents)]
IncidentRecordsUse = Annotated[IncidentRecords, Depends(_incident_records)]
InboundOutcomesUse = Annotated[InboundOutcomes, Depends(_inbound_outcomes)]
InboundKeySet = Annotated[dict[str, Any], Depends(_inbound_keys)]
VisitsUse = Annotated[Visits, Depends(_visits)]
