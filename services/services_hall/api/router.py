"""All endpoints of the hall."""

from fastapi import APIRouter

from services.services_hall.api import cases, items
from shared.http.route import ServiceRoute

router = APIRouter(route_class=ServiceRoute)
router.include_router(items.router)
router.include_router(cases.router)
