"""Residence proposals (居住网格变更建议): proposed after grids changed, answered by registry, taken back by undo."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.models import Grid
from services.grid.residence_proposals.domain import ProposalFilter, Wanted, home_grid
from services.grid.residence_proposals.models import ResidenceProposal
from services.grid.residence_proposals.repository import ResidenceProposalRepository
from shared.auth.access_log import Detail, Purpose
from shared.auth.principal import Principal
from shared.clock import today
from shared.contracts.effect_answers import EffectStatus
from shared.contracts.grid.residence_proposals import (
    ProposalRule,
    ResidenceProposalAnswered,
    ResidenceProposalAsked,
    ResidenceProposalRestated,
    ResidenceProposalState,
)
from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.residence_answers import ResidenceAnswerState
from shared.db.compare_and_set import compare_and_set
from shared.ids import new_id
from shared.messaging.context import UseCaseContext
from shared.messaging.inbound.effects import note_answer

READ = "person.read"
GRIDS = 20
"""Grids of one transaction of the sweep."""


class ResidenceProposals:
    """Use cases of proposals. A person is proposed once for each end of their grid, or named anew by somebody."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._outbox = context.outbox
        self._access = context.access
        self._proposals = ResidenceProposalRepository(context.session)

    async def living_in(self, grids: Collection[str]) -> Mapping[UUID, str]:
        """Who lives in one of these grids as far as is told, and in which."""
        found = await self._proposals.living_in(grids)
        return {one.id: home for one in found if (home := home_grid(one)) is not None}

    async def propose(self, wanted: Sequence[Wanted], on: date, *, by: str | None = None) -> int:
        """Propose these. One that was refused is asked for once more if somebody, `by`, names a grid for it.

        Returns how many were asked for.
        """
        if not wanted:
            return 0
        await self._proposals.lock()
        known = {
            (one.person_id, one.origin, one.cause): one
            for one in await self._proposals.of_causes({(one.origin, one.cause) for one in wanted})
        }
        asked = 0
        for one in sorted(wanted, key=lambda each: each.person_id):
            before = known.get((one.person_id, one.origin, one.cause))
            if before is None:
                self._ask(one, on, by)
            elif by is None or before.status != EffectStatus.REFUSED:
                continue
            else:
                await self._ask_again(before, one, by)
            asked += 1
        return asked

    async def follow_persons(self, persons: Sequence[PersonState]) -> None:
        """Propose the heir of their grid to whoever is told to live in one that has ended."""
        homes = {one.id: home for one in persons if (home := home_grid(one)) is not None}
        await self._inherit(homes)

    async def closed(self, grid: Grid) -> None:
        """Propose the heir of a grid that ended to whoever lives there."""
        if grid.heir is not None:
            await self._inherit(await self.living_in([grid.code]))

    async def sweep(self) -> bool:
        """Propose for whoever was told to live in an ended grid while it ended. True: there may be more."""
        grids = await self._proposals.left_behind(GRIDS)
        if grids:
            await self._inherit(await self.living_in(grids))
        return len(grids) == GRIDS

    async def _inherit(self, homes: Mapping[UUID, str]) -> None:
        ended = {one.code: one for one in await self._proposals.inherited(set(homes.values()))}
        versions = await self._proposals.versions({one.heir for one in ended.values() if one.heir is not None})
        by_day: dict[date, list[Wanted]] = {}
        for person, home in homes.items():
            grid = ended.get(home)
            if grid is not None and grid.heir is not None and grid.valid_to is not None:
                wanted = Wanted(person, home, grid.version, grid.heir, versions[grid.heir], ProposalRule.HEIR)
                by_day.setdefault(grid.valid_to, []).append(wanted)
        for day, several in by_day.items():
            await self.propose(several, day)

    async def go_back(self, change: UUID, versions: Mapping[str, int], ends: Collection[tuple[str, int]]) -> None:
        """A change of grids is undone: whoever it proposed elsewhere is proposed back, who was told late too.

        `versions`: of all its grids; `ends`: the grids that it ended, each with the version by which it did.
        """
        await self._proposals.lock()
        back = [
            Wanted(
                one.person_id,
                one.target,
                versions[one.target],
                one.origin,
                versions[one.origin],
                ProposalRule.UNDONE,
                change_id=change,
                follows=one.id,
            )
            for one in await self._proposals.of_change(change, ends)
            if one.status != EffectStatus.REFUSED and one.target in versions and one.origin in versions
        ]
        await self.propose(back, today(self._clock))

    async def take_answers(self, answers: Sequence[ResidenceAnswerState]) -> None:
        """Note what registry says. An answer that comes again, or late, changes nothing."""
        await self._proposals.lock()
        for answer in answers:
            moved = await note_answer(self._session, await self._proposals.locked(answer.id), answer)
            if moved is not None:
                self._outbox.add(ResidenceProposalAnswered(state=ResidenceProposalState.model_validate(moved)))

    async def page(
        self,
        principal: Principal,
        wanted: ProposalFilter,
        *,
        area: str | None = None,
        after: UUID | None = None,
        limit: int = 50,
    ) -> Sequence[ResidenceProposal]:
        """Proposals into grids of the caller's areas, the oldest first; each is noted as a look at the person.

        One more than `limit`, if there is one: it is not shown, and not noted. Raises `NotFound` for an area outside.
        """
        scope = principal.scope(READ, within=area).where(ResidenceProposal.target)
        rows = await self._proposals.page(scope, wanted, after=after, limit=limit + 1)
        for one in rows[:limit]:
            self.note(principal, "list", one.person_id, one.target, Detail.EXISTENCE)
        return rows

    async def count(self, principal: Principal, wanted: ProposalFilter, *, area: str | None = None) -> int:
        """How many a complete list with the same filter would show."""
        scope = principal.scope(READ, within=area).where(ResidenceProposal.target)
        return await self._proposals.count(scope, wanted)

    def note(self, principal: Principal, action: str, person: UUID, area: str, detail: Detail) -> None:
        """Note in the access log that somebody's grid was looked at, or named."""
        self._access.note(
            principal,
            action=action,
            noun="registry.person",
            object_id=person,
            area=area,
            purpose=Purpose.VERIFICATION,
            detail=detail,
            role=principal.role_in(READ, area),
        )

    def _ask(self, wanted: Wanted, on: date, by: str | None) -> None:
        proposal = ResidenceProposal(
            id=new_id(),
            version=1,
            person_id=wanted.person_id,
            origin=wanted.origin,
            cause=wanted.cause,
            target=wanted.target,
            target_version=wanted.target_version,
            effective_on=on,
            rule=str(wanted.rule),
            change_id=wanted.change_id,
            follows=wanted.follows,
            asked=1,
            status=str(EffectStatus.ASKED),
            code=None,
            answered_at=None,
            asked_by=by,
            asked_at=self._clock.now(),
        )
        self._proposals.add(proposal)
        self._outbox.add(ResidenceProposalAsked(state=ResidenceProposalState.model_validate(proposal)))

    async def _ask_again(self, before: ResidenceProposal, wanted: Wanted, by: str) -> None:
        moved = await compare_and_set(
            self._session,
            before,
            target=wanted.target,
            target_version=wanted.target_version,
            rule=str(wanted.rule),
            change_id=wanted.change_id or before.change_id,
            asked=before.asked + 1,
            status=str(EffectStatus.ASKED),
            code=None,
            answered_at=None,
            asked_by=by,
            asked_at=self._clock.now(),
        )
        assert moved is not None, "the row is locked"
        self._outbox.add(ResidenceProposalAsked(state=ResidenceProposalState.model_validate(moved)))


async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[ResidenceProposalRestated]:
    """The next proposals' states, rows locked."""
    found = await ResidenceProposalRepository(session).locked_after(UUID(after) if after else None, limit)
    return [ResidenceProposalRestated(state=ResidenceProposalState.model_validate(one)) for one in found]
