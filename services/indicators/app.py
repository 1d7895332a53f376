"""The HTTP process of indicators."""

from fastapi import FastAPI

from services.indicators.access import ACCESS
from services.indicators.router import TAGS, router
from services.indicators.routes import ROUTES
from services.indicators.settings import Settings
from services.indicators.titles import TITLES
from services.indicators.wiring import SPEC
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.db.engine import Database
from shared.http.app import build_app


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
        projects=frozenset(route.noun for route in ROUTES),
        clock=clock,
        database=database,
        access_log=access_log,
    )
