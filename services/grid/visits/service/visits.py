"""Visits (走访): recorded by whoever paid them, taken back, read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from services.grid.visits.domain import (
    Finding,
    VisitFilter,
    VisitNotDue,
    VisitNothingToTakeBack,
    VisitRecordWrong,
    check_day,
    require_transition,
)
from services.grid.visits.models import Visit
from services.grid.visits.repository import VisitRepository
from services.grid.visits.service.announcing import ATTEMPTED, DONE, FAMILIES, TAKEN_BACK, fact_of
from services.grid.visits.service.planning import VisitPlanning
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.principal import Principal
from shared.contracts.grid.visits import (
    VisitStatus,
)
from shared.contracts.registry.tags import TagContact
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected, projected_many


@dataclass(frozen=True)
class AboutVisit:
    """What a visit that is due brings along: whom to ask about the person, and the ledger that is its form."""

    contacts: Sequence[TagContact] = ()
    form: str | None = None


class Visits:
    """Use cases of visits that are recorded and read."""

    def __init__(self, context: UseCaseContext, planning: VisitPlanning) -> None:
        self._session = context.session
        self._planning = planning
        self._outbox = context.outbox
        self._access = context.access
        self._visits = VisitRepository(context.session)

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return self._planning.today

    async def record(
        self,
        principal: Principal,
        id: UUID,
        *,
        finding: Finding,
        done_on: date,
        record_id: UUID | None = None,
        purpose: Purpose = Purpose.VISIT,
        expected: Seen = None,
    ) -> Visit:
        """A visit was paid, and the next one becomes due by the rule; or nobody was met, and it stays due.

        `record_id`: the form, a record of the ledger that the rule names. `expected`: the version that the caller saw.
        Raises `NotFound`, `VersionMismatch`, `VisitDateInvalid`, `VisitRecordWrong`, `VisitRecordTaken`, `VisitNotDue`
        if it was recorded or cancelled.
        """
        plan = await self._visits.lock_plan_of(id)
        if plan is None:
            raise NotFound
        visit = await self._visible(principal, id, "visit.record")
        require_version(visit, expected)
        if visit.status != VisitStatus.DUE:
            raise VisitNotDue(id)
        rule = (await self._planning.rules()).of(plan.tag_code, plan.level)
        form = None if rule is None or finding is Finding.ABSENT else rule.ledger
        await self._require_form(visit, form, record_id)
        last = (await self._visits.last_done([plan.tag_id])).get(plan.tag_id)
        tag = await projected(self._session, FAMILIES[visit.restricted], plan.tag_id)
        assert tag is not None, "a plan is made when its tag arrives"
        check_day(done_on, today=self.today, tag=tag, last_done=last)
        if finding is Finding.ABSENT:
            latest = done_on if visit.attempted_on is None else max(done_on, visit.attempted_on)
            changes = {"attempts": visit.attempts + 1, "attempted_on": latest}
        else:
            require_transition(VisitStatus(visit.status), VisitStatus.DONE)
            changes = {"done_on": done_on, "finding": finding, "status": VisitStatus.DONE, "record_id": record_id}
        recorded = await compare_and_set(self._session, visit, recorded_by=principal.subject, **changes)
        if recorded is None:
            raise VisitNotDue(id)
        self._outbox.add(fact_of(ATTEMPTED if finding is Finding.ABSENT else DONE, recorded))
        self._note(principal, "record", recorded, purpose, Detail.WRITE)
        if plan.area is not None and rule is not None and finding is not Finding.ABSENT:
            worker = (await self._planning.workers([plan.area])).get(plan.area)
            self._planning.plan(plan, plan.area, self._planning.next(done_on, rule), worker)
        return recorded

    async def take_back(self, principal: Principal, id: UUID, *, expected: Seen) -> Visit:
        """撤回登记: what was recorded last was a mistake; of a visit that was paid the next one is cancelled.

        Raises `NotFound`, `VersionMismatch`, `VisitNothingToTakeBack` if nothing was recorded or a later visit was.
        """
        plan = await self._visits.lock_plan_of(id)
        if plan is None:
            raise NotFound
        visit = await self._visible(principal, id, "visit.record")
        require_version(visit, expected)
        if visit.status == VisitStatus.DUE and visit.attempts:
            left = visit.attempts - 1
            changes: dict[str, Any] = {"attempts": left, "attempted_on": visit.attempted_on if left else None}
        elif visit.status == VisitStatus.DONE and not await self._visits.is_followed(visit):
            require_transition(VisitStatus(visit.status), VisitStatus.DUE)
            changes = {"status": VisitStatus.DUE, "done_on": None, "finding": None, "record_id": None}
            following = (await self._visits.due_of([plan.tag_id])).get(plan.tag_id)
            if following is not None:
                await self._planning.cancel(following)
        else:
            raise VisitNothingToTakeBack(id)
        moved = await compare_and_set(self._session, visit, recorded_by=principal.subject, **changes)
        if moved is None:
            raise VisitNothingToTakeBack(id)
        self._outbox.add(fact_of(TAKEN_BACK, moved))
        self._note(principal, "take_back", moved, Purpose.VISIT, Detail.WRITE)
        if plan.area is None and moved.status == VisitStatus.DUE:
            await self._planning.cancel(moved)
        return moved

    async def _require_form(self, visit: Visit, form: str | None, record_id: UUID | None) -> None:
        if form is None and record_id is None:
            return
        found = None if record_id is None else await self._visits.form(record_id)
        if form is None or found != (form, str(visit.person_id)):
            raise VisitRecordWrong.at("record_id", subject=visit.id)

    async def read(self, principal: Principal, id: UUID, *, purpose: Purpose = Purpose.VISIT) -> Visit:
        """The visit; noted in the access log. Raises `NotFound`, also outside the caller's areas."""
        visit = await self._visible(principal, id, "visit.read")
        self._note(principal, "read", visit, purpose, Detail.EXISTENCE)
        return visit

    async def page(
        self,
        principal: Principal,
        wanted: VisitFilter,
        *,
        purpose: Purpose = Purpose.VISIT,
        after: tuple[date, UUID] | None = None,
        limit: int = 50,
    ) -> Sequence[Visit]:
        """Visits in the caller's areas, those due first at the head; each is noted as looked at.

        One more than `limit`, if there is one: it is not shown, and not noted. Raises `NotFound` for an area outside.
        """
        scope = _scope(principal, wanted.area)
        visits = await self._visits.page(scope, wanted, today=self.today, after=after, limit=limit + 1)
        for visit in visits[:limit]:
            self._note(principal, "list", visit, purpose, Detail.EXISTENCE)
        if not visits:
            self._note_question(principal, "list", wanted, purpose, Result.NOT_FOUND)
        return visits

    async def about(self, visits: Sequence[Visit]) -> Mapping[UUID, AboutVisit]:
        """What each of these visits that is due brings along, by the visit's id."""
        found, rules = dict[UUID, AboutVisit](), None
        for restricted, family in FAMILIES.items():
            due = [one for one in visits if one.restricted is restricted and one.status == VisitStatus.DUE]
            tags = await projected_many(self._session, family, {one.tag_id for one in due})
            for one in due:
                tag = tags.get(str(one.tag_id))
                if tag is not None:
                    rules = rules or await self._planning.rules()
                    rule = rules.of(tag.code, tag.level)
                    found[one.id] = AboutVisit(tag.contacts, None if rule is None else rule.ledger)
        return found

    async def count(self, principal: Principal, wanted: VisitFilter) -> int:
        """How many a complete list with the same filter would show. Of one person it is a look at that person."""
        scope = _scope(principal, wanted.area)
        count = await self._visits.count(scope, wanted, today=self.today)
        self._note_question(principal, "count", wanted, Purpose.VISIT, Result.OK if count else Result.NOT_FOUND)
        return count

    async def _visible(self, principal: Principal, id: UUID, permission: str) -> Visit:
        visit = await self._visits.get(id)
        if visit is None:
            raise NotFound
        principal.scope(permission).require(visit.area)
        if visit.restricted:
            principal.scope("visit.restricted").require(visit.area)
        return visit

    def _note_question(
        self, principal: Principal, action: str, wanted: VisitFilter, purpose: Purpose, result: Result
    ) -> None:
        """Note what was asked of one person by id, without a visit at hand."""
        if wanted.person_id is not None:
            self._access.note(
                principal,
                action=action,
                noun="registry.person",
                object_id=wanted.person_id,
                area=wanted.area,
                purpose=purpose,
                detail=Detail.EXISTENCE,
                result=result,
            )

    def _note(self, principal: Principal, action: str, visit: Visit, purpose: Purpose, detail: Detail) -> None:
        self._access.note(
            principal,
            action=action,
            noun="registry.person",
            object_id=visit.person_id,
            area=visit.area,
            purpose=purpose,
            detail=detail,
            role=principal.role_in("visit.restricted" if visit.restricted else "visit.read", visit.area),
        )


def _scope(principal: Principal, area: str | None) -> ColumnElement[bool]:
    """Visits that the caller may see: of restricted tags only where the caller may see such tags.

    One predicate for list and count, whatever else they filter by. Raises `NotFound` for an area out of scope.
    """
    seen = principal.scope("visit.read", within=area).where(Visit.area)
    return and_(seen, or_(Visit.restricted.is_(False), principal.scope("visit.restricted").where(Visit.area)))
