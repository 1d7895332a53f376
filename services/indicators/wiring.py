"""The use cases of this service, built the same way for every door."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from services.indicators.base import Base
from services.indicators.figures.service import Figures
from services.indicators.rebuilds.service import Rebuilds
from services.indicators.values.models import AnnouncedValue
from services.indicators.values.service import Announcements, restate_values
from shared.service import ServiceSpec, UseCaseContext

SPEC = ServiceSpec(
    name="indicators",
    title="指标汇总与考评",
    metadata=Base.metadata,
    migrations=Path(__file__).parent / "migrations",
    restate={"indicators.value": restate_values},
    aggregates={"indicators.value": select(AnnouncedValue.id)},
)


@dataclass(frozen=True)
class UseCases:
    """Everything that a door may ask of indicators."""

    figures: Figures
    announcements: Announcements
    rebuilds: Rebuilds


def use_cases(context: UseCaseContext, *, reader: str = SPEC.name) -> UseCases:
    """`reader` is the consumer group whose progress tells how fresh the figures are."""
    return UseCases(
        figures=Figures(context, reader=reader), announcements=Announcements(context), rebuilds=Rebuilds(context)
    )
