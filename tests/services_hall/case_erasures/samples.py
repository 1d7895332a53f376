"""An erasing run that waits, for the tests that walk every endpoint."""

from typing import Any

from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import publish_item

DOCUMENT = {"type": "citizen_id", "number": "321083197812162119"}
WHO: dict[str, Any] = {
    "name": "待清除甲",
    "document_type": DOCUMENT["type"],
    "document_number": DOCUMENT["number"],
    "phone": "13800001234",
}


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list: somebody typed who withdrew, and wishes it."""
    item = await publish_item(door, "ERASURE-01")
    async with door.client(a_principal("village_clerk", area)) as client:
        body = {"item_id": item, "area": area, "applicant": WHO, "consent": "signed"}
        case = await client.post("/cases", json=body)
        assert case.status_code == 201, case.text
        gone = await client.post(f"/cases/{case.json()['id']}/withdraw")
        assert gone.status_code == 200, gone.text
        made = await client.post("/case-erasures", json={"area": area, "document": DOCUMENT})
        assert made.status_code == 201, made.text
    return {"case-erasures": made.json()["id"]}
