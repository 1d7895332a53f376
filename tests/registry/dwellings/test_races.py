"""Races on committed connections: one room, one end, conditions one after the other."""

from asyncio import gather

from tests.registry.conftest import Client, Events
from tests.registry.steps import CLERK, DWELLINGS, enter_building, enter_dwelling, given


async def test_of_several_who_enter_one_room_at_once_one_wins(client_of: Client, county: None) -> None:
    building = await enter_building(client_of(*CLERK))
    body = {"building_id": building["id"], "room": "1", "valid_from": "2026-01-01"}
    answers = await gather(*(client_of(*CLERK).post(DWELLINGS, json=body) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_of_two_who_end_at_once_one_wins(client_of: Client, county: None) -> None:
    made = await enter_dwelling(client_of(*CLERK), await enter_building(client_of(*CLERK)))
    path = f"{DWELLINGS}/{made['id']}/end"
    answers = await gather(*(client_of(*CLERK).post(path, json={"valid_to": f"2026-03-0{day}"}) for day in (2, 3)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]


async def test_conditions_told_at_once_are_told_one_after_the_other(
    client_of: Client, county: None, events: Events
) -> None:
    made = await enter_dwelling(client_of(*CLERK), await enter_building(client_of(*CLERK)))
    path = f"{DWELLINGS}/{made['id']}/conditions"
    bodies = [{"topic": "use", "value": "let", "since": f"2026-02-0{day}"} for day in (1, 2, 3, 4)]
    answers = await gather(*(client_of(*CLERK).post(path, json=body) for body in (*bodies, bodies[0])))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 200, 409]
    view = given(await client_of(*CLERK).get(f"{DWELLINGS}/{made['id']}"))
    assert view["version"] == 5
    assert sorted(one["number"] for one in view["conditions"]) == [0, 1, 2, 3]
    assert [one["sequence"] for one in await events("registry.dwelling.")] == [1, 2, 3, 4, 5]
