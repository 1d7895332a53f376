"""A try to bind a login that failed, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_number, a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    place, number = {"residence": {"area": area}, "registration": {"area": area}}, a_number()
    async with door.client(a_principal("village_clerk", area)) as client:
        person = await client.post("/persons", json=a_person(**place, document={"number": number}))
        assert person.status_code == 201, person.text
    async with door.client(a_principal("resident", area)) as client:
        made = await client.post("/own/binding", json={"document_number": number, "code": "00000000"})
        assert made.status_code == 201, made.text
        return {"bindings": made.json()["id"]}
