"""Undoing of a change of areas (撤销区划调整): everybody is where they were, unless something rests on it."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.registry.area_changes.domain import AreaChangeRestedOn, AreaChangeUndone, has_ended, rested_on
from services.registry.area_changes.models import AreaChange
from services.registry.area_changes.repository import AreaChangeRepository
from services.registry.area_changes.service.announcing import state_of
from services.registry.area_changes.service.followers import PersonsFollower, RecordsFollower, ReturningFollower
from services.registry.area_changes.service.residents import PERMISSION, BoundaryResidents
from services.registry.areas.models import Area
from services.registry.areas.repository import AreaRepository
from services.registry.buildings.repository import BuildingRepository
from services.registry.buildings.service import Buildings
from services.registry.households.service.boundaries import HouseholdBoundaries
from services.registry.postings.service import Postings
from shared.auth.principal import Principal
from shared.contracts.registry.area_changes import AreaChangeStatus, AreaChangeTakenBack
from shared.contracts.registry.areas import AreaAbolished, AreaReopened, AreaState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.messaging.context import UseCaseContext
from shared.reference.areas import parent


class AreaChangeUndoing:
    """Undoing of changes of areas. The tree is locked first, then persons, the areas, households, buildings."""

    def __init__(
        self,
        context: UseCaseContext,
        *,
        postings: Postings,
        buildings: Buildings,
        tags: PersonsFollower,
        records: RecordsFollower,
        seats: Sequence[ReturningFollower] = (),
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

    async def undo(self, principal: Principal, id: UUID, *, expected: Seen = None) -> AreaChange:
        """Undo a change of areas: what it ended exists on, what it opened never was, everybody is where they were.

        Raises `NotFound`, `VersionMismatch`, `AreaChangeUndone`, and `AreaChangeRestedOn` with the areas that have
        changed again since, that have ended though somebody would go back there, or that it opened and that somebody
        or something came to belong to; with the life events that could not be; and with households and occupancies that
        would be of two villages.
        """
        await self._areas.lock_tree()
        change = await self._changes.locked(id)
        if change is None or not principal.scope(PERMISSION).allows(change.area):
            raise NotFound(id)
        require_version(change, expected)
        if change.status != AreaChangeStatus.DONE:
            raise AreaChangeUndone(id)
        targets = [code for one in change.plan["moves"] for code in (one["to"], *one["shared_with"]) if code]
        if again := await self._changes.changed_since(change, targets):
            raise _rested(change, again)
        opened = change.plan["opens"]
        ended = [one["origin"] for one in change.plan["moves"] if has_ended(one)]
        back = await self._residents.go_back(principal, id)
        going_on = {one["origin"] for one in change.plan["moves"]}.difference(ended)
        above = {upper for code in (*ended, *going_on) if (upper := parent(code)) is not None}.difference(ended)
        known = await self._areas.all_locked({*opened, *ended, *going_on, *above}, ending=True)
        _require_unchanged(change, opened, ended, going_on | above, known)
        households = [UUID(one) for one in change.households]
        for code in ended:
            area = await self._areas.reopen(known[code])
            self._outbox.add(AreaReopened(state=AreaState.model_validate(area)))
        await self._households.go_back(households, change.effective_on)
        placed = await BuildingRepository(self._session).placed(change.id)
        await self._buildings.go_back([*(UUID(one) for one in change.buildings), *placed])
        for follower in self._seats:
            await follower.go_back(change.id)
        if rest := await self._changes.peopled(opened):
            raise _rested(change, rest)
        for follower in self._seats:
            if rest := await follower.standing(opened):
                raise _rested(change, rest)
        await self._require_whole(change, [one.id for one in back], households)
        for code in sorted(opened, reverse=True):
            area = await self._areas.end(known[code], known[code].valid_from, (), residents_moved=False)
            if await self._areas.parts(code, on=area.valid_from):
                raise _rested(change, [code])
            self._outbox.add(AreaAbolished(state=AreaState.model_validate(area)))
        await self._tags.follow_areas(back)
        await self._records.follow_areas([one.id for one in back], households)
        undone = {"undone_by": principal.subject, "undone_at": self._clock.now()}
        moved = await compare_and_set(self._session, change, status=str(AreaChangeStatus.UNDONE), **undone)
        assert moved is not None, "the row is locked"
        self._outbox.add(AreaChangeTakenBack(state=state_of(moved)))
        return moved

    async def _require_whole(self, change: AreaChange, people: Collection[UUID], households: Collection[UUID]) -> None:
        torn = await self._changes.torn(people, households)
        strayed = await self._changes.strayed(change, people)
        found = [("households", one, "该户成员分属两村（社区）") for one in torn]
        found += [("occupancies", one, "居住人与房屋分属两村（社区）") for one in strayed]
        if found:
            raise rested_on(change.id, found)


def _require_unchanged(
    change: AreaChange,
    opened: Collection[str],
    ended: Collection[str],
    going_on: Collection[str],
    known: Mapping[str, Area],
) -> None:
    """Raises `AreaChangeRestedOn` if what the change ended or opened has changed again since, or another has ended.

    `going_on`: villages that it left as they are, and what lies above whoever goes back.
    """
    again = [code for code in (*opened, *sorted(going_on)) if known[code].valid_to is not None]
    again += [code for code in ended if known[code].valid_to != change.effective_on]
    if again:
        raise _rested(change, again)


def _rested(change: AreaChange, areas: Sequence[str]) -> AreaChangeRestedOn:
    return rested_on(change.id, (("areas", code, "该区划之后又有登记或调整") for code in areas))
