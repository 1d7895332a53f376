"""Every query about residence proposals."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Text, and_, cast, exists, false, func, or_, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.models import Grid
from services.grid.residence_proposals.domain import ProposalFilter
from services.grid.residence_proposals.models import ResidenceProposal
from shared.contracts.registry.persons import PersonState
from shared.messaging.projection.states import ProjectedState, live_slot

P = ResidenceProposal
PROPOSING = 0x70726F70  # "prop": the advisory lock of whoever proposes


class ResidenceProposalRepository:
    """Proposals by person and grids."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def lock(self) -> None:
        """Keep others from proposing until the end of the transaction: nobody is proposed twice."""
        await self._session.execute(select(func.pg_advisory_xact_lock(PROPOSING)))

    def add(self, proposal: P) -> None:
        self._session.add(proposal)

    async def locked(self, id: UUID) -> P | None:
        return await self._session.get(P, id, with_for_update=True, populate_existing=True)

    async def of_causes(self, causes: Collection[tuple[str, int]]) -> Sequence[P]:
        """Proposals out of these grids by these versions, by person and locked."""
        statement = select(P).where(tuple_(P.origin, P.cause).in_(causes)).order_by(P.person_id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()

    async def of_change(self, change: UUID, ends: Collection[tuple[str, int]]) -> Sequence[P]:
        """Proposals of a change of grids, and those that its ends brought about since, by person and locked."""
        late = tuple_(P.origin, P.cause).in_(ends) if ends else false()
        statement = select(P).where(or_(P.change_id == change, late)).order_by(P.person_id, P.id).with_for_update()
        return (await self._session.scalars(statement.execution_options(populate_existing=True))).all()

    async def living_in(self, grids: Collection[str]) -> Sequence[PersonState]:
        """The persons whose last residence is told to be in one of these grids, by id."""
        statement = (
            select(ProjectedState.state)
            .where(
                ProjectedState.slot == live_slot(),
                ProjectedState.noun == PersonState.noun,
                ProjectedState.area.in_(grids),
            )
            .order_by(ProjectedState.aggregate)
        )
        return [PersonState.model_validate(state) for state in await self._session.scalars(statement)]

    async def inherited(self, grids: Collection[str]) -> Sequence[Grid]:
        """Those of these grids that have ended with an heir."""
        statement = select(Grid).where(Grid.code.in_(grids), Grid.heir.is_not(None))
        return (await self._session.scalars(statement)).all()

    async def left_behind(self, limit: int) -> Sequence[str]:
        """Ended grids with an heir in which somebody lives of whom nothing was proposed, by code."""
        state = ProjectedState
        proposed = exists().where(
            P.origin == Grid.code, P.cause == Grid.version, cast(P.person_id, Text) == state.aggregate
        )
        lives = exists().where(
            state.slot == live_slot(), state.noun == PersonState.noun, state.area == Grid.code, ~proposed
        )
        statement = select(Grid.code).where(Grid.heir.is_not(None), lives).order_by(Grid.code).limit(limit)
        return (await self._session.scalars(statement)).all()

    async def versions(self, grids: Collection[str]) -> dict[str, int]:
        """The versions of these grids."""
        rows = await self._session.execute(select(Grid.code, Grid.version).where(Grid.code.in_(grids)))
        return {row.code: row.version for row in rows}

    async def page(
        self, scope: ColumnElement[bool], wanted: ProposalFilter, *, after: UUID | None, limit: int
    ) -> Sequence[P]:
        """Proposals, the oldest first."""
        statement = select(P).where(scope, _wanted(wanted)).order_by(P.id).limit(limit)
        if after is not None:
            statement = statement.where(P.id > after)
        return (await self._session.scalars(statement)).all()

    async def count(self, scope: ColumnElement[bool], wanted: ProposalFilter) -> int:
        """How many `page` gives in all."""
        return (await self._session.scalar(select(func.count()).select_from(P).where(scope, _wanted(wanted)))) or 0

    async def locked_after(self, after: UUID | None, limit: int) -> Sequence[P]:
        """The next proposals in the order of ids, locked until the end of the transaction."""
        statement = select(P).order_by(P.id).limit(limit).with_for_update()
        if after is not None:
            statement = statement.where(P.id > after)
        return (await self._session.scalars(statement)).all()


def _wanted(wanted: ProposalFilter) -> ColumnElement[bool]:
    return and_(
        *([] if wanted.status is None else [P.status == wanted.status]),
        *([] if wanted.change_id is None else [P.change_id == wanted.change_id]),
        true(),
    )
