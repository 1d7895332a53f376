"""A document of a case for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import COUNTY_OFFICER, publish_item

APPLICANT = {"name": "示例文书甲", "document_type": "citizen_id", "document_number": "321083197812162119"}


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Its id, by the first segment of its path."""
    item = await publish_item(door, "SAMPLE-PAPER")
    body = {"item_id": item, "area": area, "applicant": APPLICANT, "consent": "signed"}
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        case = (await client.post("/cases", json=body)).json()["id"]
    async with door.client(COUNTY_OFFICER) as client:
        assert (await client.post(f"/cases/{case}/receive")).status_code == 200
        made = await client.post(f"/cases/{case}/documents", json={"kind": "receipt"})
    assert made.status_code == 201, made.text
    return {"documents": made.json()["id"]}
