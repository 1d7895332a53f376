"""Races on committed connections: nobody moves into two dwellings, or into one that is being withdrawn."""

from asyncio import gather

from tests.registry.conftest import Client, Events
from tests.registry.steps import (
    CLERK,
    DWELLINGS,
    OCCUPANCIES,
    enter_building,
    enter_dwelling,
    given,
    move_out,
    occupy,
    register,
)


async def test_of_two_dwellings_into_which_one_moves_at_once_one_wins(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    building = await enter_building(client)
    homes = [await enter_dwelling(client, building, room=str(number)) for number in range(3)]
    person = (await register(client))["id"]
    answers = await gather(*(occupy(client_of(*CLERK), home, person_id=person) for home in homes))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409]


async def test_an_occupancy_and_the_end_of_its_dwelling_exclude_each_other(client_of: Client, county: None) -> None:
    client = client_of(*CLERK)
    building = await enter_building(client)
    for number in range(4):
        home = await enter_dwelling(client, building, room=str(number))
        person = (await register(client))["id"]
        answers = await gather(
            client_of(*CLERK).post(f"{DWELLINGS}/{home['id']}/withdraw"),
            occupy(client_of(*CLERK), home, person_id=person),
        )
        assert sorted(answer.status_code for answer in answers) in ([200, 409], [201, 409])


async def test_of_an_end_and_a_withdrawal_at_once_each_is_done_once_and_told(
    client_of: Client, county: None, events: Events
) -> None:
    client = client_of(*CLERK)
    home = await enter_dwelling(client, await enter_building(client))
    person = (await register(client))["id"]
    made = given(await occupy(client, home, person_id=person), 201)
    path = f"{OCCUPANCIES}/{made['id']}"
    answers = await gather(
        *(client_of(*CLERK).post(f"{path}/end", json={"until": f"2026-03-0{day}"}) for day in (1, 2)),
        move_out(client_of(*CLERK), person, "2026-03-03"),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 409] or [
        answer.status_code for answer in answers
    ] == [409, 409, 200]
    told = await events("registry.occupancy.")
    assert [one["sequence"] for one in told] == list(range(1, len(told) + 1))
    assert told[-1]["state"]["status"] == "ended"
