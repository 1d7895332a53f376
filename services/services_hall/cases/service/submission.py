"""Submission of a case (办件) at a counter, at once or by a draft, for the person of an extract or one typed there."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.services_hall.cases.domain.codes import Consent
from services.services_hall.cases.domain.lifecycle import DRAFT, SUBMITTED, CaseAction
from services.services_hall.cases.domain.persons import TypedPerson, is_minor
from services.services_hall.cases.domain.refusals import (
    ConsentNotRecorded,
    ItemDoesNotAccept,
    UnknownCounter,
    case_number,
)
from services.services_hall.cases.models import Applicant, Case
from services.services_hall.cases.service.digests import digests_of
from services.services_hall.cases.service.extracts import Identification, Identified
from services.services_hall.cases.service.moving import CaseMoving
from services.services_hall.items.models import Item, ItemVersion
from services.services_hall.items.repository import ItemRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import business_day, today
from shared.contracts.registry.areas import AreaState
from shared.contracts.services_hall.case_steps import CaseDrafted
from shared.contracts.services_hall.cases import CaseState, CaseSubmitted
from shared.crypto.extracts import ExtractReader
from shared.db.compare_and_set import Seen
from shared.errors import NotFound, NotYet
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected


@dataclass(frozen=True, slots=True)
class Submission:
    """What is asked for at a counter, by whom. `self_supporting`: a minor of sixteen who lives on own labour."""

    item_id: UUID
    area: str
    extract: str | None = None
    applicant: TypedPerson | None = None
    consent: Consent | None = None
    self_supporting: bool = False


class CaseSubmission:
    """Use cases of the counter."""

    def __init__(self, context: UseCaseContext, extracts: ExtractReader | None) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._crypto = context.crypto
        self._access = context.access
        self._identification = Identification(context, extracts)
        self._moving = CaseMoving(context)
        self._cases = self._moving.cases
        self._items = ItemRepository(context.session)

    async def submit(self, principal: Principal, new: Submission) -> Case:
        """Open a case; it pins the item's newest published version.

        Raises `NotFound` (area outside scope, unknown item), `UnknownCounter`, `ItemDoesNotAccept`, `NotYet` if the
        counter's area has not arrived here, `ConsentNotRecorded` for who is typed, and as `Identification.identify`.
        """
        return await self._open(principal, new, draft=False)

    async def submit_together(self, principal: Principal, items: Sequence[UUID], new: Submission) -> list[Case]:
        """A case for each of several items, for one applicant: the extract serves all of them together, once.

        They are numbered in the order of the items' codes: of two who open several, one waits for the other.
        """
        accepting = [await self._accepting(principal, one, new.area) for one in items]
        who = await self._identification.identify(new.extract, new.applicant, new.area, "applicant")
        cases: dict[UUID, Case] = {}
        for item, version in sorted(accepting, key=lambda one: one[0].code):
            shown = replace(who, extract_id=None if cases else who.extract_id)
            cases[item.id] = await self._add(principal, item, version, shown, new, draft=False)
        return [cases[one] for one in items]

    async def draft(self, principal: Principal, new: Submission) -> Case:
        """The same without submitting it: it has no number, and ends by itself if nobody submits it in time."""
        return await self._open(principal, new, draft=True)

    async def submit_draft(self, principal: Principal, id: UUID, *, expected: Seen) -> Case:
        """Submit a draft: it is numbered, and pins what it pinned. Raises `ItemDoesNotAccept` if the item is gone."""
        case = await self._moving.begin(principal, id, CaseAction.SUBMIT, expected)
        item, _ = await self._accepting(principal, case.item_id, case.area)
        action, subject = CaseAction.SUBMIT, principal.subject
        given = {"status": SUBMITTED, "submitted_at": self._clock.now(), "number": await self._number(item)}
        return await self._moving.move(subject, case, action, CaseSubmitted, given)

    async def _open(self, principal: Principal, new: Submission, *, draft: bool) -> Case:
        item, version = await self._accepting(principal, new.item_id, new.area)
        who = await self._identification.identify(new.extract, new.applicant, new.area, "applicant")
        if new.applicant is not None and new.consent is None:
            raise ConsentNotRecorded.at("consent")
        return await self._add(principal, item, version, who, new, draft=draft)

    async def _add(
        self,
        principal: Principal,
        item: Item,
        version: ItemVersion,
        who: Identified,
        new: Submission,
        *,
        draft: bool,
    ) -> Case:
        now = self._clock.now()
        minor = is_minor(who.fields, business_day(now), self_supporting=new.self_supporting)
        case = Case(
            id=new_id(),
            version=1,
            number=None if draft else await self._number(item),
            item_id=item.id,
            item_version=version.number,
            department=item.department,
            category=item.category,
            area=new.area,
            person_id=who.person_id,
            needs_guardian=minor,
            status=DRAFT if draft else SUBMITTED,
            drafted_at=now if draft else None,
            submitted_at=None if draft else now,
            submitted_by=principal.subject,
            promised_days=version.promised_days,
            extended_days=0,
            due_provisional=False,
            deemed=False,
            returns=0,
            deferred=0,
            **{name: [] for name in ("materials", "parties", "pauses", "consents", "handovers", "marks", "former")},
        )
        self._cases.add(case)
        await self._session.flush()  # its step and its applicant refer to it
        self._cases.add(self._applicant(case, who, new.consent))
        action = CaseAction.DRAFT if draft else CaseAction.SUBMIT
        await self._moving.add_desks(case)
        self._moving.record(case, principal.subject, action)
        digests = digests_of(self._crypto, who.fields, holder=case.id, case_id=case.id, person_id=who.person_id)
        await self._cases.add_digests(digests)
        self._access.note(
            principal,
            action=str(action),
            noun="registry.person" if who.person_id else "services_hall.case",
            object_id=who.person_id or case.id,
            area=new.area,
            purpose=Purpose.CASE_HANDLING,
            detail=Detail.WRITE,
            role=principal.role_in("case.submit", new.area, item.department),
        )
        state = CaseState.model_validate(case)
        self._outbox.add(CaseDrafted(state=state) if draft else CaseSubmitted(state=state))
        return case

    async def _number(self, item: Item) -> str:
        day = today(self._clock)
        return case_number(item.code, f"{day:%Y%m%d}", await self._cases.next_serial(item.code, day))

    async def _require_counter(self, area: str) -> None:
        state = await projected(self._session, AreaState, area)
        if state is None:
            detail = "尚未收到该地区的信息：若刚刚设立，请稍后重试；否则请核对代码。"
            raise NotYet.at("area", subject=area, detail=detail)
        if not state.is_valid_on(today(self._clock)):
            raise UnknownCounter.at("area", subject=area)

    async def _accepting(self, principal: Principal, item_id: UUID, area: str) -> tuple[Item, ItemVersion]:
        """The item and the version that accepts cases at the level of the area, in the caller's scope."""
        found = await self._items.published(item_id)
        if found is None:
            raise NotFound(item_id)
        principal.department_scope("case.submit").require(area, found.item.department)
        await self._require_counter(area)
        if not found.accepts_at(area) or found.version is None:
            raise ItemDoesNotAccept.at("item_id", subject=item_id)
        return found.item, found.version

    def _applicant(self, case: Case, who: Identified, consent: Consent | None) -> Applicant:
        snapshot: Any = json.dumps(who.fields, ensure_ascii=False)
        sealed = self._crypto.seal(snapshot, field="applicants.snapshot", owner=case.id)
        return Applicant(case_id=case.id, extract_id=who.extract_id, consent=consent, snapshot=sealed)
