"""Races on committed connections: one name, one end."""

from asyncio import gather

from tests.registry.conftest import Client
from tests.registry.organisations.entering import ORGANISATIONS, an_organisation, enter
from tests.registry.steps import CLERK, given


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
