"""Indicators under test: states arrive as from the bus, figures are read over HTTP."""

import pytest

from services.indicators.app import create_app
from services.indicators.features import ROUTES
from services.indicators.settings import Settings
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for


@pytest.fixture
def arrivals(committed: Database, clock: FrozenClock, crypto: Crypto) -> Arrivals:
    return Arrivals(committed, ROUTES, owner="indicators", clock=clock, crypto=crypto)


@pytest.fixture
def door(committed: Database, service_database: ServiceDatabase, clock: FrozenClock) -> Door:
    settings = settings_for("indicators", service_database.service_url)
    assert isinstance(settings, Settings)
    return Door(create_app(settings, clock=clock, database=committed))
