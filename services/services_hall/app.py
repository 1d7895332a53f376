"""The HTTP process of the hall."""

from collections.abc import Mapping

from fastapi import FastAPI

from services.services_hall.access import ACCESS
from services.services_hall.items.domain import ItemCodeTaken
from services.services_hall.router import TAGS, router
from services.services_hall.routes import ROUTES
from services.services_hall.settings import Settings
from services.services_hall.titles import TITLES
from services.services_hall.wiring import SPEC
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.db.engine import Database
from shared.errors import DomainError
from shared.http.app import build_app

CONSTRAINTS: Mapping[str, type[DomainError]] = {"uq_items_code": ItemCodeTaken}


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    access_log: AccessLog | None = None,
) -> FastAPI:
    """The application; connects to nothing before it is started."""
    return build_app(
        SPEC,
        settings,
        router=router,
        access=ACCESS,
        tags=TAGS,
        titles=TITLES,
        constraints=CONSTRAINTS,
        projects=frozenset(route.noun for route in ROUTES),
        clock=clock,
        database=database,
        access_log=access_log,
    )
