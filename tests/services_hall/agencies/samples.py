"""An agent, an authorisation, an agency and an original, for the tests that walk every endpoint."""

from shared.auth.principal import Principal
from shared.testing.doors import Door, a_principal
from tests.services_hall.agencies.carrying import AGENT_NAME, AGENT_PHONE, DOOR
from tests.services_hall.conftest import publish_item

APPLICANT = {"name": "示例委托人", "document_type": "citizen_id", "document_number": "321083197812162119"}


async def samples(door: Door, area: str, owner: Principal | None = None) -> dict[str, str]:
    """Their ids, by the names of their lists. The original is on its way, its first receipt is that of version 1."""
    agent, town = owner or a_principal("agent", area), a_principal("town_officer", area[:9])
    item = await publish_item(door, "SAMPLE-CARRIED")
    body = {"item_id": item, "area": area, "applicant": APPLICANT, "consent": "signed"}
    file = {"area": area, "post": "primary", "account": agent.subject, "name": AGENT_NAME, "phone": AGENT_PHONE}
    made: dict[str, str] = {"receipts": "1"}
    async with door.client(owner or town) as client:
        answer = await client.post("/agents", json={**file, "since": "2026-01-05"})
        assert answer.status_code == 201, answer.text
        made["agents"] = answer.json()["id"]
    async with door.client(agent) as client:
        case = (await client.post("/cases", json=body)).json()["id"]
        given = {"case_id": case, "agent_id": made["agents"], "way": "signed", "signed_on": "2026-03-16"}
        answer = await client.post("/authorisations", json=given)
        assert answer.status_code == 201, answer.text
        made["authorisations"] = answer.json()["id"]
        given = {"case_id": case, "authorisation_id": made["authorisations"]}
        answer = await client.post("/agencies", json=given)
        assert answer.status_code == 201, answer.text
        made["agencies"] = answer.json()["id"]
        path = f"/agencies/{made['agencies']}"
        assert (await client.post(f"{path}/accept", json={})).status_code == 200
        visit = {"visit_on": "2026-03-16", "address": DOOR}
        assert (await client.post(f"{path}/arrange-visit", json=visit)).status_code == 200
        answer = await client.post("/originals", json={"agency_id": made["agencies"], "kind": "household_register"})
        assert answer.status_code == 201, answer.text
        made["originals"] = answer.json()["id"]
        sent = await client.post(f"/originals/{made['originals']}/hand-over", json={"to_area": area[:9]})
        assert sent.status_code == 200, sent.text
    return made
