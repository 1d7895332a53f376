"""Rules of persons (居民): what a registration and a correction must hold, and refusals."""

from services.registry.persons.domain.persons import (
    Correction,
    Identity,
    NewPerson,
    PersonChange,
    PersonFields,
    PersonRecord,
    check_correction,
    check_new,
    searched_number,
    spans_of,
    tidied,
)
from services.registry.persons.domain.refusals import (
    BirthDateTooLate,
    BornHere,
    NothingToCorrect,
    NotRegistrableHere,
    NumberDisagrees,
    NumberHolder,
    NumbersHeld,
    PersonAlreadyRegistered,
    PossibleDuplicate,
)

__all__ = [
    "BirthDateTooLate",
    "BornHere",
    "Correction",
    "Identity",
    "NewPerson",
    "NotRegistrableHere",
    "NothingToCorrect",
    "NumberDisagrees",
    "NumberHolder",
    "NumbersHeld",
    "PersonAlreadyRegistered",
    "PersonChange",
    "PersonFields",
    "PersonRecord",
    "PossibleDuplicate",
    "check_correction",
    "check_new",
    "searched_number",
    "spans_of",
    "tidied",
]
