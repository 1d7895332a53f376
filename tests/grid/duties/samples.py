"""An entry of a list of duties, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """An entry of the town's list."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        body = {"area": area[:9], "category": "environment", "kind": "basic", "valid_from": "2026-03-01"}
        duty = await client.post("/duties", json=body)
        assert duty.status_code == 201, duty.text
    return {"duties": duty.json()["id"]}
