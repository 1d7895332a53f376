"""The HTTP process of grid."""

from collections.abc import Mapping

from fastapi import FastAPI

from services.grid.access import ACCESS
from services.grid.grids.domain import GridCodeTaken, GridIndex
from services.grid.incidents.domain import UnitTaken
from services.grid.router import TAGS, router
from services.grid.routes import ROUTES
from services.grid.settings import Settings
from services.grid.titles import TITLES
from services.grid.wiring import SPEC
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.jwe import InboundKeys
from shared.db.engine import Database
from shared.errors import DomainError
from shared.http.app import build_app

CONSTRAINTS: Mapping[str, type[DomainError]] = {
    "pk_grids": GridCodeTaken,
    "uq_units_area_department_name": UnitTaken,
}


def create_app(
    settings: Settings,
    *,
    clock: Clock | None = None,
    database: Database | None = None,
    access_log: AccessLog | None = None,
) -> FastAPI:
    """The application; connects to nothing before it is started. Holds the open grids in memory."""
    app = build_app(
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
    app.state.grid_index = GridIndex()
    private = settings.inbound_private_keys.get_secret_value()
    app.state.inbound_keys = InboundKeys.parse(private).public_set() if private else {"keys": []}
    return app
