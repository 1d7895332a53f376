"""One of buildings for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    body = {"area": area, "kind": "apartments", "address": "示例路9号1栋", "valid_from": "2026-02-01"}
    async with door.client(a_principal("village_clerk", area)) as client:
        answer = await client.post("/buildings", json=body)
    assert answer.status_code == 201, answer.text
    return {"buildings": answer.json()["id"]}
