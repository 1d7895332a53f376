"""A task and an absence, for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.services_hall.conftest import publish_item

ABSENCE = {"officer": "clerk-7", "substitute": "clerk-8", "from_on": "2099-01-04", "until_on": "2099-01-08"}
APPLICANT = {"name": "示例待办甲", "document_type": "citizen_id", "document_number": "321083197812162119"}


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Their ids, by the first segments of their paths: a case of the village waits, a clerk of it will be away."""
    item = await publish_item(door, "SAMPLE-TASK")
    for officer in (ABSENCE["officer"], ABSENCE["substitute"]):
        async with door.client(a_principal("village_clerk", area, officer)) as client:
            assert (await client.post("/officers/sign-on")).status_code == 200
    body = {"item_id": item, "area": area, "applicant": APPLICANT, "consent": "signed"}
    async with door.client(owner or a_principal("village_clerk", area)) as client:
        case = (await client.post("/cases", json=body)).json()["id"]
        tasks = (await client.get("/tasks", params={"item_id": item})).json()["items"]
    async with door.client(a_principal("county_officer", area[:6])) as client:
        absence = await client.post("/absences", json=ABSENCE)
    assert absence.status_code == 201, absence.text
    [task] = [one for one in tasks if one["case_id"] == case]
    return {"tasks": task["id"], "absences": absence.json()["id"]}
