"""An erasing run that waits, for the tests that walk every endpoint."""

from typing import Any

from shared.testing.doors import DEPARTMENT, Door, a_principal

DOCUMENT = {"type": "citizen_id", "number": "321083197812162119"}
WHO: dict[str, Any] = {
    "name": "待清除甲",
    "document_type": DOCUMENT["type"],
    "document_number": DOCUMENT["number"],
    "phone": "13800001234",
}
ITEM = {"code": "ERASURE-01", "department": DEPARTMENT, "category": "social_assistance"}
VERSION = {"name": "证明", "handling_mode": "within_promise", "statutory_days": 20, "promised_days": 5, "levels": [12]}


async def samples(door: Door, area: str) -> dict[str, str]:
    """The id of one, by the name of its list: somebody typed who withdrew, and wishes it."""
    async with door.client(a_principal("county_officer", area[:6])) as client:
        item = await client.post("/items", json=ITEM)
        assert item.status_code == 201, item.text
        done = await client.post(
            f"/items/{item.json()['id']}/publish", json=VERSION, headers={"If-Match": item.headers["etag"]}
        )
        assert done.status_code == 200, done.text
    async with door.client(a_principal("village_clerk", area)) as client:
        body = {"item_id": item.json()["id"], "area": area, "applicant": WHO, "consent": "signed"}
        case = await client.post("/cases", json=body)
        assert case.status_code == 201, case.text
        gone = await client.post(f"/cases/{case.json()['id']}/withdraw")
        assert gone.status_code == 200, gone.text
        made = await client.post("/case-erasures", json={"area": area, "document": DOCUMENT})
        assert made.status_code == 201, made.text
    return {"case-erasures": made.json()["id"]}
