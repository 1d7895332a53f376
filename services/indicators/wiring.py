"""The use cases of this service, built the same way for every door."""

from dataclasses import dataclass

from services.indicators.definitions.service import Definitions
from services.indicators.figures.service import Figures
from services.indicators.rebuilds.service import Rebuilds
from services.indicators.values.service import Announcements
from shared.messaging.context import UseCaseContext

READER = "indicators"
"""The consumer group of a deployment without a prefix."""


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of indicators."""

    definitions: Definitions
    figures: Figures
    announcements: Announcements
    rebuilds: Rebuilds


def use_cases(context: UseCaseContext, *, reader: str = READER) -> UseCases:
    """`reader` is the consumer group whose progress tells how fresh the figures are."""
    return UseCases(
        definitions=Definitions(context),
        figures=Figures(context, Definitions(context), reader=reader),
        announcements=Announcements(context),
        rebuilds=Rebuilds(context),
    )
