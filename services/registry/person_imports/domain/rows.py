"""What a row of a list of residents says: a person to be registered, and a place in a household."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.registry.households.domain import HouseholdKind
from services.registry.life_events.domain import REGISTERED_PLACE, LifeEventKind, Place, check_dates, is_counted
from services.registry.person_imports.domain.columns import column_of
from services.registry.persons.domain import (
    AS_WRITTEN,
    Identity,
    NewPerson,
    NoDocument,
    Undocumented,
    check_new,
    tidied,
)
from shared.errors import DomainError, FieldError
from shared.reference.areas import GRID_DIGITS, VILLAGE_DIGITS, village_of
from shared.reference.digits import is_digits
from shared.reference.documents import Document, DocumentType, check_document, message
from shared.reference.relations import HEAD
from shared.spreadsheets.values import Value

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True, repr=False)
class Listed:
    """A row as it is read: the person, unless it is not even said who that is, and what is wrong. Shows nothing."""

    values: Values
    person: NewPerson | None
    number: tuple[str, str] | None
    errors: Sequence[FieldError]

    def text(self, code: str) -> str | None:
        """A value of the row."""
        value = self.values.get(code)
        return None if value is None else str(value)

    @property
    def relation(self) -> str | None:
        return self.text("relation")

    @property
    def is_head(self) -> bool:
        return self.relation == HEAD

    @property
    def kind(self) -> HouseholdKind:
        """Of the household, if this is its head: as the row says, else by where the head is registered."""
        told = self.text("household_kind")
        registered = self.person is not None and self.person.registration
        by_place = HouseholdKind.LEGAL if registered and is_counted(registered.area) else HouseholdKind.LIVING
        return HouseholdKind(told) if told else by_place

    def area(self, kind: HouseholdKind) -> str | None:
        """The village to which a household of the kind belongs, as this person does; None: to none of ours."""
        if self.person is None:
            return None
        place = self.person.registration if kind is HouseholdKind.LEGAL else self.person.residence
        return village_of(place.area) if place is not None and is_counted(place.area) else None


def household_key(values: Values) -> tuple[str, str] | None:
    """By what a row says to which household it belongs: its number, the head's number, or the head's name."""
    for code in ("household", "head_number", "head_name"):
        if code in values:
            return code, str(values[code]).upper()
    return None


def goes_with(above: Values, below: Values) -> bool:
    """Whether two rows, one below the other, are of one household. Without a number of it a head begins the next."""
    one, other = household_key(above), household_key(below)
    if one != other:
        return False
    begins = below.get("relation") == HEAD
    if one is None:
        return "relation" in above and "relation" in below and not begins
    return one[0] == "household" or not begins


def read_row(values: Values, *, area: str, today: date) -> Listed:
    """A row, read and judged by itself. `area`: of the import, where people belong of whom no place is said."""
    kind = DocumentType(str(values.get("document_type", DocumentType.CITIZEN_ID)))
    document, checked = None, None
    if "number" in values:
        document = Identity(kind, str(values["number"]))
        checked = check_document(kind, document.number, on=today)
    number = (str(kind), checked.number) if checked is not None and checked.valid else None
    sex = values.get("sex") or (checked.sex if checked is not None and checked.valid else None)
    born = _day(values, "birth_date") or (checked.birth_date if checked is not None and checked.valid else None)
    if sex is None or born is None:
        errors = [FieldError("number", one, message(one)) for one in checked.problems] if checked else []
        unsaid = [("sex", "性别必填", sex), ("birth_date", "出生日期必填", born)]
        errors = errors or [FieldError(code, "missing", text) for code, text, given in unsaid if given is None]
        return Listed(values, None, number, errors)
    residence, registration, errors = _places(values, area)
    reason, due = values.get("no_document"), _day(values, "due_on")
    if reason is not None and due is None:
        errors.append(FieldError("due_on", "missing", "无证件的，补办期限必填"))
    written: dict[str, Any] = {one.code: _text(values, one.code) for one in AS_WRITTEN}
    person = tidied(
        NewPerson(
            entry=LifeEventKind(str(values.get("entry", LifeEventKind.ENROLLED))),
            occurred_on=_day(values, "occurred_on") or today,
            name=str(values["name"]),
            sex=str(sex),
            birth_date=born,
            document=document,
            residence=residence,
            registration=registration,
            undocumented=None if reason is None or due is None else Undocumented(NoDocument(str(reason)), due),
            **written,
        )
    )
    return Listed(values, person, number, errors or _problems(person, today, checked))


def _problems(person: NewPerson, today: date, checked: Document | None) -> list[FieldError]:
    """What registering says of the person alone, at the columns; whatever else is wrong is said by `check_new`."""
    found: list[FieldError] = []
    try:
        check_new(person, today=today, checked=checked)
    except DomainError as error:
        found += error.errors
    try:
        check_dates(person.occurred_on, today, today, birth_date=person.birth_date)
    except DomainError as error:
        found += () if any(one.path == "birth_date" for one in found) else error.errors
    return [FieldError(column_of(one.path), one.code, one.message) for one in found]


def _places(values: Values, area: str) -> tuple[Place | None, Place | None, list[FieldError]]:
    lives, registered = _text(values, "residence"), _text(values, "registration")
    if lives is None and registered is None and len(area) >= VILLAGE_DIGITS:
        lives, registered = area, village_of(area)
    errors = []
    if lives is not None and not (is_digits(lives) and len(lives) in (VILLAGE_DIGITS, GRID_DIGITS)):
        errors.append(FieldError("residence", "area_code", "居住地代码应为12位（村、社区）或15位（网格）"))
    if registered is not None and not (is_digits(registered) and len(registered) in (2, 4, 6, 9, VILLAGE_DIGITS)):
        errors.append(FieldError("registration", "area_code", "户籍地代码应为12位（村、社区），外地的为2、4、6或9位"))
    kind = _text(values, "residence_kind")
    residence = None if lives is None else Place(lives, kind)
    return residence, None if registered is None else Place(registered, REGISTERED_PLACE), errors


def _text(values: Values, code: str) -> str | None:
    value = values.get(code)
    return None if value is None else str(value)


def _day(values: Values, code: str) -> date | None:
    value = values.get(code)
    return None if value is None else date.fromisoformat(str(value))
