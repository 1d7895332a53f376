"""Values of a correction (更正前后): as they are sealed, as they are carried out, and as they are shown."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from services.registry.persons.domain import (
    CorrectedField,
    Correction,
    Identity,
    NoDocument,
    PersonFields,
    Undocumented,
)
from services.registry.persons.service.disclosures import PLAIN_NUMBERS
from shared.crypto.masking import mask_address, mask_document, mask_name, mask_number, mask_phone
from shared.reference.documents import DocumentType

Values = Mapping[str, Any]
"""By the names of `PersonFields`, as JSON holds them."""


@dataclass(frozen=True, slots=True, repr=False)
class Difference:
    """What stands before and after a correction in one field, or in a `part` of it, as this caller is shown it.

    The repr shows nothing.
    """

    field: CorrectedField
    part: str | None
    before: str | None
    after: str | None


def changed(before: PersonFields, after: PersonFields) -> tuple[CorrectedField, ...]:
    """Fields of which the value is another one."""
    return tuple(name for name in CorrectedField if getattr(before, name) != getattr(after, name))


def values_of(fields: PersonFields, names: Collection[str]) -> bytes:
    """These fields as the JSON that is sealed."""
    return orjson.dumps({str(name): _plain(getattr(fields, name)) for name in names})


def correction_of(stored: str) -> Correction:
    """The correction that these values make."""
    return Correction({name: _value(name, value) for name, value in orjson.loads(stored).items()})


def differences(before: str, after: str, *, village: Sequence[str], full: bool) -> Sequence[Difference]:
    """Field by field; masked as every list masks them unless they are shown in full."""
    old, new = orjson.loads(before), orjson.loads(after)
    found: list[Difference] = []
    for name in CorrectedField:
        if name not in new:
            continue
        was, becomes = _shown(name, old[name], village, full), _shown(name, new[name], village, full)
        parts = dict.fromkeys([*was, *becomes])
        found += [Difference(name, part, was.get(part), becomes.get(part)) for part in parts]
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, Identity):
        return [str(value.type), value.number]
    if isinstance(value, Undocumented):
        return [str(value.reason), value.due_on.isoformat()]
    return value.isoformat() if isinstance(value, date) else value


def _value(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name == CorrectedField.DOCUMENT:
        return Identity(DocumentType(value[0]), value[1])
    if name == CorrectedField.UNDOCUMENTED:
        return Undocumented(NoDocument(value[0]), date.fromisoformat(value[1]))
    return date.fromisoformat(value) if name == CorrectedField.BIRTH_DATE else value


def _shown(name: CorrectedField, value: Any, village: Sequence[str], full: bool) -> Mapping[str | None, str]:
    """What is shown of a value, by part."""
    if value is None:
        return {}
    if name is CorrectedField.DOCUMENT:
        kind, number = value
        return {"type": kind, "number": number if full else _masked_number(kind, number)}
    if name is CorrectedField.UNDOCUMENTED:
        return {"reason": value[0], "due_on": value[1]}
    return {None: value if full else _masked(name, value, village)}


def _masked(name: CorrectedField, value: str, village: Sequence[str]) -> str:
    if name is CorrectedField.NAME:
        return mask_name(value)
    if name is CorrectedField.BIRTH_DATE:
        return value[:7]
    if name is CorrectedField.PHONE:
        return mask_phone(value)
    return mask_address("*", village=village) if name is CorrectedField.ADDRESS else value


def _masked_number(kind: str, number: str) -> str:
    return mask_number(number) if DocumentType(kind) in PLAIN_NUMBERS else mask_document(number)
