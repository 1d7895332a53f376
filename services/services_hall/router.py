"""All endpoints of the hall."""

from fastapi import APIRouter

from services.services_hall.cases import api as cases
from services.services_hall.items import api as items
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute)
router.include_router(items.router)
router.include_router(cases.router)

TAGS = {
    "items": "事项 What can be applied for",
    "cases": "办件 From submission to decision",
}
"""What the groups of endpoints are about."""
