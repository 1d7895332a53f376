"""Who may call what: by operation id."""

from collections.abc import Mapping

from shared.http.security import Access

ACCESS: Mapping[str, Access] = {
    "drawGrid": Access("grid.manage", "area"),
    "drawGrids": Access("grid.manage", "area"),
    "closeGrid": Access("grid.manage", "area"),
    "listGrids": Access("grid.read", "area"),
    "getGrid": Access("grid.read", "area"),
    "locateGrid": Access("grid.read", "open"),
    "createUnit": Access("grid.manage", "area"),
    "listUnits": Access("incident.read", "area"),
    "getDictionary": Access("incident.report", "open"),
    "reportIncident": Access("incident.report", "own"),
    "listIncidents": Access("incident.read", "own"),
    "countIncidents": Access("incident.read", "own"),
    "getIncident": Access("incident.read", "own"),
    "fileIncident": Access("incident.file", "area"),
    "rejectIncident": Access("incident.file", "area"),
    "dispatchIncident": Access("incident.dispatch", "area"),
    "acceptIncident": Access("incident.handle", "area"),
    "returnIncident": Access("incident.handle", "area"),
    "giveIncidentFeedback": Access("incident.handle", "area"),
    "checkIncident": Access("incident.check", "area"),
    "closeIncident": Access("incident.check", "area"),
    "getInboundKeys": Access(None, "open"),
    "listInboundRequests": Access("ops.dead_letters", "open"),
    "listVisits": Access("visit.read", "area"),
    "countVisits": Access("visit.read", "area"),
    "getVisit": Access("visit.read", "area"),
    "recordVisit": Access("visit.record", "area"),
}
