"""A proof that was tried, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.registry.builders import a_number


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("village_clerk", area)) as client:
        body = {"place": area, "purpose": "case_handling", "document_number": a_number(), "phone": "13807748000"}
        made = await client.post("/proofs", json=body)
        assert made.status_code == 201, made.text
        return {"proofs": made.json()["id"]}
