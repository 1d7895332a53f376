"""A public report, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """Its id, by the first segment of its paths: somebody reported it from the village without a login."""
    async with door.client(None) as anybody, door.client(a_principal("village_clerk", area)) as clerk:
        made = await anybody.post("/public-reports", json={"category": "environment", "area": area})
        assert made.status_code == 201, made.text
        [*_, report] = (await clerk.get("/public-reports", params={"area": area})).json()["items"]
    return {"public-reports": report["id"]}
