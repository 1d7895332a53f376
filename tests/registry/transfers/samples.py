"""A transfer that waits, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.transfers.asking import a_transfer


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        made = await client.post("/transfers", json=a_transfer(residence={"area": area}))
        assert made.status_code == 201, made.text
        return {"transfers": made.json()["id"]}
