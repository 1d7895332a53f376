"""Changes of grids (网格调整): carried out whole or not at all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from shapely.geometry import Polygon

from services.grid.grid_changes.domain import (
    GridChangeKind,
    GridChangeStatus,
    GridChangeUndone,
    GridPlan,
    GridSeenOtherwise,
    Resident,
    check,
    heir_of,
    placed,
    require_no_gap,
)
from services.grid.grid_changes.models import GridChange
from services.grid.grid_changes.repository import GridChangeRepository
from services.grid.grids.domain import GridAlreadyClosed, GridDateInvalid, GridKind, GridNet, Outline
from services.grid.grids.models import Grid
from services.grid.grids.repository import GridRepository
from services.grid.grids.service.drawing import GridDrawing
from services.grid.residence_proposals.domain import ResidentNotThere, ResidentTargetUnknown, Wanted
from services.grid.residence_proposals.service.proposals import ResidenceProposals
from shared.auth.access_log import Detail
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.grid.residence_proposals import ProposalRule
from shared.contracts.registry.areas import AreaState
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import FieldError, Invalid, NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.reference.areas import village_of

MANAGE, READ = "grid.manage", "grid.read"
ENDED, DRAWN, REDRAWN = "ended", "drawn", "redrawn"


class GridChangeFollower(Protocol):
    """What follows changes of grids, in the same transaction."""

    async def changed(self, change: UUID, on: date, grids: Collection[Grid]) -> None:
        """These grids ended, or have another border, from a day on."""
        ...

    async def undone(self, change: UUID, grids: Collection[Grid]) -> None:
        """A change was undone: all its grids as they are now."""
        ...


class GridChanges:
    """Use cases of changes of grids. Others who draw are waited for."""

    def __init__(
        self,
        context: UseCaseContext,
        proposals: ResidenceProposals,
        followers: Sequence[GridChangeFollower] = (),
    ) -> None:
        self._followers = followers
        self._session = context.session
        self._clock = context.clock
        self._changes = GridChangeRepository(context.session)
        self._grids = GridRepository(context.session)
        self._drawing = GridDrawing(context)
        self._proposals = proposals

    async def carry_out(self, principal: Principal, plan: GridPlan) -> GridChange:
        """Carry a change out, and propose to registry who lives in which grid.

        Raises `NotFound` for a grid outside the caller's areas or that is none, `Invalid` that names what is wrong with
        the plan, `GridSeenOtherwise`, `GridAlreadyClosed`, what drawing raises, `GridChangeLeavesGap`,
        `ResidentNotThere` and `ResidentTargetUnknown`.
        """
        scope = principal.scope(MANAGE)
        scope.require(*(code for _, code in plan.codes))
        check(plan)
        news = {one.code: one for one in plan.draws}
        where = {code: path.removesuffix("code") for path, code in plan.codes}
        rings = {code: f"{path}polygon" for code, path in where.items()}
        polygons = {new.code: new.border.polygon(rings[new.code]) for new in plan.draws}
        for part in plan.redraws:
            assert part.border is not None, "it is drawn anew"
            polygons[part.code] = part.border.polygon(rings[part.code])
        villages = await self._drawing.villages(dict.fromkeys(news, plan.effective_on), where)
        changed = await self._drawing.lock()
        standing = await self._standing(plan, where)
        first = _require_alike(standing, where)
        kind, net = GridKind(first.kind), GridNet(first.net)
        plan = replace(plan, draws=[replace(one, kind=kind, net=net) for one in plan.draws])
        await self._drawing.require_unused(news, where)
        outlines = [Outline(code, polygon, kind, net) for code, polygon in polygons.items()]
        await self._drawing.require_free(outlines, rings, instead_of=standing)
        at = "draws" if plan.draws else "redraws"
        require_no_gap([Polygon(one.polygon) for one in standing.values()], list(polygons.values()), at)
        homes = await self._proposals.living_in(list(standing))
        change = self._begun(principal, plan, first.village)
        change.grids = await self._draw(principal, plan, standing, polygons, villages, changed, change.id)
        wanted = self._wanted(principal, plan, homes, polygons, change)
        change.proposed = await self._proposals.propose(wanted, plan.effective_on, by=principal.subject)
        self._changes.add(change)
        await self._session.flush()
        after = await self._grids.all_locked(list(standing))
        for follower in self._followers:
            await follower.changed(change.id, plan.effective_on, list(after.values()))
        return change

    async def place(
        self, principal: Principal, id: UUID, residents: Sequence[Resident], *, expected: Seen = None
    ) -> GridChange:
        """Say of further residents in which grid of a change they live: those whom no rule placed, or who were refused.

        Raises `NotFound`, `VersionMismatch`, `GridChangeUndone`, `ResidentNotThere`, `ResidentTargetUnknown`.
        """
        scope = principal.scope(MANAGE)
        await self._drawing.lock()
        change = await self._changes.locked(id)
        if change is None or not scope.allows(change.village):
            raise NotFound(id)
        require_version(change, expected)
        if change.status != GridChangeStatus.IN_FORCE:
            raise GridChangeUndone(id)
        left = change.codes(ENDED) or change.codes(REDRAWN)
        grids = await self._grids.all_locked([*change.codes(DRAWN), *change.codes(REDRAWN)])
        polygons = {code: Polygon(grid.polygon) for code, grid in grids.items() if grid.valid_to is None}
        plan = GridPlan(GridChangeKind(change.kind), change.effective_on, residents=residents)
        homes = await self._proposals.living_in(left)
        wanted = self._wanted(principal, plan, homes, polygons, change)
        asked = await self._proposals.propose(wanted, change.effective_on, by=principal.subject)
        moved = await compare_and_set(self._session, change, proposed=change.proposed + asked)
        assert moved is not None, "the row is locked"
        return moved

    async def read(self, principal: Principal, id: UUID) -> GridChange:
        """One change. Raises `NotFound`."""
        change = await self._changes.get(id)
        if change is None or not principal.scope(READ).allows(change.village):
            raise NotFound(id)
        return change

    async def page(
        self, principal: Principal, *, area: str | None = None, after: UUID | None = None, limit: int = 50
    ) -> Sequence[GridChange]:
        """Changes in villages of the caller's areas, the oldest first. Raises `NotFound` for an area outside."""
        scope = principal.scope(READ, within=area).where(GridChange.village)
        return await self._changes.page(scope, after=after, limit=limit)

    async def count(self, principal: Principal, *, area: str | None = None) -> int:
        """How many `page` gives in all."""
        return await self._changes.count(principal.scope(READ, within=area).where(GridChange.village))

    async def _standing(self, plan: GridPlan, where: Mapping[str, str]) -> Mapping[str, Grid]:
        """The grids that end or go on with another border, which are to be as the caller saw them."""
        parts = [*plan.ends, *plan.redraws]
        found = await self._grids.all_locked([one.code for one in parts])
        bordered = await self._grids.bordered_since(list(found))
        for part in parts:
            grid = found.get(part.code)
            if grid is None:
                raise NotFound.at(f"{where[part.code]}code")
            if part.seen is not None and part.seen != grid.version:
                raise GridSeenOtherwise.at(f"{where[part.code]}seen", subject=part.code)
            if grid.valid_to is not None:
                raise GridAlreadyClosed.at(f"{where[part.code]}code", subject=part.code)
            begins = max(grid.valid_from, bordered.get(grid.code, grid.valid_from))
            if not begins <= plan.effective_on <= today(self._clock):
                detail = "生效日须不早于所涉网格的启用日和现有边界的起始日、不晚于今天"
                raise GridDateInvalid.at("effective_on", subject=part.code, detail=detail)
        return found

    async def _draw(
        self,
        principal: Principal,
        plan: GridPlan,
        standing: Mapping[str, Grid],
        polygons: Mapping[str, Polygon],
        villages: Mapping[str, AreaState],
        changed: int,
        change: UUID,
    ) -> list[dict[str, Any]]:
        """Write the grids of a plan. What was done to each, and its version after it."""
        done: list[dict[str, Any]] = []
        by, day = principal.subject, plan.effective_on
        successors = [one.code for one in plan.draws]
        for part in plan.ends:
            ended = await self._drawing.close(standing[part.code], day, successors, heir=heir_of(plan), changed=changed)
            done.append({"code": part.code, "did": ENDED, "version": ended.version})
        for new in plan.draws:
            begun = replace(new, valid_from=day)
            village = villages[village_of(new.code)]
            drawn = self._drawing.add(begun, polygons[new.code], village, changed=changed, by=by, change=change)
            done.append({"code": new.code, "did": DRAWN, "version": drawn.version})
        for part in plan.redraws:
            assert part.border is not None, "it is drawn anew"
            before = standing[part.code].polygon
            grid = await self._drawing.redraw(
                standing[part.code], part.border, polygons[part.code], day, changed=changed, by=by, change=change
            )
            done.append({"code": part.code, "did": REDRAWN, "version": grid.version, "polygon": before})
        return done

    def _begun(self, principal: Principal, plan: GridPlan, village: str) -> GridChange:
        return GridChange(
            id=new_id(),
            version=1,
            village=village,
            kind=str(plan.kind),
            status=str(GridChangeStatus.IN_FORCE),
            effective_on=plan.effective_on,
            grids=[],
            heir=heir_of(plan),
            proposed=0,
            recorded_by=principal.subject,
            recorded_at=self._clock.now(),
            undone_by=None,
            undone_at=None,
        )

    def _wanted(
        self,
        principal: Principal,
        plan: GridPlan,
        homes: Mapping[UUID, str],
        polygons: Mapping[str, Polygon],
        change: GridChange,
    ) -> Sequence[Wanted]:
        """Whom to propose: the residents who are named, and for all others of the ended grids their heir."""
        versions = {one["code"]: one["version"] for one in change.grids}
        wanted: dict[UUID, Wanted] = {}
        for n, one in enumerate(plan.residents):
            home = homes.get(one.person_id)
            if home is None:
                raise ResidentNotThere.at(f"residents.{n}.person_id")
            target = placed(one, polygons)
            if target is None:
                raise ResidentTargetUnknown.at(f"residents.{n}.{'code' if one.point is None else 'point'}")
            self._proposals.note(principal, "propose_residence", one.person_id, home, Detail.WRITE)
            rule = ProposalRule.NAMED if one.point is None else ProposalRule.LOCATED
            if target != home:
                wanted[one.person_id] = self._proposal(one.person_id, home, target, rule, versions, change)
        named = {one.person_id for one in plan.residents}
        if change.heir is not None and plan.ends:
            wanted |= {
                person: self._proposal(person, home, change.heir, ProposalRule.HEIR, versions, change)
                for person, home in homes.items()
                if person not in named
            }
        return list(wanted.values())

    def _proposal(
        self, person: UUID, home: str, target: str, rule: ProposalRule, versions: Mapping[str, int], change: GridChange
    ) -> Wanted:
        return Wanted(person, home, versions[home], target, versions[target], rule, change_id=change.id)


def _require_alike(standing: Mapping[str, Grid], where: Mapping[str, str]) -> Grid:
    """The first grid. Raises `Invalid` if others are of another kind or net."""
    first, *others = standing.values()
    unlike = [one.code for one in others if (one.kind, one.net) != (first.kind, first.net)]
    if unlike:
        sentence = "一次只能调整同一张网、同一类别的网格"
        raise Invalid(errors=[FieldError(f"{where[code]}code", "other_net", sentence) for code in unlike])
    return first
