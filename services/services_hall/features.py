"""THE nouns of this service: endpoints, routes, schedules, restatement and constraints derive from this tuple."""

from pathlib import Path

from services.services_hall.base import Base
from services.services_hall.cases import feature as cases
from services.services_hall.items import feature as items
from shared.feature import routes_of, service_spec

FEATURES = tuple(noun.FEATURE for noun in (items, cases))

SPEC = service_spec(
    "services_hall", "一站式代办", FEATURES, metadata=Base.metadata, migrations=Path(__file__).parent / "migrations"
)

ROUTES = routes_of(FEATURES)
