"""All endpoints of indicators."""

from fastapi import APIRouter

from services.indicators.api import figures, rebuilds
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute)
router.include_router(figures.router)
router.include_router(rebuilds.router)

TAGS = {
    "figures": "指标 Definitions, values and series",
    "rebuilds": "重算 All figures once more, beside the live ones",
}
"""What the groups of endpoints are about."""
