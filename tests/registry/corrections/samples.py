"""A request for a correction that waits, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person
from tests.registry.corrections.asking import an_asking


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    place = {"residence": {"area": area}, "registration": {"area": area}}
    async with door.client(a_principal("village_clerk", area)) as client:
        person = await client.post("/persons", json=a_person(**place))
        assert person.status_code == 201, person.text
        path = f"/persons/{person.json()['id']}/corrections"
        made = await client.post(path, json=an_asking(note="与户口簿不一致"), headers={"If-Match": '"1"'})
        assert made.status_code == 201, made.text
        return {"corrections": made.json()["id"]}
