"""The HTTP process of grid."""

from fastapi import FastAPI

from services.grid.features import FEATURES, SPEC
from services.grid.grids.domain import GridIndex
from services.grid.settings import Settings
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.jwe import InboundKeys
from shared.db.engine import Database
from shared.http.app import build_app


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
        features=FEATURES,
        clock=clock,
        database=database,
        access_log=access_log,
    )
    app.state.grid_index = GridIndex()
    app.state.incident_policy = settings.incident_policy
    app.state.public_report_policy = settings.public_report_policy
    private = settings.inbound_private_keys.get_secret_value()
    app.state.inbound_keys = InboundKeys.parse(private).public_set() if private else {"keys": []}
    return app
