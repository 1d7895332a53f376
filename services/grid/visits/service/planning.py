"""Plans of visits (走访计划): they follow tags, people and whoever answers for a grid."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from services.grid.staff.repository import StaffRepository
from services.grid.visit_rules.domain import VisitRules, VisitRuleTerms
from services.grid.visit_rules.repository import VisitRuleRepository
from services.grid.visits.domain import AnyTag, first_due, homes_before, next_due, where_to_visit
from services.grid.visits.models import Visit, VisitPlan
from services.grid.visits.repository import VisitRepository
from services.grid.visits.service.announcing import CANCELLED, HANDED_OVER, MOVED, PLANNED, fact_of
from shared.clock import today
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.tags import RestrictedTagState, TagState
from shared.db.compare_and_set import compare_and_set
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_many
from shared.reference.areas import is_grid

PAGE = 500


class VisitPlanning:
    """Use cases that make visits due, hand them over, move and cancel them. A follower of staff (`StaffFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._visits = VisitRepository(context.session)
        self._rules = VisitRuleRepository(context.session)
        self._staff = StaffRepository(context.session)

    @property
    def today(self) -> date:
        """The day in Shanghai."""
        return today(self._clock)

    async def rules(self) -> VisitRules:
        """The rules of today."""
        return await self._rules.in_force(self.today)

    async def follow(self, tags: Sequence[AnyTag]) -> None:
        """Make the plans of these tags what the newest states ask for. Doing it again changes nothing.

        An active tag with a rule has exactly one visit due, where its person lives, and for whoever answers there
        today; any other has none.
        """
        await self._visits.ensure_plans(tags)
        ids = [tag.id for tag in tags]
        plans = await self._visits.lock_plans(ids)
        # After the locks: whoever held them before has committed, so these are the newest states.
        persons = await projected_many(self._session, PersonState, {tag.person_id for tag in tags})
        due, last, rules = await self._visits.due_of(ids), await self._visits.last_done(ids), await self.rules()
        places = {tag.id: where_to_visit(tag, persons.get(str(tag.person_id)), self.today) for tag in tags}
        workers = await self.workers(place for place in places.values() if place is not None)
        for tag in tags:
            plan, visit, area = plans[tag.id], due.get(tag.id), places[tag.id]
            plan.area, plan.person_id, plan.tag_code, plan.level = area, tag.person_id, tag.code, tag.level
            rule = rules.of(tag.code, tag.level)
            if area is None or rule is None:
                if visit is not None:
                    await self.cancel(visit)
            elif visit is None:
                first = first_due(tag, rule, self.today)
                due_on = self.next(last[tag.id], rule) if tag.id in last else first
                self.plan(plan, area, due_on, workers.get(area))
            elif visit.area != area:
                person = persons.get(str(tag.person_id))
                lived = tag.residence if person is None else person.residence
                await self._move(visit, area, homes_before(lived, self.today, visit.due_on), workers.get(area))
            elif visit.worker != workers.get(area):
                await self._hand_over(visit, workers.get(area))

    async def follow_persons(self, person_ids: Collection[UUID]) -> None:
        """The same for every tag of these persons: they moved, left, came back or died."""
        await self._follow_plans(await self._visits.plans_of(person_ids))

    async def follow_staff(self, grid: str) -> None:
        """The same for everybody who lives in a grid: others may answer for it."""
        await self._follow_plans(await self._visits.plans_in(grid))

    async def follow_all(self) -> None:
        """The same for every plan of an open tag: what lay ahead has come, an end, a move, a substitute, a rule."""
        after: UUID | None = None
        while plans := await self._visits.active_plans(after, PAGE):
            after = plans[-1].tag_id
            await self._follow_plans(plans)

    async def workers(self, areas: Iterable[str]) -> dict[str, str]:
        """Who answers today for each of these areas that is a grid, as they log in."""
        grids = {area for area in areas if is_grid(area)}
        return dict(await self._staff.on_duty(grids, self.today)) if grids else {}

    def next(self, done_on: date, rule: VisitRuleTerms) -> date:
        """A visit recorded long after it was paid does not make the next one overdue at once."""
        return max(next_due(done_on, rule), self.today)

    def plan(self, plan: VisitPlan, area: str, due_on: date, worker: str | None) -> None:
        """A visit becomes due, for whoever is to pay it. Hold the plan's lock."""
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
            worker=worker,
            handovers=0,
            version=1,
        )
        self._visits.add(visit)
        self._outbox.add(fact_of(PLANNED, visit))

    async def cancel(self, visit: Visit) -> None:
        """A due visit is asked for no more. Hold the plan's lock."""
        moved = await compare_and_set(self._session, visit, status=VisitStatus.CANCELLED)
        assert moved is not None, "due visits are changed under their plan's lock only"
        self._outbox.add(fact_of(CANCELLED, moved))

    async def _move(self, visit: Visit, area: str, former: list[dict[str, str]], worker: str | None) -> None:
        moved = await compare_and_set(self._session, visit, area=area, former=former, worker=worker)
        assert moved is not None, "due visits are changed under their plan's lock only"
        self._outbox.add(fact_of(MOVED, moved))

    async def _hand_over(self, visit: Visit, worker: str | None) -> None:
        """交接: the visit goes to another worker. One that nobody had is given out, which is no hand-over."""
        again = {} if visit.worker is None else {"handovers": visit.handovers + 1, "handed_over_on": self.today}
        moved = await compare_and_set(self._session, visit, worker=worker, **again)
        assert moved is not None, "due visits are changed under their plan's lock only"
        self._outbox.add(fact_of(HANDED_OVER, moved))

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
