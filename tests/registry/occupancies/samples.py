"""One of occupancies for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_person


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    building = {"area": area, "kind": "farmhouse", "address": "示例路9号3栋", "valid_from": "2026-02-01"}
    async with door.client(a_principal("village_clerk", area)) as client:
        home = (await client.post("/buildings", json=building)).json()["id"]
        body = {"building_id": home, "room": "1", "valid_from": "2026-02-01"}
        dwelling = (await client.post("/dwellings", json=body)).json()["id"]
        person = (await client.post("/persons", json=a_person())).json()["id"]
        occupancy = {"role": "occupant", "person_id": person, "since": "2026-02-01"}
        answer = await client.post(f"/dwellings/{dwelling}/occupancies", json=occupancy)
    assert answer.status_code == 201, answer.text
    return {"occupancies": answer.json()["id"]}
