"""All endpoints of indicators."""

from fastapi import APIRouter

from services.indicators.figures import api as figures
from services.indicators.rebuilds import api as rebuilds
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute)
router.include_router(figures.router)
router.include_router(rebuilds.router)

TAGS = {
    "figures": "指标 Definitions, values and series",
    "rebuilds": "重算 All figures once more, beside the live ones",
}
"""What the groups of endpoints are about."""
