"""The HTTP process of the hall."""

from fastapi import FastAPI

from services.services_hall.features import FEATURES, SPEC
from services.services_hall.settings import Settings
from shared.auth.access_log import AccessLog
from shared.clock import Clock
from shared.crypto.extracts import ExtractReader
from shared.db.engine import Database
from shared.feature import Feature
from shared.http.app import build_app
from shared.reference.codes import published


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
        features=(*FEATURES, Feature(code_lists=(published("item_categories", "事项分类", settings.category_names),))),
        clock=clock,
        database=database,
        access_log=access_log,
    )
    app.state.extract_reader = ExtractReader.parse(
        settings.extract_public_keys, settings.extract_encryption_keys.get_secret_value()
    )
    app.state.public_address = settings.public_address
    app.state.agency_forward_days = settings.agency_forward_days
    app.state.rectification_days = settings.rectification_days
    return app
