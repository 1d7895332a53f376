"""Two persons of whom somebody has said that they may be one, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of a pair, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        places = {"residence": {"area": area}, "registration": {"area": area}}
        one, other = [(await client.post("/persons", json=a_person(**places))).json()["id"] for _ in range(2)]
        made = await client.post("/duplicates", json={"first_id": one, "second_id": other})
        assert made.status_code == 201, made.text
        return {"duplicates": made.json()["id"]}
