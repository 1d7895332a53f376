"""Use cases of erasing runs: the dry run, asked for by term or by a person's wish, decided by somebody else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.services_hall.case_erasures.domain import (
    BEFORE_TERM,
    MOST,
    CaseErasureFourEyes,
    CaseErasureGround,
    CaseErasureOutcome,
    CaseErasureRecord,
    CaseErasureRefusal,
    CaseErasureRow,
    CaseErasureStatus,
    CaseErasureTooLarge,
    CaseErasureUnclear,
    DueCount,
    DueEntry,
    NothingToErase,
    require_transition,
)
from services.services_hall.case_erasures.repository.persons import PersonErasingRepository, Wanted
from services.services_hall.case_erasures.repository.runs import CaseErasureRepository
from services.services_hall.cases.service.digests import KIND, number_of
from services.services_hall.retentions.domain import CaseRetentionKind
from services.services_hall.retentions.service import CaseRetentions
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.crypto.service import BlindKey
from shared.db.compare_and_set import Seen, require_version
from shared.errors import FieldError, Forbidden, Invalid, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import COUNTY_DIGITS
from shared.reference.documents import DocumentType, check_document, message

REQUEST, DECIDE = "erasure.request", "erasure.decide"


@dataclass(frozen=True, slots=True)
class ShownErasure:
    """A run, and how many of its entries became what."""

    record: CaseErasureRecord
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class DueReport:
    """What is due on a day, by kind."""

    on: date
    counts: Sequence[DueCount]


class CaseErasures:
    """Use cases. A run names its entries; each is judged again, by the rules of that day, when it is decided."""

    def __init__(self, context: UseCaseContext, retentions: CaseRetentions) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._access = context.access
        self._retentions = retentions
        self._persons = PersonErasingRepository(context.session)
        self._runs = CaseErasureRepository(context.session)

    async def report(self, principal: Principal, area: str, kind: CaseRetentionKind | None) -> DueReport:
        """Dry run: how many are due in an area today, by kind. Raises `NotFound` for an area outside the scope."""
        wanted = await self._wanted(principal, area, kind)
        return DueReport(wanted.day, await self._persons.count(wanted))

    async def due(
        self, principal: Principal, area: str, kind: CaseRetentionKind | None, *, after: UUID | None, limit: int
    ) -> Sequence[DueEntry]:
        """Who is due, by holder; each case is noted. One more than `limit`, if there is one, unnoted."""
        found = await self._persons.due(await self._wanted(principal, area, kind), after=after, limit=limit + 1)
        self._note(principal, "list_due_case_erasures", REQUEST, found[:limit])
        return found

    async def request(
        self,
        principal: Principal,
        area: str,
        kind: CaseRetentionKind | None,
        document: tuple[DocumentType, str] | None,
    ) -> ShownErasure:
        """Ask that what is due in an area is erased; or, by the document of who wishes it, what is kept of that person.

        That a number was asked for is noted whether it finds somebody or not. Raises `NotFound` for an area outside the
        scope, `CaseErasureUnclear`, `Invalid` for a wrong number, `NothingToErase`, `CaseErasureTooLarge`.
        """
        principal.scope(REQUEST).require(area)
        if kind is not None and document is not None:
            raise CaseErasureUnclear.at("kind")
        keys = None if document is None else self._keys(*document)
        if keys is not None:
            self._note_question(principal, area)
        wanted = await self._wanted(principal, area, kind, keys)
        entries = await self._persons.due(wanted, after=None, limit=MOST + 1, held_too=False)
        if len(entries) > MOST:
            raise CaseErasureTooLarge(area)
        if not entries:
            raise NothingToErase(area)
        run = CaseErasureRecord(
            id=new_id(),
            version=1,
            status=str(CaseErasureStatus.REQUESTED),
            ground=str(CaseErasureGround.TERM_OVER if keys is None else CaseErasureGround.OWN_WISH),
            area=area,
            kind=kind and str(kind),
            requested_by=principal.subject,
            requested_at=self._clock.now(),
        )
        await self._runs.add(run, entries)
        self._note(principal, "request_case_erasure", REQUEST, entries)
        return await self._shown(run)

    async def order(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownErasure:
        """Decide that it is carried out: what may be erased still is, in this transaction, for ever.

        Raises `NotFound`, `Forbidden` below the county, `CaseErasureDecided`, `CaseErasureFourEyes`.
        """
        run = await self._decided_by(principal, id, expected, CaseErasureStatus.DONE)
        rows = await self._runs.rows(id, after=None, limit=MOST)
        await self._persons.lock_cases({one.case_id for one in rows})
        outcomes = await self._judged(run, rows)
        await self._persons.erase([one for one, how in outcomes.items() if how is CaseErasureOutcome.ERASED])
        await self._runs.tell(id, outcomes)
        self._note(principal, "order_case_erasure", DECIDE, rows, run.area)
        return await self._shown(await self._runs.move(run, CaseErasureStatus.DONE, **self._by(principal)))

    async def refuse(
        self, principal: Principal, id: UUID, reason: CaseErasureRefusal, *, expected: Seen = None
    ) -> ShownErasure:
        """Decide that nothing of it is erased. Raises as `order`."""
        run = await self._decided_by(principal, id, expected, CaseErasureStatus.REFUSED)
        changes = {**self._by(principal), "refusal": str(reason)}
        return await self._shown(await self._runs.move(run, CaseErasureStatus.REFUSED, **changes))

    async def withdraw(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ShownErasure:
        """Take back what nobody has decided. Raises `NotFound`, `CaseErasureDecided`."""
        run = await self._locked(principal, id, REQUEST, expected)
        require_transition(run.status, CaseErasureStatus.WITHDRAWN)
        return await self._shown(await self._runs.move(run, CaseErasureStatus.WITHDRAWN, **self._by(principal)))

    async def read(self, principal: Principal, id: UUID) -> ShownErasure:
        """One of an area in scope. Raises `NotFound`."""
        return await self._shown(await self._visible(principal, id))

    async def page(self, principal: Principal, area: str, *, after: UUID | None, limit: int) -> Sequence[ShownErasure]:
        """Runs of an area, the newest first. One more than `limit`, if there is one."""
        found = await self._runs.page(principal.scope(REQUEST, within=area), after=after, limit=limit + 1)
        outcomes = await self._runs.outcomes([one.id for one in found])
        return [ShownErasure(one, outcomes[one.id]) for one in found]

    async def entries(
        self, principal: Principal, id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[CaseErasureRow]:
        """Entries of a run of an area in scope, and what became of each; each case is noted. Raises `NotFound`."""
        run = await self._visible(principal, id)
        found = await self._runs.rows(id, after=after, limit=limit + 1)
        self._note(principal, "list_case_erasure", REQUEST, found[:limit], run.area)
        return found

    async def _judged(
        self, run: CaseErasureRecord, rows: Sequence[CaseErasureRow]
    ) -> Mapping[UUID, CaseErasureOutcome]:
        day = today(self._clock)
        holders = [one.holder for one in rows]
        sealed = await self._persons.sealed(holders)
        standing = await self._persons.standing(holders, await self._retentions.today(), day)
        return {one: self._outcome(run, one in sealed, standing.get(one), day) for one in holders}

    @staticmethod
    def _outcome(run: CaseErasureRecord, sealed: bool, entry: DueEntry | None, day: date) -> CaseErasureOutcome:
        if not sealed:
            return CaseErasureOutcome.ERASED_BEFORE
        if entry is None:
            return CaseErasureOutcome.KEPT_BY_LAW  # it goes on again, or is archived for ever
        by_wish = run.ground == CaseErasureGround.OWN_WISH and entry.kind in BEFORE_TERM
        if entry.kept_until > day and not by_wish:
            return CaseErasureOutcome.KEPT_BY_LAW
        return CaseErasureOutcome.ERASED if entry.held_by is None else CaseErasureOutcome.HELD

    async def _wanted(
        self, principal: Principal, area: str, kind: CaseRetentionKind | None, keys: Sequence[BlindKey] | None = None
    ) -> Wanted:
        scope, within = principal.scope(REQUEST, within=area), principal.through_the_tree(area)
        return Wanted(scope, within, await self._retentions.today(), today(self._clock), kind, keys)

    def _keys(self, type_: DocumentType, number: str) -> Sequence[BlindKey]:
        document = check_document(type_, number, on=today(self._clock))
        if document.problems:
            raise Invalid(errors=[FieldError("document.number", one, message(one)) for one in document.problems])
        blinded = number_of({"document_type": str(type_), "document_number": document.number})
        assert blinded is not None, "there is a number"
        return self._crypto.blind(KIND, blinded)

    async def _decided_by(
        self, principal: Principal, id: UUID, expected: Seen, to: CaseErasureStatus
    ) -> CaseErasureRecord:
        run = await self._locked(principal, id, DECIDE, expected)
        if not principal.scope(DECIDE).allows(run.area[:COUNTY_DIGITS]):
            raise Forbidden(run.id)
        require_transition(run.status, to)
        if run.requested_by == principal.subject:
            raise CaseErasureFourEyes(id)
        return run

    async def _visible(self, principal: Principal, id: UUID) -> CaseErasureRecord:
        found = await self._runs.get(id)
        if found is None or not principal.scope(REQUEST).allows(found.area):
            raise NotFound(id)
        return found

    async def _locked(self, principal: Principal, id: UUID, permission: str, expected: Seen) -> CaseErasureRecord:
        found = await self._runs.locked(id)
        if found is None or not principal.scope(permission).allows(found.area):
            raise NotFound(id)
        require_version(found, expected)
        return found

    async def _shown(self, run: CaseErasureRecord) -> ShownErasure:
        return ShownErasure(run, (await self._runs.outcomes([run.id]))[run.id])

    def _by(self, principal: Principal) -> dict[str, Any]:
        return {"decided_by": principal.subject, "decided_at": self._clock.now()}

    def _note_question(self, principal: Principal, area: str) -> None:
        """Somebody asks by a number: on record before the answer, also if nobody has it."""
        self._access.note(
            principal,
            action="search_case_erasure",
            noun="services_hall.case",
            object_id=None,
            area=area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.EXISTENCE,
            role=principal.role_in(REQUEST, area),
        )

    def _note(
        self,
        principal: Principal,
        action: str,
        permission: str,
        entries: Sequence[DueEntry | CaseErasureRow],
        area: str | None = None,
    ) -> None:
        for one in entries:
            place = one.area if isinstance(one, DueEntry) else area
            self._access.note(
                principal,
                action=action,
                noun="services_hall.case",
                object_id=one.case_id,
                area=place,
                purpose=Purpose.CASE_HANDLING,
                detail=Detail.WRITE if action.startswith(("request", "order")) else Detail.EXISTENCE,
                role=principal.role_in(permission, place),
            )
