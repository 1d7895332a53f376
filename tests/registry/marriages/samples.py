"""A marriage with an outside spouse, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        places = {"residence": {"area": area}, "registration": {"area": area}}
        person = await client.post("/persons", json=a_person(**places))
        assert person.status_code == 201, person.text
        spouse = {"name": "梁大山", "sex": "1", "birth_date": "1958-03-02"}
        body = {"person_id": person.json()["id"], "spouse": spouse, "married_on": "2026-01-05"}
        made = await client.post("/marriages", json=body)
        assert made.status_code == 201, made.text
        return {"marriages": made.json()["id"]}
