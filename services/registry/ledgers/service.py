"""What registry knows of the county, for its ledgers: out of its own tables, and the grids that grid announced."""

from services.registry.ledgers.repository import areas, calendar, households, persons
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.surroundings import Surroundings, projected_grids

SURROUNDINGS = Surroundings(
    areas=areas,
    grids=projected_grids,
    calendar=calendar,
    known={Subject.PERSON: persons, Subject.HOUSEHOLD: households},
    authoritative=True,
)
