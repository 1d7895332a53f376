"""What the hall knows of the county, for its ledgers: areas, persons and the calendar, as registry announced them."""

from shared.erasures.known import erased_persons
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.surroundings import PERSONS, Surroundings, places_of_persons

SURROUNDINGS = Surroundings(
    erased=erased_persons, known={Subject.PERSON: PERSONS}, lies={Subject.PERSON: places_of_persons}
)
