"""One of dwellings for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    building = {"area": area, "kind": "apartments", "address": "示例路9号2栋", "valid_from": "2026-02-01"}
    async with door.client(a_principal("village_clerk", area)) as client:
        home = (await client.post("/buildings", json=building)).json()["id"]
        answer = await client.post("/dwellings", json={"building_id": home, "room": "101", "valid_from": "2026-02-01"})
    assert answer.status_code == 201, answer.text
    return {"dwellings": answer.json()["id"]}
