"""Use cases of own data (本人信息, 个人信息保护法 44-46): by the own login, or at a counter by a proof.

Whose data it is follows from the login or the proof and is never asked for: nobody else can be named.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.registry.accesses.repository import AccessRecord, AccessRepository
from services.registry.accesses.service import untold
from services.registry.bindings.service import OWN, Bindings
from services.registry.corrections.domain import CorrectionReason
from services.registry.corrections.repository import CorrectionRepository
from services.registry.corrections.service.corrections import Corrections
from services.registry.corrections.service.reads import ShownCorrection, show
from services.registry.own_data.domain import CopyRecord
from services.registry.own_data.repository import OwnDataRepository
from services.registry.own_data.service.gathering import OwnDataGathering
from services.registry.own_data.service.showing import MadeCopy, OwnData
from services.registry.persons.domain import Correction, PersonRecord
from services.registry.persons.service.notes import note
from services.registry.proofs.domain import ProofRecord
from services.registry.proofs.service.proofs import SERVE, Proofs
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.db.compare_and_set import Seen
from shared.files.service import Files
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

Place = tuple[datetime, str, int, int] | None
"""Where a page of the access log begins."""
Look = AccessRecord
"""One look at a person, as the access log keeps it."""


class OwnDataUse:
    """Use cases of own data. Each look and each change is noted with the purpose `self`."""

    def __init__(self, context: UseCaseContext, bindings: Bindings, proofs: Proofs, corrections: Corrections) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._bindings = bindings
        self._proofs = proofs
        self._requests = corrections
        self._gathering = OwnDataGathering(context)
        self._own = OwnDataRepository(context.session)
        self._accesses = AccessRepository(context.session)
        self._corrections = CorrectionRepository(context.session)

    async def read(self, principal: Principal) -> OwnData:
        """What is kept about the caller, in full. Raises `AccountNotBound`, as all of these."""
        return await self._gathering.of(await self._mine(principal, "read_own", Detail.FULL))

    async def accesses(self, principal: Principal, *, after: Place, limit: int) -> Sequence[Look]:
        """Who looked at the caller, the newest first: not by name; of any tag told as of any."""
        person = await self._mine(principal, "read_own_accesses", Detail.MASKED)
        return await self._looks(person, after, limit)

    async def copy(self, principal: Principal) -> MadeCopy:
        """A copy to take away; that it was taken is kept."""
        person = await self._mine(principal, "copy_own", Detail.FULL)
        return await self._copied(principal, person, principal.role_in(OWN, None), None)

    async def copies(self, principal: Principal, *, after: UUID | None, limit: int) -> Sequence[CopyRecord]:
        """Copies that the caller has been given, the newest first."""
        person = await self._mine(principal, "read_own_copies", Detail.EXISTENCE)
        return await self._own.page(person.id, after=after, limit=limit + 1)

    async def request_correction(
        self,
        principal: Principal,
        expected: Seen,
        correction: Correction,
        *,
        reason: CorrectionReason,
        remark: str | None,
        evidence: Collection[UUID],
        files: Files,
    ) -> ShownCorrection:
        """Ask for a correction of what is kept about the caller. Raises as `Corrections.request_own`."""
        person = await self._mine(principal, "request_own_correction", Detail.WRITE)
        made = await self._requests.request_own(
            principal, person.id, expected, correction, reason=reason, remark=remark, evidence=evidence, files=files
        )
        return show(self._crypto, made.record, person, full=True)

    async def corrections(self, principal: Principal, *, after: UUID | None, limit: int) -> Sequence[ShownCorrection]:
        """Corrections that were asked for of the caller, by anybody, the newest first, in full."""
        person = await self._mine(principal, "read_own_corrections", Detail.FULL)
        found = await self._corrections.of_person(person.id, after=after, limit=limit + 1)
        return [show(self._crypto, one, person, full=True) for one in found]

    async def withdraw_correction(self, principal: Principal, id: UUID, *, expected: Seen) -> ShownCorrection:
        """Take back what the caller has asked for. Raises `NotFound`, `CorrectionDecided`."""
        person = await self._mine(principal, "withdraw_own_correction", Detail.WRITE)
        withdrawn = await self._requests.withdraw_own(principal, id, person.id, expected=expected)
        return show(self._crypto, withdrawn.record, person, full=True)

    async def copy_by_proof(self, principal: Principal, proof_id: UUID) -> MadeCopy:
        """A copy for who stands at the counter. Raises as `Proofs.serve`, as all of these."""
        proof, person = await self._proofs.serve(principal, proof_id, "copy_by_proof", Detail.FULL)
        return await self._copied(principal, person, principal.role_in(SERVE, proof.place), proof)

    async def accesses_by_proof(
        self, principal: Principal, proof_id: UUID, *, after: Place, limit: int
    ) -> Sequence[Look]:
        """Who looked at the person at the counter, as the person would be told."""
        _, person = await self._proofs.serve(principal, proof_id, "read_accesses_by_proof", Detail.MASKED)
        return await self._looks(person, after, limit)

    async def request_correction_by_proof(
        self,
        principal: Principal,
        proof_id: UUID,
        expected: Seen,
        correction: Correction,
        *,
        reason: CorrectionReason,
        remark: str | None,
        evidence: Collection[UUID],
        files: Files,
    ) -> ShownCorrection:
        """Ask for a correction in the name of who stands at the counter; the clerk approves no step of it."""
        _, person = await self._proofs.serve(principal, proof_id, "request_correction_by_proof", Detail.WRITE)
        return await self._requests.request_own(
            principal, person.id, expected, correction, reason=reason, remark=remark, evidence=evidence, files=files
        )

    async def _mine(self, principal: Principal, action: str, detail: Detail) -> PersonRecord:
        person = await self._bindings.person(principal)
        note(self._access, principal, action, person, OWN, detail, purpose=Purpose.SELF)
        return person

    async def _looks(self, person: PersonRecord, after: Place, limit: int) -> Sequence[Look]:
        found = await self._accesses.page(person.id, without=(), after=after, limit=limit + 1)
        return [untold(one) for one in found]

    async def _copied(
        self, principal: Principal, person: PersonRecord, role: str | None, proof: ProofRecord | None
    ) -> MadeCopy:
        made = CopyRecord(
            id=new_id(),
            person_id=person.id,
            made_at=self._clock.now(),
            made_by=principal.subject,
            role=role,
            place=None if proof is None else proof.place,
            proof_id=None if proof is None else proof.id,
        )
        self._own.add(made)
        return MadeCopy(made, await self._gathering.of(person))
