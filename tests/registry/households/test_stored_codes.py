"""A household tells what is stored of it, whatever the code list says today."""

from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import a_household
from tests.registry.conftest import Client
from tests.registry.steps import CLERK, HOUSEHOLDS, given


async def test_a_relation_that_is_listed_no_more_is_told(client_of: Client, committed: Database, county: None) -> None:
    clerk = client_of(*CLERK)
    household = given(await clerk.post(HOUSEHOLDS, json=a_household()), 201)["id"]
    async with committed.session() as session:
        changed = text("UPDATE household_members SET relation = '03' WHERE household_id = :id")
        await session.execute(changed, {"id": household})
        await session.commit()
    members = given(await clerk.get(f"{HOUSEHOLDS}/{household}"))["members"]
    assert {one["relation"] for one in members} == {"03"}, "小集体户户主 of the edition before 2008"
