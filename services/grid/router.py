"""All endpoints of grid."""

from fastapi import APIRouter

from services.grid.dictionaries import api as dictionaries
from services.grid.grids import api as grids
from services.grid.inbound import api as inbound
from services.grid.incidents import api as incidents
from services.grid.units import api as units
from services.grid.visits import api as visits
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute)
router.include_router(grids.router)
router.include_router(units.router)
router.include_router(dictionaries.router)
router.include_router(incidents.router)
router.include_router(inbound.router)
router.include_router(visits.router)

TAGS = {
    "grids": "网格 Grids and which holds a point",
    "incidents": "事件 Problems found, dispatched, fixed, checked",
    "units": "处置单位 Who deals with incidents",
    "inbound": "县级来件 What county systems sent in, and the keys they encrypt to",
    "visits": "走访 Visits to people with a care tag",
}
"""What the groups of endpoints are about."""
