"""A closed month, for the tests that walk every endpoint."""

from datetime import timedelta

from shared.clock import today
from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    month = f"{today(door.kit.clock).replace(day=1) - timedelta(days=1):%Y-%m}"
    async with door.client(a_principal("village_clerk", area)) as client:
        made = await client.post("/book-closings", json={"area": area, "month": month})
        assert made.status_code == 201, made.text
        return {"book-closings": made.json()["id"]}
