"""The HTTP process of the hall."""

from fastapi import FastAPI

from services.services_hall.features import FEATURES, SPEC
from services.services_hall.settings import Settings
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.extracts import ExtractReader
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
    app = build_app(
        SPEC,
        settings,
        features=FEATURES,
        clock=clock,
        database=database,
        access_log=access_log,
    )
    app.state.extract_reader = ExtractReader.parse(
        settings.extract_public_keys, settings.extract_encryption_keys.get_secret_value()
    )
    return app
