"""The use cases of this service, built the same way for every door."""

from functools import cached_property

from services.indicators.definitions.service.definitions import Definitions
from services.indicators.definitions.service.drafting import DefinitionDrafts
from services.indicators.explanations.service import Explanations
from services.indicators.figure_checks.service import FigureChecks
from services.indicators.figures.service.figures import Figures
from services.indicators.figures.service.parts import FigureParts
from services.indicators.figures.service.ranks import Ranks
from services.indicators.figures.service.sets import SetFigures
from services.indicators.figures.service.tables import FigureTables
from services.indicators.rebuilds.service import Rebuilds
from services.indicators.trials.service import Trials
from services.indicators.values.service import Announcements
from shared.messaging.context import UseCaseContext

READER = "indicators"
"""The consumer group of a deployment without a prefix."""


class UseCases:
    """Everything that a door may ask of indicators, each made when it is first asked for."""

    def __init__(self, context: UseCaseContext, reader: str) -> None:
        self._context = context
        self._reader = reader

    @cached_property
    def definitions(self) -> Definitions:
        return Definitions(self._context)

    @cached_property
    def drafts(self) -> DefinitionDrafts:
        return DefinitionDrafts(self._context)

    @cached_property
    def figures(self) -> Figures:
        return Figures(self._context, self.definitions, reader=self._reader)

    @cached_property
    def set_figures(self) -> SetFigures:
        return SetFigures(self._context, self.definitions, reader=self._reader)

    @cached_property
    def figure_tables(self) -> FigureTables:
        return FigureTables(self._context, self.definitions, reader=self._reader)

    @cached_property
    def ranks(self) -> Ranks:
        return Ranks(self._context, self.definitions, reader=self._reader)

    @cached_property
    def figure_parts(self) -> FigureParts:
        return FigureParts(self._context, self.definitions, reader=self._reader)

    @cached_property
    def explanations(self) -> Explanations:
        return Explanations(self._context, self.definitions, self.figures)

    @cached_property
    def figure_checks(self) -> FigureChecks:
        return FigureChecks(self._context)

    @cached_property
    def announcements(self) -> Announcements:
        return Announcements(self._context)

    @cached_property
    def trials(self) -> Trials:
        return Trials(self._context, self.drafts)

    @cached_property
    def rebuilds(self) -> Rebuilds:
        return Rebuilds(self._context)


def use_cases(context: UseCaseContext, *, reader: str = READER) -> UseCases:
    """`reader` is the consumer group whose progress tells how fresh the figures are."""
    return UseCases(context, reader)
