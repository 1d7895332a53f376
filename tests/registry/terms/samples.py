"""One of terms for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.terms.entering import a_director


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one in the area, by the first segment of its path."""
    async with door.client(a_principal("village_clerk", area)) as client:
        answer = await client.post("/terms", json=a_director(area=area, post="women_head"))
    assert answer.status_code == 201, answer.text
    return {"terms": answer.json()["id"]}
