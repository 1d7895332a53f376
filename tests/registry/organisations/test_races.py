"""Races on committed connections: one name, one end; changes of areas first."""

from asyncio import create_task, gather

import pytest
from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import VILLAGE
from tests.registry.conftest import Client
from tests.registry.organisations.entering import ORGANISATIONS, an_organisation, enter
from tests.registry.steps import CLERK, Json, given, over_the_seen


async def test_of_several_who_enter_one_organisation_at_once_one_wins(client_of: Client, county: None) -> None:
    same_code = [an_organisation(name=f"第{number}经济合作社") for number in "一二三"]
    for bodies in ([an_organisation(credit_code=None)] * 3, same_code):
        answers = await gather(*(client_of(*CLERK).post(ORGANISATIONS, json=body) for body in bodies))
        assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
        assert {answer.json()["code"] for answer in answers if answer.is_error} == {"organisation_known"}
    assert given(await client_of(*CLERK).get(f"{ORGANISATIONS}/count")) == {"count": 2}


async def test_of_two_who_end_it_at_once_one_wins(client_of: Client, county: None) -> None:
    path = f"{ORGANISATIONS}/{(await enter(client_of(*CLERK)))['id']}"
    ends = (client_of(*CLERK).post(f"{path}/end", json={"ended_on": f"2026-03-0{day}"}) for day in (2, 3))
    assert sorted(answer.status_code for answer in await gather(*ends)) == [200, 409]
    assert given(await client_of(*CLERK).get(path))["version"] == 2


@pytest.mark.parametrize("step", [("undo", None), ("reopen", {"began_on": "2026-03-03"})])
async def test_a_step_waits_for_a_change_of_areas_before_it_locks_anything(
    client_of: Client, county: None, committed: Database, step: tuple[str, Json | None]
) -> None:
    """A change locks areas, then organisations: who locks them the other way round and waits stops it."""
    path = f"{ORGANISATIONS}/{(await enter(client_of(*CLERK)))['id']}"
    given(await client_of(*CLERK).post(f"{path}/end", json={"ended_on": "2026-03-02"}))
    async with committed.session() as change, committed.session() as look:
        await change.execute(text("SELECT FROM areas WHERE code = :code FOR UPDATE"), {"code": VILLAGE})
        later = create_task(over_the_seen(client_of(*CLERK), path, *step))
        while not later.done() and not await look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await look.rollback()
        await change.execute(text("SELECT FROM organisations FOR UPDATE NOWAIT"))
        await change.rollback()
        assert given(await later)["status"] == "active"
