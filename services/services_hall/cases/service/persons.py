"""Persons in a case (当事人): who acts for or beside the applicant, and reading who they are, masked or in full."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain.codes import PartProof, PersonPart
from services.services_hall.cases.domain.lifecycle import CaseAction
from services.services_hall.cases.domain.persons import (
    MOST_PERSONS,
    ShownPerson,
    TypedPerson,
    require_proof,
)
from services.services_hall.cases.domain.refusals import CaseHeldElsewhere, PersonsTooMany
from services.services_hall.cases.models import Case, CaseParty
from services.services_hall.cases.repository import CaseRepository
from services.services_hall.cases.service.digests import digests_of
from services.services_hall.cases.service.extracts import Identification
from services.services_hall.cases.service.moving import CaseMoving
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.contracts.services_hall.case_steps import CaseRevised
from shared.crypto.extracts import ExtractReader
from shared.crypto.masking import mask_document, mask_name, mask_number, mask_phone
from shared.db.compare_and_set import Seen
from shared.errors import NotFound, PurposeRequired
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.documents import FAMILIES

PERSONAL = "case.personal"
NOTHING = dict.fromkeys(("name", "document_type", "document_number", "phone"))


@dataclass(frozen=True, slots=True)
class NewPerson:
    """Somebody who comes into a case, by an extract or typed."""

    capacity: PersonPart
    proof: PartProof | None = None
    extract: str | None = None
    typed: TypedPerson | None = None


class CasePersons:
    """Use cases of who stands in a case."""

    def __init__(self, context: UseCaseContext, extracts: ExtractReader | None) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._identification = Identification(context, extracts)
        self._moving = CaseMoving(context)
        self._cases = CaseRepository(context.session)

    async def add(self, principal: Principal, id: UUID, new: NewPerson, *, expected: Seen = None) -> Case:
        """添加当事人. Raises as the steps of `CaseHandling`, `ProofNeeded`, `PersonsTooMany`, and as
        `Identification.identify`.
        """
        case = await self._moving.begin(principal, id, CaseAction.ADD_PERSON, expected)
        require_proof(new.capacity, new.proof)
        if len(case.parties) >= MOST_PERSONS:
            raise PersonsTooMany(id)
        who = await self._identification.identify(new.extract, new.typed, case.area, "person")
        party = CaseParty(id=new_id(), case_id=id, person_id=who.person_id, extract_id=who.extract_id, snapshot=b"")
        snapshot = json.dumps(who.fields, ensure_ascii=False)
        party.snapshot = self._crypto.seal(snapshot, field="case_parties.snapshot", owner=party.id)
        self._cases.add(party)
        digests = digests_of(self._crypto, who.fields, holder=party.id, case_id=id, person_id=who.person_id)
        await self._cases.add_digests(digests)
        line = {"id": str(party.id), "capacity": str(new.capacity), "proof": new.proof and str(new.proof)}
        self._note(principal, "add_person", case, party.person_id, Detail.WRITE, "case.submit")
        given = {"parties": [*case.parties, line]}
        return await self._moving.move(principal.subject, case, CaseAction.ADD_PERSON, CaseRevised, given)

    async def remove(self, principal: Principal, id: UUID, party: UUID, *, expected: Seen = None) -> Case:
        """移除当事人: what is sealed of somebody stays for an undo, until it is erased (decision 80).

        Raises `NotFound` for who is not in it.
        """
        case = await self._moving.begin(principal, id, CaseAction.REMOVE_PERSON, expected)
        left = [one for one in case.parties if one["id"] != str(party)]
        if len(left) == len(case.parties):
            raise NotFound(party)
        await self._cases.set_removed([party], self._clock.now())
        given = {"parties": left}
        return await self._moving.move(principal.subject, case, CaseAction.REMOVE_PERSON, CaseRevised, given)

    async def read(self, principal: Principal, id: UUID, *, full: bool, purpose: Purpose | None) -> list[ShownPerson]:
        """Who stands in a case, the applicant first; the look is noted, of each of them.

        In full for a purpose, by who handles it where its file lies. Raises `NotFound`, `PurposeRequired`,
        `CaseHeldElsewhere`.
        """
        case = await self._cases.get(id)
        if case is None or not await self._cases.is_reached(id, principal.department_scope("case.read")):
            raise NotFound(id)
        if full:
            if purpose is None:
                raise PurposeRequired.at("query.purpose", subject=id)
            scope = principal.department_scope(PERSONAL)
            if not (scope.allows(*case.place) or scope.allows(case.area, case.department)):
                raise CaseHeldElsewhere(id)
        rows = {row.id: row for row in await self._cases.parties([UUID(one["id"]) for one in case.parties])}
        applicant = await self._cases.applicant(id)
        assert applicant is not None, "every case has one"
        opened = self._opened(applicant.snapshot, "applicants.snapshot", id)
        shown = [_shown(None, PersonPart.APPLICANT, case.person_id, None, applicant.consent, opened, full=full)]
        for line in case.parties:
            row = rows[UUID(line["id"])]
            opened = self._opened(row.snapshot, "case_parties.snapshot", row.id)
            shown.append(_shown(row.id, line["capacity"], row.person_id, line["proof"], None, opened, full=full))
        detail, permission = (Detail.FULL, PERSONAL) if full else (Detail.MASKED, "case.read")
        for one in shown:
            self._note(principal, "read_persons", case, one.person_id, detail, permission, purpose)
        return shown

    def _opened(self, snapshot: bytes, field: str, owner: UUID) -> dict[str, Any]:
        """What was sealed; nothing once it was erased."""
        if not snapshot:
            return dict(NOTHING)
        found: dict[str, Any] = json.loads(self._crypto.open(snapshot, field=field, owner=owner))
        return found

    def _note(
        self,
        principal: Principal,
        action: str,
        case: Case,
        person: UUID | None,
        detail: Detail,
        permission: str,
        purpose: Purpose | None = None,
    ) -> None:
        area, department = case.place
        self._access.note(
            principal,
            action=action,
            noun="services_hall.case" if person is None else "registry.person",
            object_id=person or case.id,
            area=area,
            purpose=purpose or Purpose.CASE_HANDLING,
            detail=detail,
            role=principal.role_in(permission, area, department)
            or principal.role_in(permission, case.area, case.department),
        )


def _shown(
    id: UUID | None,
    capacity: str,
    person_id: UUID | None,
    proof: str | None,
    consent: str | None,
    fields: dict[str, Any],
    *,
    full: bool,
) -> ShownPerson:
    name, number, phone = fields["name"], fields["document_number"], fields.get("phone")
    type_ = fields["document_type"]
    if not full:
        mask = mask_number if type_ in FAMILIES else mask_document
        name, number, phone = name and mask_name(name), number and mask(number), phone and mask_phone(phone)
    return ShownPerson(id, capacity, person_id, proof, consent, name, type_, number, phone)
