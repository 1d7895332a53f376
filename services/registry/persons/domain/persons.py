"""Rules of persons (居民): what a registration and a correction must hold, and refusals."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.registry.life_events.domain import Delivery, LifeEventKind, Place, check_kind, is_counted
from services.registry.persons.domain.refusals import NothingToCorrect, NumberDisagrees
from services.registry.persons.domain.undocumented import Undocumented, check_undocumented
from shared.contracts.envelope import Span
from shared.errors import FieldError, Invalid
from shared.reference.documents import Document, DocumentType, check_document, message
from shared.reference.ethnic_groups import ETHNIC_GROUPS
from shared.reference.named_code import NamedCode
from shared.reference.names import MESSAGES, clean_name
from shared.reference.phones import MESSAGE as PHONE_MESSAGE
from shared.reference.phones import clean_phone
from shared.spreadsheets.columns import Column, ColumnType

MAX_TEXT, MAX_NUMBER = 200, 64
"""Characters of a name or an address, and of a document number, as they may be sent."""


@dataclass(frozen=True, slots=True, repr=False)
class Identity:
    """Type and number of an identity document. The repr shows nothing of it."""

    type: DocumentType
    number: str


@dataclass(frozen=True, slots=True, repr=False)
class NewPerson:
    """A person to be registered. The repr shows nothing."""

    entry: LifeEventKind
    occurred_on: date
    name: str
    sex: str
    birth_date: date
    reported_on: date | None = None
    document: Identity | None = None
    ethnic_group: str | None = None
    phone: str | None = None
    address: str | None = None
    residence: Place | None = None
    registration: Place | None = None
    undocumented: Undocumented | None = None
    confirmation: str | None = None
    delivery: Delivery | None = None


@dataclass(frozen=True, slots=True, repr=False)
class PersonFields:
    """What of a person a correction may change, as it is. The repr shows nothing."""

    name: str
    sex: str
    birth_date: date
    document: Identity | None
    ethnic_group: str | None
    phone: str | None
    address: str | None
    undocumented: Undocumented | None = None


AS_WRITTEN: tuple[Column, ...] = (
    Column(
        "ethnic_group",
        "民族",
        ColumnType.CHOICE,
        choices=ETHNIC_GROUPS,
        also={title.removesuffix("族"): code for code, title in ETHNIC_GROUPS.items()},
    ),
    Column(
        "phone", "联系电话", ColumnType.PHONE, synonyms=("电话", "手机", "手机号", "手机号码", "电话号码", "联系方式")
    ),
    Column("address", "住址", synonyms=("地址", "家庭住址", "现住址", "详细地址", "居住地址", "户籍地址")),
)
"""Columns of lists of residents, in and out, that are a field of a person as they stand."""


class CorrectedField(NamedCode):
    """What of a person is corrected, by the names of `PersonFields`."""

    NAME = "name", "姓名"
    SEX = "sex", "性别"
    BIRTH_DATE = "birth_date", "出生日期"
    DOCUMENT = "document", "证件"
    ETHNIC_GROUP = "ethnic_group", "民族"
    PHONE = "phone", "电话"
    ADDRESS = "address", "住址"
    UNDOCUMENTED = "undocumented", "无证件"


@dataclass(frozen=True, slots=True, repr=False)
class Correction:
    """A correction of a person's fields, by their names in `PersonFields`. None removes what a field holds.

    The repr shows nothing.
    """

    given: Mapping[str, Any]

    def of(self, before: PersonFields) -> PersonFields:
        """The fields after it, in the form in which they are stored."""
        after = replace(before, **self.given)
        return replace(after, **{name: _STORED[name](getattr(after, name)) for name in _STORED.keys() & self.given})


@dataclass(frozen=True, slots=True, repr=False)
class PersonRecord:
    """A person as stored: personal fields sealed, spans as JSON. The repr shows nothing."""

    id: UUID
    version: int
    status: str
    sex: str
    birth_date: date
    ethnic_group: str | None
    died_on: date | None
    document_type: str | None
    name_sealed: bytes
    number_sealed: bytes | None
    phone_sealed: bytes | None
    address_sealed: bytes | None
    masked_sealed: bytes
    residence: list[dict[str, Any]]
    registration: list[dict[str, Any]]
    residence_area: str | None
    residence_until: date | None
    registration_area: str | None
    registration_until: date | None
    undocumented_reason: str | None = None
    undocumented_due_on: date | None = None
    merged_into: UUID | None = None
    erased_at: datetime | None = None
    village_names: list[str] = field(default_factory=list)
    masked: str | None = None
    """What `masked_sealed` holds, while it is at hand: of a person who has just been entered."""

    @property
    def areas(self) -> tuple[str | None, str | None]:
        """The areas by which the person is in a scope: the last residence and the last registered place."""
        return self.residence_area, self.registration_area

    @property
    def birth_month(self) -> str:
        """Year and month of birth: what of the birth date leaves the register."""
        return str(self.birth_date)[:7]

    @property
    def area(self) -> str | None:
        """The area that the access log names: the residence, else the registered place."""
        return self.residence_area or self.registration_area


@dataclass(frozen=True, slots=True)
class PersonChange:
    """A person before and after a change: a correction, or life events.

    `by`: the life event that was recorded; `without`: the one that was taken back.
    """

    before: PersonRecord
    after: PersonRecord
    by: UUID | None = None
    without: UUID | None = None


def spans_of(stored: list[dict[str, Any]]) -> tuple[Span, ...]:
    """Spans out of their JSON."""
    return tuple(Span.model_validate(span) for span in stored)


def check_new(person: NewPerson, *, today: date, path: str = "", checked: Document | None = None) -> str | None:
    """The canonical document number of a new person, None without a document.

    `checked`: the person's document, if it was checked on this day already.

    Raises `Invalid` with everything that is wrong, or `NumberDisagrees`.
    """
    errors = _check_fields(person.name, person.ethnic_group, person.phone, person.birth_date, today, path)
    if person.residence is None and (person.registration is None or not is_counted(person.registration.area)):
        errors.append(FieldError(f"{path}residence", "missing", "居住地或本县户籍地至少填写一项"))
    errors += check_kind(person.residence, person.registration, path)
    if person.entry is LifeEventKind.BIRTH and person.occurred_on != person.birth_date:
        errors.append(FieldError(f"{path}occurred_on", "birth_day", "出生登记的发生日期须为出生日期"))
    if person.delivery is not None and person.entry is not LifeEventKind.BIRTH:
        errors.append(FieldError(f"{path}delivery", "only_birth", "只有出生登记可填写分娩信息"))
    if person.document is None and person.undocumented is None and person.entry is not LifeEventKind.BIRTH:
        errors.append(FieldError(f"{path}document", "missing", "非出生登记须填写证件；无证件的，须说明原因和补办期限"))
    errors += check_undocumented(person.undocumented, person.document is not None, today, path)
    number = None
    if person.document is not None:
        checked = checked or check_document(person.document.type, person.document.number, on=today)
        number = _check_number(checked, person.sex, person.birth_date, path, errors)
    if errors:
        raise Invalid(errors=errors)
    return number


def replaced(before: PersonFields, after: PersonFields) -> Sequence[str]:
    """Fields of which another value, or none, takes the place of one. What was empty is filled in."""
    names = (one.name for one in fields(PersonFields))
    return [name for name in names if getattr(before, name) not in (None, getattr(after, name))]


def check_correction(before: PersonFields, after: PersonFields, *, today: date, path: str = "") -> PersonFields:
    """The fields after a correction, with the canonical number. What is not changed is not judged again.

    Raises `Invalid`, `NumberDisagrees`, or `NothingToCorrect` if nothing is changed.
    """

    def changed(name: str) -> Any:
        value = getattr(after, name)
        return value if value != getattr(before, name) else None

    errors = _check_fields(changed("name"), changed("ethnic_group"), changed("phone"), after.birth_date, today, path)
    errors += check_undocumented(changed("undocumented"), after.document is not None, today, path)
    if after.document is not None:
        checked = check_document(after.document.type, after.document.number, on=today)
        number = _check_number(checked, after.sex, after.birth_date, path, errors)
        after = replace(after, document=Identity(after.document.type, number))
    if errors:
        raise Invalid(errors=errors)
    if after == before:
        raise NothingToCorrect
    return after


def searched_number(document: Identity, *, today: date) -> str:
    """The canonical number of a search. Raises `Invalid` for what cannot be the number of such a document."""
    checked = check_document(document.type, document.number, on=today)
    if checked.problems:
        raise Invalid(errors=[FieldError("document_number", code, message(code)) for code in checked.problems])
    return checked.number


def _check_fields(
    name: str | None, ethnic_group: str | None, phone: str | None, birth_date: date, today: date, path: str
) -> list[FieldError]:
    errors: list[FieldError] = []
    if name is not None:
        errors += [FieldError(f"{path}name", code, MESSAGES[code]) for code in clean_name(name).problems]
    if ethnic_group is not None and ethnic_group not in ETHNIC_GROUPS:
        errors.append(FieldError(f"{path}ethnic_group", "code", "民族代码不存在"))
    if phone is not None and clean_phone(phone) is None:
        errors.append(FieldError(f"{path}phone", "phone", PHONE_MESSAGE))
    if birth_date > today:
        errors.append(FieldError(f"{path}birth_date", "future_date", "出生日期晚于今天"))
    return errors


def _check_number(checked: Document, sex: str, birth_date: date, path: str, errors: list[FieldError]) -> str:
    errors.extend(FieldError(f"{path}document.number", problem, message(problem)) for problem in checked.problems)
    if checked.valid and checked.sex is not None and (checked.sex, checked.birth_date) != (sex, birth_date):
        raise NumberDisagrees(
            errors=[
                FieldError(f"{path}{name}", "number_disagrees", NumberDisagrees.title)
                for name, given, read in (
                    ("sex", sex, checked.sex),
                    ("birth_date", birth_date, checked.birth_date),
                )
                if given != read
            ]
        )
    return checked.number


def tidied(person: NewPerson) -> NewPerson:
    """The person with name, phone and address in the form in which they are stored; what is wrong stays as it is."""
    changed = {
        name: stored
        for name, store in _STORED.items()
        if (stored := store(given := getattr(person, name))) is not given and stored != given
    }
    return replace(person, **changed) if changed else person


def _stored_phone(phone: str | None) -> str | None:
    return None if phone is None else clean_phone(phone) or phone


def _stored_text(text: str | None) -> str | None:
    """Composed (NFC) and trimmed; None for empty text."""
    return (unicodedata.normalize("NFC", text).strip() or None) if text is not None else None


_STORED: Mapping[str, Callable[[Any], Any]] = {
    "name": lambda name: clean_name(name).text,
    "phone": _stored_phone,
    "address": _stored_text,
}
"""The form in which fields are stored."""
