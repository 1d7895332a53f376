"""Use cases of proofs (本人核验): a counter is shown, and may seal, what one purpose needs of who stands before it.

A try is answered the same for nobody, for somebody with another phone or code, and for somebody who has been tried too
often. Whoever has the number sees each try at home.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest
from uuid import UUID

from services.registry.extracts.service import Audience, Extracts, require_extract
from services.registry.persons.domain import PersonRecord, searched_number
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import PHONE, Disclosed, disclose
from services.registry.persons.service.notes import note, note_nothing
from services.registry.proofs.domain import (
    CODE_DIGITS,
    TRIES,
    VALID,
    WITHIN,
    GivenProof,
    ProofCodeByCounter,
    ProofDecided,
    ProofForOther,
    ProofMeans,
    ProofOver,
    ProofRecord,
    ProofSide,
    ProofStatus,
    require_transition,
    serves_whom,
)
from services.registry.proofs.repository import ProofRepository
from services.registry.transfers.repository import TransferRepository
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.principal import Principal
from shared.clock import today
from shared.crypto.extracts import SealedExtract
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.phones import clean_phone

SERVE, READ = "person.extract", "person.read"
CODE = "proof.code"


@dataclass(frozen=True, slots=True, repr=False)
class ShownProof:
    """A proof as one caller is shown it: `person` to whoever opened it while it serves, and at home."""

    record: ProofRecord
    person: Disclosed | None


@dataclass(frozen=True, slots=True, repr=False)
class IssuedCode:
    """A code for one resident. The repr shows nothing."""

    code: str
    expires_at: datetime


class Proofs:
    """Use cases of proofs."""

    def __init__(self, context: UseCaseContext, extracts: Extracts) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._proofs = ProofRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._numbers = TransferRepository(context.session)
        self._extracts = extracts

    async def open(self, principal: Principal, given: GivenProof) -> ShownProof:
        """Try a proof at a counter: open for some minutes, or failed, which says nothing of whose number it is.

        Raises `NotFound` for a place outside the caller's scope, `Invalid` for a purpose or number that is none.
        """
        principal.scope(SERVE).require(given.place)
        if given.purpose is not Purpose.SELF:
            require_extract(Audience.SERVICES_HALL, given.purpose)
        now, proof_id = self._clock.now(), new_id()
        number = searched_number(given.document, today=today(self._clock))
        keys = self._crypto.blind(given.document.type, number)
        holder = await self._numbers.holder_of(str(given.document.type), keys)
        nobody = proof_id  # asked for as well, so that the statements are the same
        person = await self._persons.get(holder or nobody)
        await self._proofs.hold(holder or nobody)
        tries = await self._proofs.failures(holder or nobody, now - WITHIN)
        right, code_by = await self._is_right(given, holder or nobody, person)
        proven = right and serves_whom(given.purpose, person) and tries < TRIES
        proof = ProofRecord(
            id=proof_id,
            version=1,
            status=str(ProofStatus.OPEN if proven else ProofStatus.FAILED),
            place=given.place,
            purpose=str(given.purpose),
            means=str(given.means),
            person_id=holder,
            opened_by=principal.subject,
            opened_at=now,
            expires_at=now + VALID,
            closed_by=None,
            closed_at=None,
            uses=0,
            code_by=code_by,
        )
        self._proofs.add(proof)
        self._note(principal, "open_proof", proof, Detail.MASKED if proven else Detail.EXISTENCE, refused=not proven)
        return ShownProof(proof, disclose(person, self._crypto, full=False) if proven and person else None)

    async def read(self, principal: Principal, id: UUID) -> ShownProof:
        """One proof, for the counter or for those who look after the person. Raises `NotFound`."""
        found, _ = await self._visible(principal, id)
        return (await self._shown(principal, [found], "read_proof"))[0]

    async def page(
        self, principal: Principal, area: str, side: ProofSide, *, after: UUID | None, limit: int
    ) -> Sequence[ShownProof]:
        """Proofs at the counters of an area, or of its persons, the newest first.

        One more than `limit`, if there is one: it is not shown, and nobody in it is noted.
        """
        found = await self._proofs.page(principal.scope(SERVE, within=area), side, after=after, limit=limit + 1)
        shown = await self._shown(principal, found[:limit], "list_proofs")
        return [*shown, *(ShownProof(one, None) for one in found[limit:])]

    async def count(self, principal: Principal, area: str, side: ProofSide) -> int:
        """How many `page` gives in all."""
        return await self._proofs.count(principal.scope(SERVE, within=area), side)

    async def extract(self, principal: Principal, id: UUID) -> SealedExtract:
        """Seal for the hall what the purpose needs of who has proven themselves, for the counter of the proof.

        Raises `NotFound` for anybody but who opened it, and `ProofOver`.
        """
        found, person = await self._used(principal, id)
        self._note(principal, "extract_by_proof", found, Detail.FULL)
        return self._extracts.seal(person, Audience.SERVICES_HALL, Purpose(found.purpose), found.place)

    async def serve(
        self, principal: Principal, id: UUID, action: str, detail: Detail
    ) -> tuple[ProofRecord, PersonRecord]:
        """Who stands at the counter and asks for what is kept about themselves; noted as the action.

        Raises `NotFound` for anybody but who opened it, `ProofOver`, `ProofForOther`, `ProofCodeByCounter`.
        """
        found, person = await self._used(principal, id)
        if found.purpose != Purpose.SELF:
            raise ProofForOther(id)
        if found.code_by == principal.subject:
            raise ProofCodeByCounter(id)
        self._note(principal, action, found, detail)
        return found, person

    async def require_serving(self, id: UUID) -> None:
        """Judge an answer that was given by a proof before. Raises `ProofOver` unless it serves still."""
        found = await self._proofs.get(id)
        if found is None or not found.serves(self._clock.now()):
            raise ProofOver(id)

    async def _used(self, principal: Principal, id: UUID) -> tuple[ProofRecord, PersonRecord]:
        """A proof that serves its counter once more, and its person."""
        found = await self._proofs.get(id)
        if found is None or found.opened_by != principal.subject or not principal.scope(SERVE).allows(found.place):
            raise NotFound(id)
        if found.person_id is None or not found.serves(self._clock.now()):
            raise ProofOver(id)
        person = await self._persons.get(found.person_id)
        if person is None or not serves_whom(Purpose(found.purpose), person):
            raise ProofOver(id)
        if not await self._proofs.used(id, self._clock.now()):
            raise ProofOver(id)
        return found, person

    async def close(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownProof:
        """End an open proof: by the counter, or at home. Raises `NotFound`, `ProofDecided`."""
        found, _ = await self._visible(principal, id)
        require_version(found, expected)
        require_transition(found.status, ProofStatus.CLOSED)
        closed = await self._proofs.move(
            found, ProofStatus.CLOSED, closed_by=principal.subject, closed_at=self._clock.now()
        )
        if closed is None:
            raise ProofDecided(id)
        self._note(principal, "close_proof", closed, Detail.EXISTENCE)
        return (await self._shown(principal, [closed], "read_proof"))[0]

    async def issue_code(self, principal: Principal, person_id: UUID) -> IssuedCode:
        """A code for a resident, who tells it at a counter; the one of before serves no longer. Raises `NotFound`."""
        person = await self._persons.get(person_id)
        if person is None or not principal.scope(SERVE).allows_any(*person.areas):
            note_nothing(self._access, principal, "issue_proof_code", person_id)
            raise NotFound(person_id)
        note(self._access, principal, "issue_proof_code", person, SERVE, Detail.EXISTENCE)
        await self._proofs.hold(person_id)
        code, now = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}", self._clock.now()
        await self._proofs.issue(
            new_id(),
            person_id,
            self._crypto.blind(CODE, code)[0],
            by=principal.subject,
            now=now,
            expires_at=now + VALID,
        )
        return IssuedCode(code, now + VALID)

    async def _is_right(
        self, given: GivenProof, person_id: UUID, person: PersonRecord | None
    ) -> tuple[bool, str | None]:
        """Whether the fact is the person's, and who gave out the code if it is one."""
        if given.means is ProofMeans.CODE:
            by = await self._proofs.spend(person_id, self._crypto.blind(CODE, given.fact), self._clock.now())
            return by is not None, by
        said = clean_phone(given.fact)
        if person is None or person.phone_sealed is None or said is None:
            return False, None
        kept = self._crypto.open(person.phone_sealed, field=PHONE, owner=person.id)
        return compare_digest(kept.encode(), said.encode()), None

    async def _visible(self, principal: Principal, id: UUID) -> tuple[ProofRecord, bool]:
        """A proof of the caller's counters, or of a person in the caller's areas; whether it is the latter."""
        found = await self._proofs.get(id)
        if found is None:
            raise NotFound(id)
        scope = principal.scope(SERVE)
        person = await self._persons.get(found.person_id or found.id)
        home = person is not None and scope.allows_any(*person.areas)
        if not home and not scope.allows(found.place):
            raise NotFound(id)
        return found, home

    async def _shown(self, principal: Principal, found: Sequence[ProofRecord], action: str) -> Sequence[ShownProof]:
        """With the person, masked: to whoever looks at that person anyway, and to who opened it while it serves."""
        now, scope = self._clock.now(), principal.scope(READ)
        people = {one.id: one for one in await self._persons.visible({one.person_id or one.id for one in found}, scope)}
        shown = list[ShownProof]()
        for one in found:
            person = people.get(one.person_id or one.id)
            if person is None and one.opened_by == principal.subject and one.serves(now) and one.person_id is not None:
                person = await self._persons.get(one.person_id)
            if person is not None:
                self._note(principal, action, one, Detail.MASKED)
            shown.append(ShownProof(one, disclose(person, self._crypto, full=False) if person else None))
        return shown

    def _note(
        self, principal: Principal, action: str, proof: ProofRecord, detail: Detail, *, refused: bool = False
    ) -> None:
        """A line at the person, in the place of the counter; of a number that nobody has it stands at nobody."""
        self._access.note(
            principal,
            action=action,
            noun="registry.person",
            object_id=proof.person_id,
            area=proof.place,
            purpose=proof.purpose,
            detail=detail,
            result=Result.REFUSED if refused else Result.OK,
            role=principal.role_in(SERVE, proof.place),
        )
