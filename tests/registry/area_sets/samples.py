"""One of area sets for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one of the area, by the first segment of its path."""
    body = {"kind": "demonstration_line", "name": "示例示范线", "formed_on": "2026-02-01", "members": [area]}
    async with door.client(a_principal("county_registrar", area)) as client:
        answer = await client.post("/area-sets", json=body)
    assert answer.status_code == 201, answer.text
    return {"area-sets": answer.json()["id"]}
