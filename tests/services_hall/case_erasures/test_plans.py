"""What is open is looked up once for a list, not once for each case: a county has thousands of both."""

from typing import Any, cast
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession

from services.services_hall.case_erasures.repository.persons import PersonErasingRepository, Wanted
from services.services_hall.retentions.domain import CaseRetentionKind
from shared.auth.scope import Scope
from shared.clock import today
from shared.db.engine import Database
from shared.retentions.rules import RetentionRule
from shared.testing.clock import FrozenClock
from shared.testing.doors import Door
from tests.services_hall.case_erasures.conftest import Bring
from tests.services_hall.conftest import COUNTY_OFFICER, VILLAGE

A_MATTER = text(
    "INSERT INTO matters (id, version, package_id, department, area, cases, status, opened_at)"
    " SELECT gen_random_uuid(), 1, :package, 'civil_affairs', :area,"
    " jsonb_build_array(gen_random_uuid()), 'open', now()"
    " FROM generate_series(1, 4)"
)


class Explaining:
    """Takes a statement and keeps the plan by which it was carried out; answers nothing."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.plans: list[Any] = []

    async def execute(self, statement: Any) -> list[Any]:
        dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy does not say
        written = statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        explained = text(f"EXPLAIN (ANALYZE, FORMAT JSON) {written}".replace(":", r"\:"))
        self.plans.append((await self._session.execute(explained)).scalar_one())
        return []


def scans(plan: Any, table: str) -> list[int]:
    """How often each look at a table was taken."""
    if isinstance(plan, list):
        return [loops for one in plan for loops in scans(one, table)]
    if not isinstance(plan, dict):
        return []
    mine = [int(plan["Actual Loops"])] if plan.get("Relation Name") == table else []
    return mine + [loops for one in plan.values() for loops in scans(one, table)]


@pytest.mark.parametrize("counted", [False, True])
async def test_open_matters_are_looked_through_once(
    typed: Bring, door: Door, committed: Database, clock: FrozenClock, counted: bool
) -> None:
    for _ in range(3):
        await typed("withdrawn")
    async with door.client(COUNTY_OFFICER) as client:
        package = (await client.post("/packages", json={"template": "death"})).json()["id"]
    day = today(clock)
    rules = {kind: RetentionRule(None, 1, str(kind), 0, "", day, "set") for kind in CaseRetentionKind}
    everywhere = Scope((VILLAGE,))
    async with committed.session() as session:
        await session.execute(A_MATTER, {"package": UUID(package), "area": VILLAGE})
        explaining = Explaining(session)
        repository = PersonErasingRepository(cast(AsyncSession, explaining))
        wanted = Wanted(everywhere, everywhere, rules, day)
        await (repository.count(wanted) if counted else repository.due(wanted, after=None, limit=10))
    [plan] = explaining.plans
    assert sum(scans(plan, "cases")) >= 1
    assert sum(scans(plan, "matters")) == 1
