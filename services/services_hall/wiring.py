"""The use cases of this service, built the same way for every door."""

from dataclasses import dataclass

from services.services_hall.cases.service.cases import Cases
from services.services_hall.items.service import Items
from shared.crypto.extracts import ExtractVerifier
from shared.service import UseCaseContext


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of the hall."""

    items: Items
    cases: Cases


def use_cases(context: UseCaseContext, *, extracts: ExtractVerifier | None = None) -> UseCases:
    """`extracts` verifies what registry signed; doors that open no case do without."""
    return UseCases(items=Items(context), cases=Cases(context, extracts=extracts))
