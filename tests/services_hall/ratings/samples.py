"""A rating for the tests that walk every endpoint."""

from typing import Any

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import COUNTY_OFFICER, publish_item

APPLICANT = {"name": "示例评价甲", "document_type": "citizen_id", "document_number": "321083197812162119"}


async def a_rating(door: Door, area: str, code: str, owner: Principal | None, level: int) -> Any:
    """A rating by phone of a case of the village that was received, by who did not handle it."""
    item = await publish_item(door, code)
    body = {"item_id": item, "area": area, "applicant": APPLICANT, "consent": "signed"}
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        case = (await client.post("/cases", json=body)).json()["id"]
    async with door.client(COUNTY_OFFICER) as client:
        assert (await client.post(f"/cases/{case}/receive")).status_code == 200
    said = {"contact": "receipt", "channel": "phone", "level": level, "remark": "示例意见"}
    async with door.client(a_principal("county_officer", area[:6], "who-calls")) as client:
        made = await client.post(f"/cases/{case}/ratings", json=said)
        assert made.status_code == 201, made.text
        return made.json()


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Its id, by the first segment of its path."""
    return {"ratings": (await a_rating(door, area, "SAMPLE-RATING", owner, 4))["id"]}
