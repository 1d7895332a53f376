"""Races on committed connections: one name, one closing, no operator that ends meanwhile; changes of areas first."""

from asyncio import create_task, gather

from sqlalchemy import text

from shared.db.engine import Database
from tests.registry.builders import VILLAGE
from tests.registry.conftest import Client
from tests.registry.facilities.entering import FACILITIES, a_facility, enter
from tests.registry.organisations.entering import ORGANISATIONS, enter_team
from tests.registry.steps import CLERK, given


async def test_of_several_who_enter_one_facility_at_once_one_wins(client_of: Client, county: None) -> None:
    answers = await gather(*(client_of(*CLERK).post(FACILITIES, json=a_facility()) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]
    assert {answer.json()["code"] for answer in answers if answer.is_error} == {"facility_known"}
    assert given(await client_of(*CLERK).get(f"{FACILITIES}/count")) == {"count": 1}


async def test_of_two_who_close_it_at_once_one_wins(client_of: Client, county: None) -> None:
    path = f"{FACILITIES}/{(await enter(client_of(*CLERK)))['id']}"
    ends = (client_of(*CLERK).post(f"{path}/close", json={"closed_on": f"2026-03-0{day}"}) for day in (2, 3))
    assert sorted(answer.status_code for answer in await gather(*ends)) == [200, 409]
    assert given(await client_of(*CLERK).get(path))["version"] == 2


async def test_an_organisation_that_ends_meanwhile_runs_nothing_new(client_of: Client, county: None) -> None:
    for number in range(3):
        team = await enter_team(client_of(*CLERK), name=f"第{number}志愿服务队")
        body = a_facility(name=f"第{number}超市", organisation_id=team["id"])
        answers = await gather(
            client_of(*CLERK).post(f"{ORGANISATIONS}/{team['id']}/end", json={"ended_on": "2026-03-02"}),
            client_of(*CLERK).post(FACILITIES, json=body),
        )
        assert [answer.status_code for answer in answers] in ([200, 201], [200, 409])


async def test_a_correction_waits_for_a_change_of_areas_before_it_locks_anything(
    client_of: Client, county: None, committed: Database
) -> None:
    """A change locks areas, then organisations, then facilities; a correction asks for its operator."""
    team, made = await enter_team(client_of(*CLERK)), await enter(client_of(*CLERK))
    async with committed.session() as change, committed.session() as look:
        await change.execute(text("SELECT FROM areas WHERE code = :code FOR UPDATE"), {"code": VILLAGE})
        await change.execute(text("SELECT FROM organisations FOR UPDATE"))
        body = a_facility(organisation_id=team["id"])
        later = create_task(client_of(*CLERK).post(f"{FACILITIES}/{made['id']}/correct", json=body))
        while not later.done() and not await look.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
            await look.rollback()
        await change.execute(text("SELECT FROM facilities FOR UPDATE NOWAIT"))
        await change.rollback()
        assert given(await later)["organisation_id"] == team["id"]
