"""A consent of somebody, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person
from tests.registry.consents.giving import a_paper


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        home = {"residence": {"area": area}, "registration": {"area": area}}
        person = await client.post("/persons", json=a_person(name="同示例", **home))
        assert person.status_code == 201, person.text
        made = await client.post(f"/persons/{person.json()['id']}/consents", json=a_paper())
        assert made.status_code == 201, made.text
        return {"consents": made.json()["id"]}
