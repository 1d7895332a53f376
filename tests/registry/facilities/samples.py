"""One of facilities for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    body = {"area": area, "kind": "service_hall", "name": "示例便民服务大厅", "opened_on": "2026-02-01"}
    async with door.client(a_principal("village_clerk", area)) as client:
        answer = await client.post("/facilities", json=body)
    assert answer.status_code == 201, answer.text
    return {"facilities": answer.json()["id"]}
