"""The use cases of this service, built the same way for every door."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from services.services_hall.base import Base
from services.services_hall.cases.models import Case
from services.services_hall.cases.service.cases import Cases, restate_cases
from services.services_hall.items.models import Item
from services.services_hall.items.service import Items, restate_items
from shared.crypto.extracts import ExtractVerifier
from shared.service import ServiceSpec, UseCaseContext

SPEC = ServiceSpec(
    name="services_hall",
    title="一站式代办",
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    restate={"services_hall.item": restate_items, "services_hall.case": restate_cases},
    aggregates={"services_hall.item": select(Item.id), "services_hall.case": select(Case.id)},
)


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of the hall."""

    items: Items
    cases: Cases


def use_cases(context: UseCaseContext, *, extracts: ExtractVerifier | None = None) -> UseCases:
    """`extracts` verifies what registry signed; doors that open no case do without."""
    return UseCases(items=Items(context), cases=Cases(context, extracts=extracts))
