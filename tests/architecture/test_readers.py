"""The catalogue says who reads a topic: relays wait for them and `migrate` makes their dead-letter topics."""

import importlib

import pytest

from shared.contracts.catalogue import STATE_TOPICS, TOPICS, inbound_of
from shared.testing.databases import SERVICES
from shared.testing.settings import settings_for


@pytest.mark.parametrize("service", sorted(path.parent.name for path in SERVICES.glob("*/features.py")))
def test_a_service_routes_exactly_what_the_catalogue_says_it_reads(service: str) -> None:
    routes = importlib.import_module(f"services.{service}.features").ROUTES
    assert sorted(route.noun for route in routes) == sorted(
        noun for noun, topic in STATE_TOPICS.items() if service in topic.readers
    )


@pytest.mark.parametrize("service", sorted(path.parent.name for path in SERVICES.glob("*/worker.py")))
def test_a_service_takes_from_the_county_exactly_what_the_catalogue_says_it_reads(service: str) -> None:
    worker = importlib.import_module(f"services.{service}.worker")
    door = worker.inbound(settings_for(service, "postgresql+asyncpg://x@/y")) if hasattr(worker, "inbound") else None
    assert sorted(door.receivers if door else ()) == sorted(inbound_of(service))


def test_readers_are_services() -> None:
    services = {path.parent.name for path in SERVICES.glob("*/__init__.py")}
    assert {reader for topic in TOPICS.values() for reader in topic.readers} <= services
