"""Persons in a case (当事人): the applicant, and who acts for or beside the applicant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain.codes import PartProof, PersonPart
from services.services_hall.cases.domain.refusals import ApplicantStands, GuardianNeeded, ProofNeeded
from shared.errors import FieldError, Invalid
from shared.reference.documents import DocumentType, check_document, message
from shared.reference.identity import completed_years
from shared.reference.names import MESSAGES as NAME_MESSAGES
from shared.reference.names import clean_name
from shared.reference.phones import MESSAGE as PHONE_MESSAGE
from shared.reference.phones import clean_phone

ADULT, SELF_SUPPORTING = 18, 16
"""Years: full age, and the age from which a minor who lives on own labour counts as of age (民法典 17, 18)."""
MOST_PERSONS = 30
ACTING = frozenset({PersonPart.AGENT, PersonPart.GUARDIAN})
"""Who acts for the applicant, and proves it."""


@dataclass(frozen=True, slots=True)
class TypedPerson:
    """Somebody typed at the counter. The repr shows nothing."""

    name: str = field(repr=False)
    document_type: DocumentType
    document_number: str = field(repr=False)
    phone: str | None = field(default=None, repr=False)

    def cleaned(self, path: str, on: date) -> dict[str, Any]:
        """The fields in canonical form, as an extract has them. Raises `Invalid` with the paths below `path`."""
        name, phone = clean_name(self.name), self.phone and clean_phone(self.phone)
        document = check_document(self.document_type, self.document_number, on=on)
        errors = [FieldError(f"{path}.name", str(one), NAME_MESSAGES[one]) for one in name.problems]
        errors += [FieldError(f"{path}.document_number", one, message(one)) for one in document.problems]
        if self.phone and not phone:
            errors.append(FieldError(f"{path}.phone", "phone", PHONE_MESSAGE))
        if errors:
            raise Invalid(errors=errors)
        return {
            "name": name.text,
            "document_type": str(self.document_type),
            "document_number": document.number,
            "phone": phone,
        }


@dataclass(frozen=True, slots=True)
class ShownPerson:
    """Somebody in a case as the caller may see it. `id`: null for the applicant; names are null once erased."""

    id: UUID | None
    capacity: str
    person_id: UUID | None
    proof: str | None
    consent: str | None
    name: str | None = field(repr=False)
    document_type: str | None
    document_number: str | None = field(repr=False)
    phone: str | None = field(repr=False)


def is_minor(fields: Mapping[str, Any], on: date, *, self_supporting: bool) -> bool:
    """Whether the law wants a guardian beside somebody, by the birth date that the document's number tells."""
    type_, number = fields.get("document_type"), fields.get("document_number")
    if type_ not in set(DocumentType) or not number:
        return False
    born = check_document(DocumentType(type_), number, on=on).birth_date
    if born is None:
        return False
    years = completed_years(born, on)
    return years < ADULT and not (self_supporting and years >= SELF_SUPPORTING)


def require_guardian(needed: bool, parties: Sequence[Mapping[str, Any]]) -> None:
    """Raises `GuardianNeeded` unless a guardian stands in the case of somebody who needs one."""
    if needed and not any(one["capacity"] == PersonPart.GUARDIAN for one in parties):
        raise GuardianNeeded


def require_proof(capacity: PersonPart, proof: PartProof | None) -> None:
    """Who acts for somebody proves it, and nobody else does. Raises `ProofNeeded`, `ApplicantStands`."""
    if capacity is PersonPart.APPLICANT:
        raise ApplicantStands.at("capacity")
    if (capacity in ACTING) != (proof is not None):
        raise ProofNeeded.at("proof")
