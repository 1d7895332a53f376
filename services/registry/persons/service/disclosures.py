"""Disclosure of a person: masked, or in full for those who may see it and state a purpose."""

from dataclasses import dataclass

import orjson

from services.registry.persons.domain import PersonRecord
from shared.crypto.masking import mask_address, mask_document, mask_name, mask_number, mask_phone
from shared.crypto.service import Crypto
from shared.reference.documents import DocumentType

NAME, NUMBER, PHONE, ADDRESS = "person.name", "person.number", "person.phone", "person.address"
MASKED = "person.masked"
"""Names under which the fields are sealed (associated data of the encryption)."""

PLAIN_NUMBERS = frozenset({DocumentType.CITIZEN_ID, DocumentType.RESIDENCE_PERMIT, DocumentType.FOREIGN_PERMANENT})


@dataclass(frozen=True, slots=True, repr=False)
class Disclosed:
    """A person with the personal fields as they are shown to this caller. The repr shows nothing."""

    record: PersonRecord
    name: str
    number: str | None
    phone: str | None
    address: str | None
    full: bool

    def field(self, name: str) -> str | None:
        """A field by its name, as it is shown: a personal one of this, any other of the record."""
        value: str | None = getattr(self if name in _SHOWN else self.record, name)
        return value


_SHOWN = frozenset({"name", "number", "phone", "address"})


def masked(name: str, number: str | None, phone: str | None, document_type: str | None) -> str:
    """Name, number and phone masked, as the JSON that is sealed into `masked_sealed`."""
    hidden = None
    if number is not None:
        hidden = mask_number(number) if document_type in PLAIN_NUMBERS else mask_document(number)
    return orjson.dumps([mask_name(name), hidden, None if phone is None else mask_phone(phone)]).decode()


def disclose(record: PersonRecord, crypto: Crypto, *, full: bool) -> Disclosed:
    """A person in full, or masked: then the fields themselves are not even opened, the masked ones are."""
    if full:
        return Disclosed(record, *open_fields(record, crypto), full)
    shown = record.masked or crypto.open(record.masked_sealed, field=MASKED, owner=record.id)
    name, number, phone = orjson.loads(shown)
    # What is shown of an address are our own names of the areas.
    address = mask_address("*", village=record.village_names) if record.address_sealed else None
    return Disclosed(record, name, number, phone, address, full)


def open_fields(record: PersonRecord, crypto: Crypto) -> tuple[str, str | None, str | None, str | None]:
    """Name, number, phone and address as they are."""

    def opened(sealed: bytes | None, field: str) -> str | None:
        return crypto.open(sealed, field=field, owner=record.id) if sealed else None

    return (
        crypto.open(record.name_sealed, field=NAME, owner=record.id),
        opened(record.number_sealed, NUMBER),
        opened(record.phone_sealed, PHONE),
        opened(record.address_sealed, ADDRESS),
    )
