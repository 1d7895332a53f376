"""grid under test, for whoever asks about its ledgers."""

from typing import Any

from services.grid.app import create_app
from services.grid.settings import Settings
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Door
from shared.testing.settings import settings_for


def door_of(database: Database, service_database: ServiceDatabase, clock: FrozenClock, **changed: Any) -> Door:
    """The service's HTTP on a committed database. `changed`: settings."""
    settings = settings_for("grid", service_database.service_url, **changed)
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=database))
