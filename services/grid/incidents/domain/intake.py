"""Intake of incidents (来源): whether people stand behind a source, and whether its account speaks for others."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.grid.incidents.domain.codes import Source


@dataclass(frozen=True, slots=True)
class Intake:
    """What a source tells of who reports by it. `of_people`: not an office; they are called back after closing.

    `for_others`: one account reports for many people, who are told apart by the report alone. `answered`: a county
    system sent it, and is told how it goes on.
    """

    of_people: bool
    for_others: bool
    answered: bool = False


INTAKE: Mapping[Source, Intake] = {
    Source.PATROL: Intake(of_people=False, for_others=False),
    Source.RESIDENT: Intake(of_people=True, for_others=False),
    Source.PUBLIC: Intake(of_people=True, for_others=True),
    Source.HOTLINE: Intake(of_people=True, for_others=True, answered=True),
    Source.SUPERIOR: Intake(of_people=False, for_others=True),
    Source.MEDIA: Intake(of_people=False, for_others=True),
    Source.TERMINAL: Intake(of_people=False, for_others=True, answered=True),
    Source.VISIT: Intake(of_people=False, for_others=False),
}
"""By source: a source without its line is refused by a test."""

OF_PEOPLE = frozenset(source for source, intake in INTAKE.items() if intake.of_people)
"""Sources behind which somebody of the people stands."""


def who_reported(source: Source, reporter: str, reported_id: UUID) -> tuple[str, UUID | None]:
    """Who stands behind a report: the same one however often they report, or whom only this report tells apart."""
    return reporter, reported_id if INTAKE[source].for_others else None
