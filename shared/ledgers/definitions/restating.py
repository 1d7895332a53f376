"""Ledgers announced again, unchanged."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from shared.contracts.envelope import Fact
from shared.ledgers.definitions.reading import COMPILED
from shared.ledgers.definitions.repository import LedgerRepository
from shared.ledgers.definitions.states import fact, state_of
from shared.service import Restate


def restate_ledgers(owner: str) -> Restate:
    """How the ledgers of a service are announced again."""

    async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
        repository = LedgerRepository(session)
        facts = []
        for row in await repository.locked_after(after, limit):
            versions = await repository.versions(row.code)
            newest = await COMPILED.of(versions[-1])
            state = state_of(owner, row, versions, restricted=newest.travels_restricted)
            facts.append(fact(state, "restated"))
        return facts

    return restate
