"""Visits (走访): due because of a tag, recorded by whoever paid them."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_

from services.grid.visits.domain import (
    AnyTag,
    Finding,
    Rule,
    VisitFilter,
    VisitNotDue,
    check_day,
    first_due,
    homes_before,
    next_due,
    require_transition,
    where_to_visit,
)
from services.grid.visits.models import Visit, VisitPlan
from services.grid.visits.repository import VisitRepository
from services.grid.visits.service.announcing import ATTEMPTED, CANCELLED, DONE, FAMILIES, MOVED, PLANNED, fact_of
from shared.auth.access_log import Detail, Purpose, Result
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.visits import (
    VisitStatus,
)
from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.tags import RestrictedTagState, TagContact, TagState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected, projected_many

PAGE = 500


class Visits:
    """Use cases of visits: they follow the tags, and are recorded and read."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._visits = VisitRepository(context.session)

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return today(self._clock)

    async def follow(self, tags: Sequence[AnyTag]) -> None:
        """Make the plans of these tags what the newest states ask for. Doing it again changes nothing.

        An active tag with a rule has exactly one visit due, where its person lives; any other has none.
        """
        await self._visits.ensure_plans(tags)
        ids = [tag.id for tag in tags]
        plans = await self._visits.lock_plans(ids)
        # After the locks: whoever held them before has committed, so these are the newest states.
        persons = await projected_many(self._session, PersonState, {tag.person_id for tag in tags})
        due, last, rules = await self._visits.due_of(ids), await self._visits.last_done(ids), await self._visits.rules()
        for tag in tags:
            plan, visit = plans[tag.id], due.get(tag.id)
            person = persons.get(str(tag.person_id))
            area = where_to_visit(tag, person, self.today)
            plan.area, plan.person_id, plan.tag_code = area, tag.person_id, tag.code
            rule = rules.get(tag.code)
            if area is None or rule is None:
                if visit is not None:
                    await self._cancel(visit)
            elif visit is None:
                first = first_due(tag, rule, self.today)
                self._plan(plan, area, self._next(last[tag.id], rule) if tag.id in last else first)
            elif visit.area != area:
                lived = tag.residence if person is None else person.residence
                await self._move(visit, area, homes_before(lived, self.today, visit.due_on))

    async def follow_persons(self, person_ids: Collection[UUID]) -> None:
        """The same for every tag of these persons: they moved, left, came back or died."""
        await self._follow_plans(await self._visits.plans_of(person_ids))

    async def follow_all(self) -> None:
        """The same for every plan of an open tag: what lay ahead has come, an end or a move; rules have changed."""
        after: UUID | None = None
        while plans := await self._visits.active_plans(after, PAGE):
            after = plans[-1].tag_id
            await self._follow_plans(plans)

    async def _follow_plans(self, plans: Iterable[VisitPlan]) -> None:
        nouns: dict[str, list[UUID]] = {TagState.noun: [], RestrictedTagState.noun: []}
        for plan in plans:
            nouns[plan.noun].append(plan.tag_id)
        tags: list[AnyTag] = [
            *(await projected_many(self._session, TagState, nouns[TagState.noun])).values(),
            *(await projected_many(self._session, RestrictedTagState, nouns[RestrictedTagState.noun])).values(),
        ]
        if tags:
            await self.follow(tags)

    def _next(self, done_on: date, rule: Rule) -> date:
        """A visit recorded long after it was paid does not make the next one overdue at once."""
        return max(next_due(done_on, rule), self.today)

    def _plan(self, plan: VisitPlan, area: str, due_on: date) -> None:
        visit = Visit(
            id=new_id(),
            tag_id=plan.tag_id,
            person_id=plan.person_id,
            area=area,
            due_on=due_on,
            done_on=None,
            status=VisitStatus.DUE,
            finding=None,
            restricted=plan.noun == RestrictedTagState.noun,
            former=[],
            attempts=0,
            attempted_on=None,
            recorded_by=None,
            version=1,
        )
        self._visits.add(visit)
        self._outbox.add(fact_of(PLANNED, visit))

    async def _cancel(self, visit: Visit) -> None:
        moved = await compare_and_set(self._session, visit, status=VisitStatus.CANCELLED)
        assert moved is not None, "due visits are changed under their plan's lock only"
        self._outbox.add(fact_of(CANCELLED, moved))

    async def _move(self, visit: Visit, area: str, former: list[dict[str, str]]) -> None:
        moved = await compare_and_set(self._session, visit, area=area, former=former)
        assert moved is not None, "due visits are changed under their plan's lock only"
        self._outbox.add(fact_of(MOVED, moved))

    async def record(
        self,
        principal: Principal,
        id: UUID,
        *,
        finding: Finding,
        done_on: date,
        purpose: Purpose = Purpose.VISIT,
        expected: Seen = None,
    ) -> Visit:
        """A visit was paid, and the next one becomes due by the rule; or nobody was met, and it stays due.

        `expected`: the version that the caller saw. Raises `NotFound`, `VersionMismatch`, `VisitDateInvalid`,
        `VisitNotDue` if it was recorded or cancelled.
        """
        plan = await self._visits.lock_plan_of(id)
        if plan is None:
            raise NotFound
        visit = await self._visible(principal, id, "visit.record")
        require_version(visit, expected)
        require_transition(VisitStatus(visit.status), VisitStatus.DONE)
        last = (await self._visits.last_done([plan.tag_id])).get(plan.tag_id)
        tag = await projected(self._session, FAMILIES[visit.restricted], plan.tag_id)
        assert tag is not None, "a plan is made when its tag arrives"
        check_day(done_on, today=self.today, tag=tag, last_done=last)
        if finding is Finding.ABSENT:
            latest = done_on if visit.attempted_on is None else max(done_on, visit.attempted_on)
            changes = {"attempts": visit.attempts + 1, "attempted_on": latest}
        else:
            changes = {"done_on": done_on, "finding": finding, "status": VisitStatus.DONE}
        recorded = await compare_and_set(self._session, visit, recorded_by=principal.subject, **changes)
        if recorded is None:
            raise VisitNotDue(id)
        self._outbox.add(fact_of(ATTEMPTED if finding is Finding.ABSENT else DONE, recorded))
        self._note(principal, "record", recorded, purpose, Detail.WRITE)
        rule = (await self._visits.rules()).get(plan.tag_code)
        if plan.area is not None and rule is not None and finding is not Finding.ABSENT:
            self._plan(plan, plan.area, self._next(done_on, rule))
        return recorded

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

    async def contacts(self, visits: Sequence[Visit]) -> Mapping[UUID, Sequence[TagContact]]:
        """Whom to ask about the person of each of these visits that is due, by the visit's id."""
        found: dict[UUID, Sequence[TagContact]] = {}
        for restricted, family in FAMILIES.items():
            due = [one for one in visits if one.restricted is restricted and one.status == VisitStatus.DUE]
            tags = await projected_many(self._session, family, {one.tag_id for one in due})
            found |= {one.id: tag.contacts for one in due if (tag := tags.get(str(one.tag_id))) is not None}
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
