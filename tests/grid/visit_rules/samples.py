"""A rule of visits, for the tests that walk every endpoint."""

from shared.testing.doors import Door, a_principal


async def samples(door: Door, area: str) -> dict[str, str]:
    """Its id, by the first segment of its paths."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        body = {"tag_code": "sample", "every_days": 30, "first_within_days": 7, "valid_from": "2026-01-01"}
        rule = await client.post("/visit-rules", json=body)
        assert rule.status_code == 201, rule.text
    return {"visit-rules": rule.json()["id"]}
