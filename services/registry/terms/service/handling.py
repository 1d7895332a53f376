"""What every use case of a term does: lock it, move it, record the version, show it, note it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import orjson

from services.registry.areas.repository import AreaRepository
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.merged import going_on
from services.registry.persons.repository.persons import PersonRepository
from services.registry.persons.service.disclosures import disclose
from services.registry.terms.domain import (
    POSTS,
    Post,
    TermFields,
    TermOverlaps,
    TermStep,
    overlap,
)
from services.registry.terms.models import Term, TermVersion
from services.registry.terms.repository import TermRepository
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.contracts.registry.persons import PersonStatus
from shared.crypto.masking import mask_phone
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

MANAGE, READ, CONTACT = "term.manage", "term.read", "term.contact"
SEALED = "term.holder"
"""Name under which name, sex and phone of a holder are sealed."""
RECORDED = (
    *("area", "post", "committee", "group_number", "person_id", "way", "began_on", "until"),
    *("ended_on", "end_reason", "status", "ended_by"),
)
"""Columns of a version that are not sealed."""
GONE = frozenset({PersonStatus.DECEASED, PersonStatus.MOVED_OUT, PersonStatus.MISSING, PersonStatus.ANNULLED})


@dataclass(frozen=True, slots=True, repr=False)
class ShownTerm:
    """A term as this caller may see it: who holds a post is public by office, the phone is not. The repr shows nothing.

    `holder`: the person of the register who goes on for the holder. `gone`: what became of that one, if not active.
    """

    id: UUID
    version: int
    values: Mapping[str, Any]
    holder: UUID | None
    name: str
    sex: str | None
    phone: str | None
    gone: PersonStatus | None


class TermHandling:
    """Handling of terms for their use cases."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._areas = AreaRepository(context.session)
        self.persons = PersonRepository(context.session)
        self.terms = TermRepository(context.session)

    async def locked(self, principal: Principal, id: UUID, expected: Seen) -> Term:
        """One that the caller may change, locked after its village. Raises `NotFound`, `VersionMismatch`."""
        if (seen := await self.terms.get(id)) is not None:
            await self._areas.villages({village_of(seen.area)})
        term = await self.terms.locked(id)
        if term is None:
            raise NotFound(id)
        principal.scope(MANAGE).require(term.area)
        require_version(term, expected)
        return term

    async def require_free(self, term: Term) -> None:
        """Raises `TermOverlaps` if somebody else holds a post of one in this time, or the same one this post twice."""
        others = await self.terms.same_post(term.area, term.post, term.committee, term.group_number)
        for one in others:
            same = one.person_id is not None and one.person_id == term.person_id
            if one.id != term.id and (POSTS[Post(term.post)].single or same) and overlap(one, term):
                raise TermOverlaps(one.id, detail=f"{one.began_on.isoformat()}—{one.ended_on or ''}")

    def seal(self, id: UUID, name: str | None, sex: str | None, phone: str | None) -> bytes:
        return self._crypto.seal(orjson.dumps([name, sex, phone]).decode(), field=SEALED, owner=id)

    def opened(self, id: UUID, sealed: bytes) -> tuple[str | None, str | None, str | None]:
        if not sealed:  # erased
            return None, None, None
        name, sex, phone = orjson.loads(self._crypto.open(sealed, field=SEALED, owner=id))
        return name, sex, phone

    async def enter(self, principal: Principal, term: Term) -> Term:
        """A new one; its first version."""
        await self.terms.add(term)
        await self._record(principal.subject, term, TermStep.ENTERED, None)
        return term

    async def move(self, by: str | None, seen: Term, step: TermStep, before: int | None, **changes: Any) -> Term:
        """The next version. `before`: the version that an undo of it brings back."""
        moved = await compare_and_set(self._session, seen, **changes)
        assert moved is not None, "the row is locked"
        await self._record(by, moved, step, before)
        return moved

    async def follow(self, term: Term, step: TermStep, **changes: Any) -> Term:
        """What a change of areas makes of it: what an undo brings back stays what it was."""
        before = (await self.terms.history.get(term.id, term.version)).before
        return await self.move(None, term, step, before, **changes)

    async def shown(self, principal: Principal, terms: Sequence[Term]) -> Sequence[ShownTerm]:
        """Terms as the caller may see them, holders of the register as they are called now."""
        scope = principal.scope(READ, CONTACT)
        named = {one.person_id for one in terms if one.person_id is not None}
        last = await going_on(self._session, named) if named else {}
        people = {one: await self.persons.get(one) for one in set(last.values())}
        found = []
        for one in terms:
            person = None if one.person_id is None else people[last[one.person_id]]
            name, sex, phone = self._holder(one, person)
            if phone is not None and not scope.allows(one.area):
                phone = mask_phone(phone)
            values = {column: getattr(one, column) for column in RECORDED if column != "ended_by"}
            status = None if person is None or person.status not in GONE else PersonStatus(person.status)
            holder = None if person is None else person.id
            found.append(ShownTerm(one.id, one.version, values, holder, name, sex, phone, status))
        return found

    async def done(self, principal: Principal, action: str, term: Term) -> ShownTerm:
        """The term after a step, which is noted."""
        self.note(principal, action, term, MANAGE, Detail.WRITE)
        (shown,) = await self.shown(principal, [term])
        return shown

    def note(
        self, principal: Principal, action: str, term: Term, permission: str, detail: Detail | None = None
    ) -> None:
        """Note a look or a change in the access log."""
        full = principal.scope(permission, CONTACT).allows(term.area)
        self._access.note(
            principal,
            action=action,
            noun="registry.term",
            object_id=term.id,
            area=term.area,
            detail=detail or (Detail.FULL if full else Detail.MASKED),
            role=principal.role_in(permission, term.area),
        )

    def _holder(self, term: Term, person: PersonRecord | None) -> tuple[str, str | None, str | None]:
        """Name, sex and phone: what was entered, else the register's own, of which the phone stays there."""
        name, sex, phone = self.opened(term.id, term.holder_sealed)
        if person is None:
            return name or "", sex, phone
        return disclose(person, self._crypto, full=True).name, person.sex, phone

    async def _record(self, by: str | None, now: Term, step: TermStep, before: int | None) -> None:
        content = {name: getattr(now, name) for name in RECORDED}
        await self.terms.history.record(
            now.id,
            version=now.version,
            step=str(step),
            before=before,
            content=orjson.loads(orjson.dumps(content, default=str)),
            holder_sealed=now.holder_sealed,
            done_by=by,
            done_at=self._clock.now(),
        )


def columns_of(new: TermFields) -> dict[str, Any]:
    """What is entered, by the columns of the table that are not sealed."""
    return {
        "area": new.area,
        "post": str(new.post),
        "committee": None if new.committee is None else str(new.committee),
        "group_number": new.group,
        "person_id": new.person_id,
        "way": str(new.way),
        "began_on": new.began_on,
        "until": new.until,
    }


def was(version: TermVersion) -> Term:
    """What a term was at a version."""
    return Term(
        id=version.term_id, version=version.version, holder_sealed=version.holder_sealed, **read_back(version.content)
    )


def read_back(content: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a recorded version, in the types of the table."""
    read = dict(content)
    for name in ("began_on", "until", "ended_on"):
        read[name] = read[name] and date.fromisoformat(read[name])
    for name in ("person_id", "ended_by"):
        read[name] = read[name] and UUID(read[name])
    return read
