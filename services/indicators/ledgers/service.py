"""What indicators knows of the county, for its ledgers: what registry and grid announced."""

from shared.erasures.known import erased_persons
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.surroundings import (
    HOUSEHOLDS,
    PERSONS,
    Surroundings,
    places_of_households,
    places_of_persons,
    projected_grids,
)

SURROUNDINGS = Surroundings(
    erased=erased_persons,
    grids=projected_grids,
    known={Subject.PERSON: PERSONS, Subject.HOUSEHOLD: HOUSEHOLDS},
    lies={Subject.PERSON: places_of_persons, Subject.HOUSEHOLD: places_of_households},
)
