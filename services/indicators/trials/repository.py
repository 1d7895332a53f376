"""Every query of trials."""

from collections.abc import Sequence

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.indicators.definitions.models import DefinitionDraft
from shared.contracts.envelope import STATES, State
from shared.contracts.registry.areas import AreaState
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.reference.areas import COUNTY_DIGITS, VILLAGE_DIGITS


class TrialRepository:
    """Reads what is held, and keeps what came of a trial with its draft."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, noun: str, after: str, limit: int) -> list[tuple[str, State]]:
        """The next states of a noun by id."""
        statement = (
            select(ProjectedState.aggregate, ProjectedState.state)
            .where(ProjectedState.slot == live_slot(), ProjectedState.noun == noun, ProjectedState.aggregate > after)
            .order_by(ProjectedState.aggregate)
            .limit(limit)
        )
        rows = await self._session.execute(statement)
        return [(aggregate, STATES[noun].model_validate(state)) for aggregate, state in rows]

    async def areas(self) -> Sequence[str]:
        """The areas from county to village that exist or ever existed."""
        statement = (
            select(ProjectedState.aggregate)
            .where(
                ProjectedState.slot == live_slot(),
                ProjectedState.noun == AreaState.noun,
                func.length(ProjectedState.area).between(COUNTY_DIGITS, VILLAGE_DIGITS),
            )
            .order_by(func.length(ProjectedState.aggregate), ProjectedState.aggregate)
        )
        return list(await self._session.scalars(statement))

    async def keep(self, code: str, version: int, trial: dict[str, object]) -> None:
        """What came of a draft as it was tried; nothing if it was changed meanwhile. It is no change of the draft."""
        chosen = (DefinitionDraft.code == code) & (DefinitionDraft.version == version)
        await self._session.execute(update(DefinitionDraft).where(chosen).values(trial=trial))
