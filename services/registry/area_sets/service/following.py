"""Area sets through changes of areas (区划调整): who carries a member on takes its seat, and gives it back."""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from services.registry.area_changes.domain import Plan
from services.registry.area_sets.domain import (
    AreaSetStep,
    Claims,
    Membership,
    followed,
    heirs_of,
    is_open,
    meet,
    returned,
)
from services.registry.area_sets.domain.following import Going
from services.registry.area_sets.service.handling import AreaSetHandling
from shared.contracts.registry.area_sets import EXCLUSIVE, AreaSetBoundaryChanged, AreaSetKind
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of


class AreaSetFollowing:
    """Follower of changes of areas (`SetsFollower`)."""

    def __init__(self, context: UseCaseContext) -> None:
        self._handling = AreaSetHandling(context)
        self._sets = self._handling.sets

    async def follow_plan(self, change: UUID, plan: Plan, grids: Mapping[str, str]) -> None:
        """A change of areas: heirs take the seats of members. `grids`: which code each grid gets.

        An heir that another set of an exclusive kind has, or claims as well, joins none: a clerk says which.
        """
        await self._sets.lock()
        sets = await self._sets.all_in(plan.villages)
        members = await self._sets.members([one.id for one in sets])
        moves, opened = plan.villages, {one.code for one in plan.opens}

        def heirs(area: str, move: Going) -> Sequence[str]:
            return heirs_of(area, move, opened, grids) if plan.undivided else ()

        claims: dict[str, Claims] = {}
        for one in sets:
            for member in members[one.id]:
                if is_open(member) and (move := moves.get(village_of(member.area))) is not None:
                    for heir in heirs(member.area, move):
                        claims.setdefault(one.kind, Claims()).add(heir, one.id)
        for one in sets:
            free = await self._free(one.id, one.kind, claims.get(one.kind, Claims()), moves)
            after = followed(members[one.id], change, moves, heirs, free, plan.effective_on)
            if after != members[one.id]:
                moved = await self._handling.follow(one, AreaSetStep.BOUNDARY_CHANGED, after)
                self._handling.announce(moved, after, AreaSetBoundaryChanged)

    async def go_back(self, change: UUID) -> None:
        """A change of areas is undone: whose seat went to others has it again."""
        await self._sets.lock()
        sets = await self._sets.all_of_change(change)
        members = await self._sets.members([one.id for one in sets])
        for one in sets:
            after = returned(members[one.id], change, one.dissolved_on)
            moved = await self._handling.follow(one, AreaSetStep.BOUNDARY_UNDONE, after)
            self._handling.announce(moved, after, AreaSetBoundaryChanged)

    async def standing(self, areas: Collection[str]) -> Sequence[str]:
        """Those of the areas that belong to a set in use: none of them may go while that is so."""
        return await self._sets.standing(areas)

    async def _free(self, id: UUID, kind: str, claims: Claims, moves: Mapping[str, Going]) -> "Free":
        """Who may take a seat in the set: of an exclusive kind nobody whom another set has or claims."""
        if AreaSetKind(kind) not in EXCLUSIVE or not claims.heirs:
            return Free(id, Claims(), ())
        others = await self._sets.meeting(kind, claims.heirs, but=id)
        return Free(id, claims, [one for one in others if is_open(one) and village_of(one.area) not in moves])


class Free:
    """Whether an area may take a seat in a set."""

    def __init__(self, id: UUID, claims: Claims, held: Sequence[Membership]) -> None:
        self._id = id
        self._claims = claims
        self._held = held

    def __call__(self, area: str) -> bool:
        return not self._claims.disputed(area, self._id) and not any(meet(area, one.area) for one in self._held)
