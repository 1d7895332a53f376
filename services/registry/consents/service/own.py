"""Consents of the person's own hand: by the own login, or at a counter by a proof, there for somebody's child too.

Giving and withdrawing take the same doors (个人信息保护法 15).
"""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.registry.bindings.service import OWN, Bindings
from services.registry.consents.domain import (
    ENDED,
    WITHDRAWN,
    ConsentFields,
    ConsentRecord,
    ConsentStep,
    ConsentTransitionError,
    GuardianOf,
    may_be_withdrawn_by,
    withdrawn_on,
)
from services.registry.consents.service.guardians import Guardians
from services.registry.consents.service.handling import ConsentHandling, How
from services.registry.persons.domain import PersonRecord, require_kept
from services.registry.persons.service.notes import note
from services.registry.proofs.domain import ProofRecord
from services.registry.proofs.service.proofs import SERVE, Proofs
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.registry.consents import ConsentGiver, ConsentPurpose, ConsentWay, ConsentWithdrawn
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext

MYSELF = GuardianOf(ConsentGiver.PERSON)


class OwnConsents:
    """Use cases of the person. Each is noted with the purpose `self`."""

    def __init__(self, context: UseCaseContext, bindings: Bindings, proofs: Proofs) -> None:
        self._clock = context.clock
        self._access = context.access
        self._bindings = bindings
        self._proofs = proofs
        self._handling = ConsentHandling(context)
        self._guardians = Guardians(context)
        self._consents = self._handling.consents

    async def own(self, principal: Principal) -> Sequence[ConsentRecord]:
        """What the caller has consented to, ever, the earliest first. Raises `AccountNotBound`, as all of these."""
        person = await self._mine(principal, "read_own_consents", Detail.FULL)
        return await self._consents.of(person.id)

    async def give(self, principal: Principal, fields: ConsentFields) -> ConsentRecord:
        """Consent by the own login, from today on. Raises as `ConsentHandling.give`."""
        mine = await self._mine(principal, "give_own_consent", Detail.WRITE)
        person = await self._handling.persons.locked(mine.id) or mine
        how = How(principal.subject, ConsentWay.OWN)
        return await self._handling.give(person, fields, MYSELF, how, given_on=today(self._clock))

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen) -> ConsentRecord:
        """Withdraw by the own login, from today on, whoever has entered it.

        Raises `NotFound`, `VersionMismatch`, `ConsentTransitionError`.
        """
        mine = await self._mine(principal, "withdraw_own_consent", Detail.WRITE)
        mine = await self._handling.persons.locked(mine.id) or mine
        found = await self._consents.get(id)
        if found is None or found.person_id != mine.id:
            raise NotFound(id)
        require_version(found, expected)
        return await self._withdrawn(found, mine, How(principal.subject, ConsentWay.OWN))

    async def give_by_proof(
        self, principal: Principal, proof_id: UUID, fields: ConsentFields, ward: GuardianOf
    ) -> ConsentRecord:
        """Enter what somebody at the counter consents to; `ward`: for whom, if it is not the own consent.

        Raises as `Proofs.serve`, `NotFound` unless the register knows that person's guardian at the counter, and as
        `ConsentHandling.give`.
        """
        proof, served = await self._proofs.serve(principal, proof_id, "give_consent_by_proof", Detail.WRITE)
        person, guardian = await self._for_whom(principal, proof, served, ward, "give_consent_by_proof")
        how = How(principal.subject, ConsentWay.COUNTER, proof_id=proof.id)
        return await self._handling.give(person, fields, guardian, how, given_on=today(self._clock))

    async def withdraw_by_proof(
        self, principal: Principal, proof_id: UUID, purpose: ConsentPurpose, ward: GuardianOf
    ) -> ConsentRecord:
        """Withdraw what holds for a purpose, for who stands at the counter or for whom that one is the guardian.

        What somebody gave alone no parent withdraws, nor learns of. Raises as `give_by_proof`, and
        `ConsentTransitionError` if nothing holds.
        """
        proof, served = await self._proofs.serve(principal, proof_id, "withdraw_consent_by_proof", Detail.WRITE)
        person, _ = await self._for_whom(principal, proof, served, ward, "withdraw_consent_by_proof")
        day = today(self._clock)
        theirs = [one for one in await self._consents.of(person.id) if may_be_withdrawn_by(ward.giver, one.giver)]
        mine = [one for one in theirs if one.purpose == purpose and (one.holds(day) or one.status == ENDED)]
        if not mine:
            raise ConsentTransitionError(person.id)
        last = max(mine, key=lambda one: (one.holds(day), one.given_on))
        return await self._withdrawn(last, person, How(principal.subject, ConsentWay.COUNTER, proof_id=proof.id))

    async def _withdrawn(self, found: ConsentRecord, person: PersonRecord, how: How) -> ConsentRecord:
        day = withdrawn_on(found, today(self._clock))
        changes = {"status": str(WITHDRAWN), "ended_on": day, "ended_by": None}
        return await self._handling.move(
            found, person, ConsentStep.WITHDRAWN, ConsentWithdrawn, how, found.version, **changes
        )

    async def _for_whom(
        self, principal: Principal, proof: ProofRecord, served: PersonRecord, ward: GuardianOf, action: str
    ) -> tuple[PersonRecord, GuardianOf]:
        """Whose consent it is, locked, and by whom. Nobody learns of an id whether there is somebody."""
        if ward.person_id is None:
            return await self._handling.persons.locked(served.id) or served, MYSELF
        person = await self._handling.persons.locked(ward.person_id)
        on = today(self._clock)
        basis = None if person is None else await self._guardians.basis(person, served, ward.giver, on=on)
        if person is None or basis is None:
            raise NotFound.at("ward.person_id", subject=ward.person_id)
        require_kept(person)
        self._access.note(
            principal,
            action=action,
            noun="registry.person",
            object_id=person.id,
            area=proof.place,
            purpose=proof.purpose,
            detail=Detail.WRITE,
            role=principal.role_in(SERVE, proof.place),
        )
        return person, replace(ward, person_id=served.id, basis=basis)

    async def _mine(self, principal: Principal, action: str, detail: Detail) -> PersonRecord:
        person = await self._bindings.person(principal)
        note(self._access, principal, action, person, OWN, detail, purpose=Purpose.SELF)
        return person
