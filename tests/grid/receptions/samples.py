"""A reception by a leader of the town, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """Its id, by the first segment of its paths."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        body = {
            "area": area[:9],
            "received_on": door.kit.clock.now().date().isoformat(),
            "begins": "09:00",
            "ends": "11:30",
            "venue": "接访室",
            "leader_post": "镇长",
            "name": "示例乙",
        }
        planned = await client.post("/receptions", json=body)
        assert planned.status_code == 201, planned.text
    return {"receptions": planned.json()["id"]}
