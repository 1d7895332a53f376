"""Use cases of changes of areas: carry one out with all who live there, read them."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.registry.area_changes.domain import (
    LARGEST,
    MOST_GRIDS,
    AreaChangeTooLarge,
    Assignment,
    MemberOfHousehold,
    Opening,
    Plan,
    check,
    recoded,
)
from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.repository import AreaChangeRepository
from services.registry.area_changes.service.announcing import state_of
from services.registry.area_changes.service.followers import (
    PersonsFollower,
    PostsFollower,
    RecordsFollower,
    SeatsFollower,
    SetsFollower,
)
from services.registry.area_changes.service.residents import PERMISSION, BoundaryResidents
from services.registry.areas.domain import AreaAlreadyAbolished, AreaHasParts, AreaPopulated, UnknownArea, kind_of
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from services.registry.buildings.models import Building
from services.registry.buildings.service import Buildings
from services.registry.households.domain import HouseholdRecord, HouseholdStatus
from services.registry.households.service.boundaries import HouseholdBoundaries
from services.registry.life_events.domain import EventInFuture
from services.registry.persons.domain import PersonRecord
from services.registry.postings.service import Postings
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.grids import GridState
from shared.contracts.registry.area_changes import AreaChangeCarriedOut, AreaChangeKind, AreaChangeStatus
from shared.contracts.registry.areas import AreaAbolished, AreaOpened, AreaReopened, AreaState
from shared.errors import FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.states import projected_all
from shared.reference.areas import VILLAGE_DIGITS, parent, village_of

LockedAreas = Callable[[Plan], Awaitable[Mapping[str, Area]]]


class AreaChanges:
    """Use cases of changes of areas. The tree is locked first, then persons, the areas, households, buildings."""

    def __init__(
        self,
        context: UseCaseContext,
        *,
        postings: Postings,
        buildings: Buildings,
        tags: PersonsFollower,
        records: RecordsFollower,
        seats: Sequence[SeatsFollower] = (),
        posts: PostsFollower | None = None,
        sets: SetsFollower | None = None,
    ) -> None:
        self._session = context.session
        self._outbox = context.outbox
        self._clock = context.clock
        self._areas = AreaRepository(context.session)
        self._changes = AreaChangeRepository(context.session)
        self._households = HouseholdBoundaries(context)
        self._residents = BoundaryResidents(context, postings)
        self._buildings = buildings
        self._tags = tags
        self._records = records
        self._seats = seats
        self._posts = posts
        self._sets = sets

    async def carry_out(self, principal: Principal, plan: Plan) -> AreaChange:
        """Carry a change of areas out: all of it, or nothing.

        Raises `Invalid` that names what is wrong with the plan or lies outside the scope, `EventInFuture`,
        `UnknownArea`, `AreaAlreadyAbolished`, `AreaHasParts`, `AreaChangeTooLarge`, `MemberOfHousehold`, and `NotFound`
        for a household, person or building that is not of the village.
        """
        scope = principal.scope(PERMISSION)
        outside = [path for path, code in plan.named() if not scope.allows(code)]
        if outside:
            raise Invalid(errors=[FieldError(path, "outside_scope", "该区划不在您的管理范围内") for path in outside])
        if plan.effective_on > today(self._clock):
            raise EventInFuture.at("effective_on")
        return await self.apply(principal, plan, self._locked_areas)

    async def apply(self, principal: Principal, plan: Plan, lock: LockedAreas) -> AreaChange:
        """Carry a plan out. `lock` locks its areas, or says what keeps it from being carried out.

        Raises `AreaPopulated` for a village that ends while somebody is there whom the plan takes nowhere.
        """
        await self._areas.lock_tree()
        await self._residents.locked(plan.villages, plan.effective_on)
        known = await lock(plan)
        people = await self._residents.locked(plan.villages, plan.effective_on)
        if len(people) > LARGEST:
            raise AreaChangeTooLarge
        if plan.kind is AreaChangeKind.ABOLISH and people and any(move.shares or not move.to for move in plan.moves):
            raise AreaPopulated  # nobody carries it on, or several do and nobody says who goes where
        assignment = Assignment(plan, await self._recoded(plan))
        households = await self._households.locked(plan.villages, plan.effective_on)
        for one in households:
            members = [member.person_id for member in one.members if member.until is None]
            assignment.settle(one.id, one.kind, one.area, members)
        self._check_shares(plan, assignment, people, households)
        await self.open(principal, plan.opens, plan.effective_on, known)
        change = await self._record(principal, plan, assignment.grids)
        gone = await self._residents.follow(principal, people, assignment, change.id)
        moved = await self._households.follow(
            households, lambda one: assignment.households[one.id].to, plan.effective_on
        )
        stood = await self._follow_buildings(plan, assignment)
        for follower in self._seats:
            await follower.follow_areas(change.id, plan.villages, assignment.thing, plan.effective_on)
        if self._posts is not None:
            ending = {code: not move.stays for code, move in plan.villages.items()}
            await self._posts.follow_villages(change.id, ending, assignment.thing, plan.effective_on)
        if self._sets is not None:
            await self._sets.follow_plan(change.id, plan, assignment.grids)
        await self._end(plan, known)
        await self._tags.follow_areas(gone)
        await self._records.follow_areas([one.id for one in gone], moved)
        change.persons, change.households, change.buildings = len(gone), _texts(moved), _texts(stood)
        await self._session.flush()
        self._outbox.add(AreaChangeCarriedOut(state=state_of(change)))
        return change

    async def open(self, principal: Principal, opens: Sequence[Opening], day: date, known: Mapping[str, Area]) -> None:
        """Open areas on a day. `known`: those of them, locked, whose code was never in force."""
        fresh = []
        for one in sorted(opens, key=lambda one: one.code):
            if one.code in known:
                await self._areas.forget_names(one.code, by=principal.subject, at=self._clock.now())
                area = await self._areas.reopen(known[one.code], **one.told, valid_from=day)
                self._outbox.add(AreaReopened(state=AreaState.model_validate(area)))
                continue
            fresh.append(
                AreaState(
                    id=one.code,
                    version=1,
                    code=one.code,
                    level=len(one.code),
                    kind=kind_of(one.code),
                    parent=parent(one.code),
                    valid_from=day,
                    **one.told,
                )
            )
        await self._areas.add([{**state.model_dump(exclude={"id", "successors"}), "successors": []} for state in fresh])
        for state in fresh:
            self._outbox.add(AreaOpened(state=state))

    async def hold(self, areas: Collection[str], day: date) -> None:
        """Lock whoever belongs to one of the villages before any area is locked: several changes are to follow."""
        await self._areas.lock_tree()
        await self._residents.locked([one for one in areas if len(one) == VILLAGE_DIGITS], day)

    async def read(self, principal: Principal, id: UUID) -> AreaChange:
        """One change. Raises `NotFound`."""
        change = await self._changes.get(id)
        if change is None or not principal.scope(PERMISSION).allows(change.area):
            raise NotFound(id)
        return change

    async def page(self, principal: Principal, area: str, *, after: UUID | None, limit: int) -> Sequence[AreaChange]:
        """Changes that an area of the scope holds, oldest first. Raises `NotFound` for an area outside."""
        return await self._changes.page(principal.scope(PERMISSION, within=area), after=after, limit=limit)

    async def count(self, principal: Principal, area: str) -> int:
        """How many `page` gives in all."""
        return await self._changes.count(principal.scope(PERMISSION, within=area))

    async def _locked_areas(self, plan: Plan) -> Mapping[str, Area]:
        """The areas that the plan names, and those above what it opens; nobody settles in them meanwhile."""
        opened = {one.code for one in plan.opens}
        above = {upper for one in plan.opens if (upper := parent(one.code)) is not None}
        known = await self._areas.all_locked({code for _, code in plan.named()} | above, ending=True)
        named = [(path, code) for path, code in plan.named() if code not in opened]
        if unknown := [path for path, code in named if code not in known]:
            raise UnknownArea.at(*unknown)
        if ended := [path for path, code in named if known[code].valid_to is not None]:
            raise AreaAlreadyAbolished.at(*ended)
        if errors := check(plan, known):
            raise Invalid(errors=errors)
        return known

    def _check_shares(
        self,
        plan: Plan,
        assignment: Assignment,
        people: Mapping[UUID, PersonRecord],
        households: Sequence[HouseholdRecord],
    ) -> None:
        """Whoever and whatever a share names is of the village; members go with their households."""
        active = {one.id: village_of(one.area) for one in households if one.status == HouseholdStatus.ACTIVE}
        strangers, members = [], []
        for number, move in enumerate(plan.moves):
            for place, share in enumerate(move.shares):
                path = f"moves.{number}.shares.{place}"
                for n, household in enumerate(share.households):
                    if active.get(household) != move.origin:
                        strangers.append(f"{path}.households.{n}")
                for n, who in enumerate(share.persons):
                    person = people.get(who)
                    if person is None or not any((area or "").startswith(move.origin) for area in person.areas):
                        strangers.append(f"{path}.persons.{n}")
                    elif any(one.village == move.origin for one in assignment.of_person.get(who, ())):
                        members.append(f"{path}.persons.{n}")
        if strangers:
            raise NotFound.at(*strangers)
        if members:
            raise MemberOfHousehold.at(*members)

    async def _follow_buildings(self, plan: Plan, assignment: Assignment) -> Sequence[UUID]:
        named = {
            one: (f"moves.{number}.shares.{place}.buildings.{n}", move.origin)
            for number, move in enumerate(plan.moves)
            for place, share in enumerate(move.shares)
            for n, one in enumerate(share.buildings)
        }

        def to(building: Building) -> str | None:
            if named.get(building.id, ("", ""))[1] == village_of(building.area):
                del named[building.id]
            return assignment.thing(building.id, building.area)

        gone = await self._buildings.follow_areas(plan.villages, to, plan.effective_on)
        if named:
            raise NotFound.at(*(path for path, _ in named.values()))
        return gone

    async def _recoded(self, plan: Plan) -> Mapping[str, str]:
        """The codes that the open grids of the villages get, as far as they are known. Raises `AreaChangeTooLarge`.

        Grid has the last word: who lives in a grid that it closed or drew a moment ago is proposed another one there.
        """
        origins, targets = plan.villages, {one for move in plan.villages.values() for one in move.targets}
        known = [
            one for area in {*origins, *targets} for one in await projected_all(self._session, GridState, inside=area)
        ]
        open_ones = [one.code for one in known if one.village in origins and one.valid_to is None]
        if len(open_ones) > MOST_GRIDS:
            raise AreaChangeTooLarge
        return recoded(plan, open_ones, {one.code for one in known})

    async def _end(self, plan: Plan, known: Mapping[str, Area]) -> None:
        """Villages before towns, for a town ends after what lies below it. Raises `AreaPopulated`, `AreaHasParts`."""
        ending = [move for move in plan.moves if not move.stays]
        if await self._residents.anybody_in([move.origin for move in ending]):
            raise AreaPopulated
        for move in sorted(ending, key=lambda move: -len(move.origin)):
            if await self._areas.parts(move.origin, on=plan.effective_on):
                raise AreaHasParts(move.origin)
            seen = known[move.origin]
            area = await self._areas.end(seen, plan.effective_on, move.targets, residents_moved=True)
            self._outbox.add(AreaAbolished(state=AreaState.model_validate(area)))

    async def _record(self, principal: Principal, plan: Plan, grids: Mapping[str, str]) -> AreaChange:
        moves: list[dict[str, Any]] = [
            {"origin": one.origin, "to": one.to, "shared_with": sorted({share.to for share in one.shares})}
            for one in plan.moves
        ]
        change = AreaChange(
            id=new_id(),
            version=1,
            area=plan.area,
            kind=str(plan.kind),
            status=str(AreaChangeStatus.DONE),
            effective_on=plan.effective_on,
            plan={
                "opens": sorted(one.code for one in plan.opens),
                "moves": moves,
                "grids": [{"origin": origin, "to": to} for origin, to in sorted(grids.items())],
            },
            persons=0,
            households=[],
            buildings=[],
            recorded_by=principal.subject,
            recorded_at=self._clock.now(),
            undone_by=None,
            undone_at=None,
        )
        await self._changes.add(change)
        return change


def _texts(ids: Sequence[UUID]) -> list[str]:
    return [str(one) for one in ids]
