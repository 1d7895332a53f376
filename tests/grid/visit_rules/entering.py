"""Rules of visits, entered by the county."""

from typing import Any

from shared.testing.doors import Door
from tests.grid.builders import COUNTY_OFFICER


async def a_rule(door: Door, tag_code: str, **terms: Any) -> dict[str, Any]:
    """A rule for people with a tag, from a day long ago on; the shipped one of the tag ends at its beginning."""
    async with door.client(COUNTY_OFFICER) as county:
        shipped = (await county.get("/visit-rules", params={"tag_code": tag_code})).json()["items"]
        for one in shipped:
            if one["valid_to"] is None and one["level"] == terms.get("level"):
                ended = await county.post(f"/visit-rules/{one['id']}/end", json={"ends_on": one["valid_from"]})
                assert ended.status_code == 200, ended.text
        body = {"every_days": 7, "first_within_days": 7, "valid_from": "2026-01-01", **terms}
        answer = await county.post("/visit-rules", json={"tag_code": tag_code, **body})
    assert answer.status_code == 201, answer.text
    rule: dict[str, Any] = answer.json()
    return rule
