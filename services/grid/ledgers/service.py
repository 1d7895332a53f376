"""What grid knows of the county, for its ledgers: its own grids, and what registry announced."""

from collections.abc import Collection

from sqlalchemy.ext.asyncio import AsyncSession

from services.grid.grids.repository import GridRepository
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.surroundings import PERSONS, Surroundings


async def _open_grids(session: AsyncSession, codes: Collection[str]) -> Collection[str]:
    return await GridRepository(session).open_codes(codes)


SURROUNDINGS = Surroundings(grids=_open_grids, known={Subject.PERSON: PERSONS})
