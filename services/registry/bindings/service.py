"""Use cases of bindings (本人账号绑定): a login is bound to a person, serves, and is taken off again.

A try is answered the same for nobody, for somebody with another code, and for a number or login that was tried too
often. Whoever looks after the person sees each try, and so does the person.
"""

from collections.abc import Sequence
from uuid import UUID

from services.registry.bindings.domain import (
    TRIES,
    WITHIN,
    AccountAlreadyBound,
    AccountNotBound,
    BindingEnd,
    BindingOver,
    BindingRecord,
    BindingStatus,
    GivenBinding,
    has_rights,
    require_transition,
)
from services.registry.bindings.repository import BindingRepository
from services.registry.persons.domain import PersonRecord, searched_number
from services.registry.persons.repository.merged import stood_as
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.notes import note, note_nothing
from services.registry.proofs.repository import ProofRepository
from services.registry.proofs.service.proofs import CODE
from services.registry.transfers.repository import TransferRepository
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

OWN, SERVE = "person.own", "person.extract"


class Bindings:
    """Use cases of bindings."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._bindings = BindingRepository(context.session)
        self._proofs = ProofRepository(context.session)
        self._persons = PersonRepository(context.session)
        self._numbers = TransferRepository(context.session)

    async def bind(self, principal: Principal, given: GivenBinding) -> BindingRecord:
        """Bind the caller's login with number and code: bound, or failed, which says nothing of whose number it is.

        A code binds nobody who gave it out. Another login that was bound to the person is so no more. Raises `Invalid`
        for what is no number, `AccountAlreadyBound`.
        """
        _require_own(principal)
        number = searched_number(given.document, today=today(self._clock))
        await self._bindings.hold(principal.subject)
        if await self._bindings.of_subject(principal.subject) is not None:
            raise AccountAlreadyBound
        now, id_ = self._clock.now(), new_id()
        keys = self._crypto.blind(given.document.type, number)
        holder = await self._numbers.holder_of(str(given.document.type), keys)
        whom = holder or id_  # nobody is asked for as well, so that the statements are the same
        person = await self._persons.get(whom)
        await self._proofs.hold(whom)
        of_number, of_login = await self._bindings.failures(whom, principal.subject, now - WITHIN)
        given_by = await self._proofs.spend(whom, self._crypto.blind(CODE, given.code), now)
        by_another = given_by is not None and given_by != principal.subject
        proven = by_another and has_rights(person) and max(of_number, of_login) < TRIES
        status = BindingStatus.BOUND if proven else BindingStatus.FAILED
        before = await self._bindings.bound_to(whom)
        for one in before if proven else ():
            await self._moved(one, principal.subject, BindingEnd.REPLACED)  # None: home has ended it at this moment
        made = BindingRecord(id_, 1, str(status), principal.subject, holder, now)
        await self._bindings.add(made)
        self._access.note(
            principal,
            action="bind_account",
            noun="registry.person",
            object_id=holder,
            area=None if person is None else person.area,
            purpose=Purpose.SELF,
            detail=Detail.EXISTENCE,
            result=Result.OK if proven else Result.REFUSED,
            role=principal.role_in(OWN, None),
        )
        return made

    async def read(self, principal: Principal) -> BindingRecord:
        """The caller's own binding. Raises `AccountNotBound`."""
        _require_own(principal)
        found = await self._bindings.of_subject(principal.subject)
        if found is None:
            raise AccountNotBound
        return found

    async def person(self, principal: Principal) -> PersonRecord:
        """Whom the caller's login is bound to: of a duplicate that was merged, the one who goes on.

        Raises `AccountNotBound`, also if that person has died or the entry was taken back.
        """
        bound = await self.read(principal)
        person = await self._person_of(bound)
        if person is None or not has_rights(person):
            raise AccountNotBound
        return person

    async def require_shown(self, principal: Principal, shown: frozenset[str]) -> None:
        """Judge whom an answer of before shows. Raises `AccountNotBound` unless the caller is bound to those still."""
        person = await self.person(principal)
        if not shown <= {str(one) for one in await stood_as(self._session, [person.id])}:
            raise AccountNotBound

    async def end_own(self, principal: Principal, *, expected: Seen = None) -> BindingRecord:
        """Take the caller's own binding off. Raises `AccountNotBound`."""
        found = await self.read(principal)
        require_version(found, expected)
        self._note_ended(principal, found, None)
        return await self._ended(found, principal.subject, BindingEnd.OWN_WISH)

    async def end(self, principal: Principal, id: UUID, reason: BindingEnd, *, expected: Seen = None) -> BindingRecord:
        """Take a resident's binding off, as who looks after the person. Raises `NotFound`, `BindingOver`."""
        found = await self._bindings.get(id)
        person = None if found is None else await self._person_of(found)
        if found is None or person is None or not principal.scope(SERVE).allows_any(*person.areas):
            raise NotFound(id)
        require_version(found, expected)
        require_transition(found.status, BindingStatus.ENDED)
        note(self._access, principal, "end_binding", person, SERVE, Detail.EXISTENCE)
        return await self._ended(found, principal.subject, reason)

    async def page(
        self, principal: Principal, person_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[BindingRecord]:
        """Logins that are or were bound to a person, and tries of the number, the newest first. Raises `NotFound`."""
        person = await self._persons.get(person_id)
        if person is None or not principal.scope(SERVE).allows_any(*person.areas):
            note_nothing(self._access, principal, "list_bindings", person_id)
            raise NotFound(person_id)
        note(self._access, principal, "list_bindings", person, SERVE, Detail.EXISTENCE)
        return await self._bindings.of_person(person_id, after=after, limit=limit + 1)

    async def _person_of(self, bound: BindingRecord) -> PersonRecord | None:
        """Whom a binding is to, or who goes on for that one."""
        person = await self._persons.get(bound.person_id or bound.id)
        while person is not None and person.merged_into is not None:
            person = await self._persons.get(person.merged_into)
        return person

    async def _moved(self, found: BindingRecord, by: str, reason: BindingEnd) -> BindingRecord | None:
        return await self._bindings.move(
            found, BindingStatus.ENDED, ended_by=by, ended_at=self._clock.now(), end_reason=str(reason)
        )

    async def _ended(self, found: BindingRecord, by: str, reason: BindingEnd) -> BindingRecord:
        ended = await self._moved(found, by, reason)
        if ended is None:
            raise BindingOver(found.id)
        return ended

    def _note_ended(self, principal: Principal, found: BindingRecord, area: str | None) -> None:
        self._access.note(
            principal,
            action="end_binding",
            noun="registry.person",
            object_id=found.person_id,
            area=area,
            purpose=Purpose.SELF,
            detail=Detail.EXISTENCE,
            role=principal.role_in(OWN, area),
        )


def _require_own(principal: Principal) -> None:
    """Raises `AccountNotBound` for who acts by no resident's role, which the route has let in."""
    if not principal.owns(OWN):
        raise AccountNotBound
