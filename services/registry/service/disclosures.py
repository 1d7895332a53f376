"""What is shown of a person: masked, or in full to those who may and say what for."""

from dataclasses import dataclass

from services.registry.domain.persons import PersonRecord
from shared.crypto.masking import mask_address, mask_document, mask_name, mask_number, mask_phone
from shared.crypto.service import Crypto
from shared.reference.documents import DocumentType

NAME, NUMBER, PHONE, ADDRESS = "person.name", "person.number", "person.phone", "person.address"
"""The fields' names under which they are sealed."""

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


def disclose(record: PersonRecord, crypto: Crypto, *, full: bool) -> Disclosed:
    """Open the sealed fields, and mask them unless `full`."""
    owner = record.id
    name = crypto.open(record.name_sealed, field=NAME, owner=owner)
    number = crypto.open(record.number_sealed, field=NUMBER, owner=owner) if record.number_sealed else None
    phone = crypto.open(record.phone_sealed, field=PHONE, owner=owner) if record.phone_sealed else None
    if full:
        address = crypto.open(record.address_sealed, field=ADDRESS, owner=owner) if record.address_sealed else None
        return Disclosed(record, name, number, phone, address, full)
    return Disclosed(
        record,
        mask_name(name),
        None if number is None else _masked_number(record, number),
        None if phone is None else mask_phone(phone),
        # The address itself is not even opened: what is shown of it are our own names of the areas.
        mask_address("*", village=record.village_names) if record.address_sealed else None,
        full,
    )


def _masked_number(record: PersonRecord, number: str) -> str:
    return mask_number(number) if record.document_type in PLAIN_NUMBERS else mask_document(number)
