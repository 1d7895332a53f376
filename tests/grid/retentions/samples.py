"""A retention rule of a day to come, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal

BODY = {"kind": "report_dismissed", "years": 3, "source": "archives-2026-3", "effective_on": "2099-01-01"}


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list."""
    async with door.client(a_principal("county_registrar", area[:6])) as client:
        made = await client.post("/retention-rules", json=BODY)
        assert made.status_code == 201, made.text
        return {"retention-rules": made.json()["id"]}
