"""A draft of the dictionary, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal
from tests.grid.dictionary_drafts.drafting import begun


async def samples(door: Door, area: str) -> dict[str, str]:
    """Its id, by the first segment of its paths."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        return {"incident-dictionary-drafts": (await begun(client))["id"]}
