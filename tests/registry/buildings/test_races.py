"""Races on committed connections: one address, one end, and nobody enters a dwelling in what is being pulled down."""

from asyncio import gather

from tests.registry.conftest import Client
from tests.registry.steps import BUILDINGS, CLERK, DWELLINGS, a_building, enter_building, given


async def test_of_several_who_enter_one_address_at_once_one_wins(client_of: Client, county: None) -> None:
    answers = await gather(*(client_of(*CLERK).post(BUILDINGS, json=a_building()) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert given(await client_of(*CLERK).get(f"{BUILDINGS}/count")) == {"count": 1}


async def test_of_two_who_demolish_at_once_one_wins(client_of: Client, county: None) -> None:
    made = await enter_building(client_of(*CLERK))
    path = f"{BUILDINGS}/{made['id']}/demolish"
    answers = await gather(*(client_of(*CLERK).post(path, json={"valid_to": f"2026-03-0{day}"}) for day in (2, 3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_a_dwelling_and_the_end_of_its_building_exclude_each_other(client_of: Client, county: None) -> None:
    for number in range(4):
        made = await enter_building(client_of(*CLERK), address=f"示例路{number}号")
        body = {"building_id": made["id"], "room": "1", "valid_from": "2026-01-01"}
        answers = await gather(
            client_of(*CLERK).post(f"{BUILDINGS}/{made['id']}/withdraw"),
            client_of(*CLERK).post(DWELLINGS, json=body),
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [201, 409])
