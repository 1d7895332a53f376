"""One of organisations for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    body = {"area": area, "kind": "volunteer_team", "name": "示例志愿服务队", "began_on": "2026-02-01"}
    async with door.client(a_principal("village_clerk", area)) as client:
        answer = await client.post("/organisations", json=body)
    assert answer.status_code == 201, answer.text
    return {"organisations": answer.json()["id"]}
