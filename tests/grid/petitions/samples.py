"""A petition of the town, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """Its id, by the first segment of its paths."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        body = {
            "area": area,
            "form": "visit",
            "matter": "land",
            "registered_on": door.kit.clock.now().date().isoformat(),
            "name": "示例丙",
            "claim": "请求核查承包地四至",
        }
        registered = await client.post("/petitions", json=body)
        assert registered.status_code == 201, registered.text
    return {"petitions": registered.json()["id"]}
