"""Persons typed at a counter, and cases that ended in every way."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.case_erasures.samples import WHO
from tests.services_hall.cases.whole import Whole, whole_item
from tests.services_hall.conftest import Submit, an_area

CLERK = a_principal("village_clerk", "450481114201", subject="asker")
REGISTRAR = a_principal("county_registrar", "450481", subject="decider")
Bring = Callable[..., Awaitable[Any]]


@pytest.fixture
async def whole(door: Door, submit: Submit, arrivals: Arrivals) -> Whole:
    """The hands on cases of the whole item."""
    await arrivals.take(an_area("450481"))
    return Whole(door, submit, await whole_item(door))


@pytest.fixture
def typed(whole: Whole) -> Bring:
    """A case in a status whose applicant was typed: `typed("withdrawn")`; `who` changes what was typed."""

    async def bring(status: str, who: dict[str, Any] | None = None) -> Any:
        return await whole.bring(status, extract=None, applicant={**WHO, **(who or {})}, consent="signed")

    return bring


async def sealed(database: Database, *holders: str) -> list[bool]:
    """Whether anything is sealed of each of these applicants and parties."""
    async with database.session() as session:
        rows = await session.execute(
            text("SELECT case_id AS holder, snapshot FROM applicants UNION ALL SELECT id, snapshot FROM case_parties")
        )
        found = {str(row.holder): bool(row.snapshot) for row in rows}
    return [found[one] for one in holders]


async def digests(database: Database, *holders: str) -> list[int]:
    """How many digests each of these has."""
    async with database.session() as session:
        rows = await session.execute(text("SELECT holder, count(*) AS many FROM case_digests GROUP BY holder"))
        found = {row.holder: row.many for row in rows}
    return [found.get(UUID(one), 0) for one in holders]
