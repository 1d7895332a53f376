"""Use cases of erasures (清除): ask, decide by somebody else of the county, refuse, withdraw."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.registry.bindings.repository import BindingRepository
from services.registry.bindings.service import OWN, Bindings
from services.registry.erasures.domain import (
    HERE,
    SERVICES,
    AnswerRecord,
    ErasureDecided,
    ErasureFourEyes,
    ErasureGround,
    ErasureOrigin,
    ErasureRecord,
    ErasureRefusal,
    require_lawful,
    require_not_own_wish,
    require_transition,
)
from services.registry.erasures.repository.erasures import ErasureRepository
from services.registry.erasures.service.erasing import RegisterErasing
from services.registry.erasures.service.reads import REQUEST, ShownErasure
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.merged import stood_as
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import disclose
from services.registry.persons.service.notes import note, note_nothing
from services.registry.proofs.service.proofs import Proofs
from services.registry.retentions.service import register_retentions
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.envelope import Fact
from shared.contracts.registry.erasures import (
    ErasureOrdered,
    ErasureRefused,
    ErasureRequested,
    ErasureState,
    ErasureStatus,
    ErasureWithdrawn,
)
from shared.db.compare_and_set import Seen, require_version
from shared.errors import Forbidden, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS

DECIDE = "erasure.decide"


class Erasures:
    """Use cases of erasures. The person is locked before anything is decided."""

    def __init__(self, context: UseCaseContext, erasing: RegisterErasing, bindings: Bindings, proofs: Proofs) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._outbox = context.outbox
        self._erasing = erasing
        self._bindings = bindings
        self._proofs = proofs
        self._session = context.session
        self._logins = BindingRepository(context.session)
        self._erasures = ErasureRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._rules = register_retentions(context)

    async def request(self, principal: Principal, person_id: UUID, ground: ErasureGround) -> ShownErasure:
        """Ask for it, as an officer. Raises `NotFound`, what of `LAW` keeps the person, `ErasurePending`."""
        person = await self._persons.locked(person_id)
        if person is None or not principal.scope(REQUEST).allows_any(*person.areas):
            note_nothing(self._access, principal, "request_erasure", person_id)
            raise NotFound(person_id)
        note(self._access, principal, "request_erasure", person, REQUEST, Detail.WRITE)
        return await self._requested(principal, person, ground, ErasureOrigin.OFFICER)

    async def request_own(self, principal: Principal, ground: ErasureGround) -> ShownErasure:
        """Ask for it by the own login. Raises `AccountNotBound`, and as `request`."""
        mine = await self._mine(principal, "request_own_erasure", Detail.WRITE)
        person = await self._persons.locked(mine.id) or mine
        return await self._requested(principal, person, ground, ErasureOrigin.OWN)

    async def request_by_proof(self, principal: Principal, proof_id: UUID, ground: ErasureGround) -> ShownErasure:
        """Ask for it in the name of who stands at the counter. Raises as `Proofs.serve`, and as `request`."""
        _, served = await self._proofs.serve(principal, proof_id, "request_erasure_by_proof", Detail.WRITE)
        person = await self._persons.locked(served.id) or served
        return await self._requested(principal, person, ground, ErasureOrigin.COUNTER)

    async def own(self, principal: Principal, *, after: UUID | None, limit: int) -> Sequence[ErasureRecord]:
        """What was asked for of the caller, by anybody, the newest first."""
        person = await self._mine(principal, "read_own_erasures", Detail.EXISTENCE)
        return await self._erasures.of_person(person.id, after=after, limit=limit + 1)

    async def withdraw_own(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ErasureRecord:
        """Take back what the caller has asked for. Raises `NotFound`, `ErasureDecided`."""
        person = await self._mine(principal, "withdraw_own_erasure", Detail.WRITE)
        found = await self._erasures.locked(id)
        mine = await stood_as(self._session, [person.id])
        if found is None or found.person_id not in mine or found.requested_by != principal.subject:
            raise NotFound(id)
        require_version(found, expected)
        return await self._decided(principal, found, ErasureStatus.WITHDRAWN, ErasureWithdrawn)

    async def order(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownErasure:
        """Decide that it is carried out: the register erases at once, the others when they hear of it.

        Raises `NotFound`, `Forbidden` below the county, `ErasureDecided`, `ErasureFourEyes`, what of `LAW` keeps the
        person by now.
        """
        found, person = await self._asked_for(principal, id, "order_erasure", DECIDE, expected)
        await self._require_decider(principal, found, person, ErasureStatus.ORDERED)
        people = await self._erasing.locked(person.id)
        person = people[person.id]
        await self._require_lawful(person)
        counts = await self._erasing.erase(list(people.values()), principal.subject)
        assert counts is not None, "the law keeps nobody of them"
        ordered = await self._decided(
            principal, found, ErasureStatus.ORDERED, ErasureOrdered, persons=sorted(people, key=str)
        )
        now = self._clock.now()
        await self._erasures.ask(id, SERVICES, now)
        await self._erasures.answer(AnswerRecord(id, HERE, now, now, counts))
        return await self._shown(ordered)

    async def refuse(
        self, principal: Principal, id: UUID, reason: ErasureRefusal, *, expected: Seen = None
    ) -> ShownErasure:
        """Decide that the values are kept. Raises `NotFound`, `Forbidden`, `ErasureDecided`, `ErasureFourEyes`."""
        found, person = await self._asked_for(principal, id, "refuse_erasure", DECIDE, expected)
        await self._require_decider(principal, found, person, ErasureStatus.REFUSED)
        return await self._shown(
            await self._decided(principal, found, ErasureStatus.REFUSED, ErasureRefused, refusal=str(reason))
        )

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownErasure:
        """Take back what officers asked for, as whoever could have; or what the caller took at a counter.

        Raises `NotFound`, `ErasureDecided`, `ErasureOfOwnWish`.
        """
        found, _ = await self._asked_for(principal, id, "withdraw_erasure", REQUEST, expected)
        require_transition(found.status, ErasureStatus.WITHDRAWN)
        require_not_own_wish(found.origin, found.requested_by, principal.subject)
        return await self._shown(await self._decided(principal, found, ErasureStatus.WITHDRAWN, ErasureWithdrawn))

    async def _requested(
        self, principal: Principal, person: PersonRecord, ground: ErasureGround, origin: ErasureOrigin
    ) -> ShownErasure:
        await self._require_lawful(person)
        made = ErasureRecord(
            id=new_id(),
            version=1,
            status=str(ErasureStatus.REQUESTED),
            person_id=person.id,
            persons=(),
            ground=str(ground),
            origin=str(origin),
            requested_by=principal.subject,
            requested_at=self._clock.now(),
        )
        await self._erasures.add(made)
        self._outbox.add(ErasureRequested(state=ErasureState.model_validate(made)))
        return ShownErasure(made, disclose(person, self._crypto, full=False))

    async def carry_out(self, person_id: UUID, *, requested_by: str, decided_by: str) -> UUID:
        """Erase what two have ordered together with others since the years of the entry are over. For a trusted door.

        Returns the erasure's id. Raises what of `LAW` keeps the person by now, `ErasurePending`, `ErasureFourEyes` if
        it is one of those two.
        """
        people = await self._erasing.locked(person_id)
        person = people[person_id]
        await self._require_lawful(person)
        for subject in (requested_by, decided_by):
            if await self._is_of(subject, person):
                raise ErasureFourEyes(person_id)
        now = self._clock.now()
        made = ErasureRecord(
            id=new_id(),
            version=1,
            status=str(ErasureStatus.ORDERED),
            person_id=person_id,
            persons=tuple(sorted(people, key=str)),
            ground=str(ErasureGround.TERM_OVER),
            origin=str(ErasureOrigin.RETENTION),
            requested_by=requested_by,
            requested_at=now,
            decided_by=decided_by,
            decided_at=now,
        )
        await self._erasures.add(made)
        counts = await self._erasing.erase(list(people.values()), decided_by)
        assert counts is not None, "the law keeps nobody of them"
        self._outbox.add(ErasureOrdered(state=ErasureState.model_validate(made)))
        await self._erasures.ask(made.id, SERVICES, now)
        await self._erasures.answer(AnswerRecord(made.id, HERE, now, now, counts))
        return made.id

    async def _require_lawful(self, person: PersonRecord) -> None:
        rules, day = await self._rules.today(), today(self._clock)
        require_lawful(person, await self._erasures.changed_at(person.id), rules, day)

    async def _is_of(self, subject: str, person: PersonRecord) -> bool:
        """Whether a login is bound to the person."""
        own = await self._logins.of_subject(subject)
        return own is not None and own.person_id in await stood_as(self._session, [person.id])

    async def _asked_for(
        self, principal: Principal, id: UUID, action: str, permission: str, expected: Seen
    ) -> tuple[ErasureRecord, PersonRecord]:
        found = await self._erasures.locked(id)
        person = None if found is None else await self._persons.get(found.person_id)
        if found is None or person is None or not principal.scope(permission).allows_any(*person.areas):
            note_nothing(self._access, principal, action, None if found is None else found.person_id)
            raise NotFound(id)
        note(self._access, principal, action, person, permission, Detail.WRITE)
        require_version(found, expected)
        return found, person

    async def _require_decider(
        self, principal: Principal, found: ErasureRecord, person: PersonRecord, to: ErasureStatus
    ) -> None:
        county = (person.area or "")[:COUNTY_DIGITS]
        if not principal.scope(DECIDE).allows(county):
            raise Forbidden(found.id)
        require_transition(found.status, to)
        if principal.subject == found.requested_by or await self._is_of(principal.subject, person):
            raise ErasureFourEyes(found.id)

    async def _decided(
        self,
        principal: Principal,
        found: ErasureRecord,
        to: ErasureStatus,
        fact: type[Fact[ErasureState]],
        **changes: Any,
    ) -> ErasureRecord:
        require_transition(found.status, to)
        moved = await self._erasures.move(
            found, to, decided_by=principal.subject, decided_at=self._clock.now(), **changes
        )
        if moved is None:
            raise ErasureDecided(found.id)
        self._outbox.add(fact(state=ErasureState.model_validate(moved)))
        return moved

    async def _shown(self, erasure: ErasureRecord) -> ShownErasure:
        person = await self._persons.get(erasure.person_id)
        answers = await self._erasures.answers([erasure.id])
        shown = None if person is None else disclose(person, self._crypto, full=False)
        return ShownErasure(erasure, shown, answers.get(erasure.id, ()))

    async def _mine(self, principal: Principal, action: str, detail: Detail) -> PersonRecord:
        person = await self._bindings.person(principal)
        note(self._access, principal, action, person, OWN, detail, purpose=Purpose.SELF)
        return person
