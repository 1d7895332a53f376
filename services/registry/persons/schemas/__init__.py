"""Bodies of persons (居民)."""

from services.registry.persons.schemas.searching import (
    CountView,
    LookUpPersons,
    NamedView,
    NamesView,
    PersonsView,
    SearchByName,
    SearchPersons,
)
from services.registry.persons.schemas.views import (
    NameView,
    PersonView,
    SpanView,
    fields_of,
)
from services.registry.persons.schemas.writing import (
    CorrectPerson,
    Document,
    Entry,
    EthnicGroup,
    Phone,
    RegisteredArea,
    RegisterPerson,
    Registration,
    Residence,
    Sex,
    Text,
    VillageOrGrid,
    absent,
)

__all__ = [
    "CorrectPerson",
    "CountView",
    "Document",
    "Entry",
    "EthnicGroup",
    "LookUpPersons",
    "NameView",
    "NamedView",
    "NamesView",
    "PersonView",
    "PersonsView",
    "Phone",
    "RegisterPerson",
    "RegisteredArea",
    "Registration",
    "Residence",
    "SearchByName",
    "SearchPersons",
    "Sex",
    "SpanView",
    "Text",
    "VillageOrGrid",
    "absent",
    "fields_of",
]
