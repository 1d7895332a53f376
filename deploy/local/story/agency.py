"""Step of the story in the hall: an agent of the village carries a case through four levels, with an original."""

from typing import Any

from deploy.local.story import hall
from deploy.local.story.client import StoryClient, Who, position_of, require
from deploy.local.story.state import OFFICER, TOWN, StoryState

ITEM = "XL-DEMO-CARRIED"
CONTENT: dict[str, Any] = {
    "name": "最低生活保障申请（代办演示）",
    "handling_mode": "by_agent",
    "statutory_days": 45,
    "promised_days": 20,
    "levels": [9, 12],
    "materials": [{"name": "居民户口簿", "form": "original"}],
    "steps": [{"name": "镇级审核", "level": 9, "days": 8}, {"name": "县级审定", "level": 6, "days": 10}],
}
TOWN_OFFICER = Who("town_officer", TOWN)
HALL = "/services-hall/v1"
ABOVE = ("accept", "begin-review", "take", "pass", "take")
"""Steps of the case from the community centre to the county."""
PAPERS = ("receipt", "acceptance", "decision", "closing", "delivery")


async def carried(story: StoryState, village: str) -> None:
    """委托, 受理, 办理, 送达, 归档, 上报, 回访: village, community centre, town and county; each paper is a PDF."""
    client, clerk, agent = story.client, Who("village_clerk", village), Who("agent", village)
    delivered = await story.figure("AGENCY-DELIVERED", village)
    case = await _submitted(story, clerk, village)
    file = await _agent(client, agent, village, str(story.today))
    signed = {"case_id": case["id"], "agent_id": file, "way": "signed", "signed_on": str(story.today)}
    given = (await client.post(clerk, f"{HALL}/authorisations", signed, 201)).json()
    entrusted = {"case_id": case["id"], "authorisation_id": given["id"]}
    paid = await client.post(clerk, f"{HALL}/agencies", {**entrusted, "fee": 20}, 422)
    require(paid.json()["errors"][0]["code"] == "agency_free_of_charge", "a fee was not refused as such")
    path = f"{HALL}/agencies/{(await client.post(clerk, f'{HALL}/agencies', entrusted, 201)).json()['id']}"
    await client.post(agent, f"{path}/accept", {})
    original = await _received(client, agent, path)
    await client.post(agent, f"{path}/forward", {"to_area": TOWN})
    await _decided(client, clerk, village, case["id"])
    await _returned(client, agent, original, village, str(story.today))
    at = position_of(await client.post(agent, f"{path}/deliver", {"delivered_on": str(story.today)}))
    for verb in ("archive", "report"):
        await client.post(clerk, f"{path}/{verb}", None)
    last = await client.post(TOWN_OFFICER, f"{path}/call-back", {"outcome": "satisfied", "charged": False})
    require(last.json()["status"] == "called_back", f"the agency ended {last.json()['status']}")
    papers = await _papers(client, clerk, agent, case["id"], original)
    now = await story.figure("AGENCY-DELIVERED", village, position=at)
    require(now == delivered + 1, f"agencies delivered: {delivered} before, {now} after one")
    client.say(9, "an agent carries a case from the village to the county and back", f"free; {papers} papers as PDF")


async def _submitted(story: StoryState, clerk: Who, village: str) -> Any:
    """A case of the head of the household, received."""
    client, item = story.client, await hall.publish(story.client, OFFICER, ITEM, CONTENT)
    body = {"audience": "services_hall", "purpose": "case_handling", "place": village}
    signed = await client.post(clerk, f"/registry/v1/persons/{story.persons[0]}/extracts", body)
    submission = {"item_id": item, "area": village, "extract": signed.json()["extract"]}
    case = (await client.post(clerk, f"{HALL}/cases?min_position={story.position}", submission, 201)).json()
    await client.post(clerk, f"{HALL}/cases/{case['id']}/receive", None)
    await client.post(clerk, f"{HALL}/cases/{case['id']}/check-material", {"number": 1, "status": "given"})
    return case


async def _agent(client: StoryClient, agent: Who, village: str, today: str) -> str:
    """The file of the village's agent, appointed now unless the story was told before."""
    account = await client.subject_of(agent)
    known = await client.get(agent, f"{HALL}/agents", {"account": account, "status": "serving"})
    if known["items"]:
        return str(known["items"][0]["id"])
    told = {"area": village, "post": "primary", "account": account, "name": "覃代办", "phone": "13800138000"}
    return str((await client.post(TOWN_OFFICER, f"{HALL}/agents", {**told, "since": today}, 201)).json()["id"])


async def _received(client: StoryClient, agent: Who, path: str) -> str:
    """An original that goes to the town, which nobody but its holder sends there; the path of it."""
    given = {"agency_id": path.rsplit("/", 1)[1], "kind": "household_register", "material": 1}
    original = f"{HALL}/originals/{(await client.post(agent, f'{HALL}/originals', given, 201)).json()['id']}"
    refused = await client.post(TOWN_OFFICER, f"{original}/hand-over", {"to_area": TOWN}, 403)
    require(refused.json()["code"] == "original_not_held", f"who held nothing got {refused.json()['code']}")
    await client.post(agent, f"{original}/hand-over", {"to_area": TOWN})
    await client.post(TOWN_OFFICER, f"{original}/take", None)
    return original


async def _decided(client: StoryClient, clerk: Who, village: str, id: str) -> None:
    """The case through community centre, town and county, its papers issued, and delivered by the agent."""
    case, centre = f"{HALL}/cases/{id}", f"{village[:9]}202"
    to = {"to": {"area": centre, "centre": "community_centre"}, "reason": "reported_up"}
    await client.post(clerk, f"{case}/hand-over", to)
    await client.post(OFFICER, f"{case}/take", None)
    for verb in ABOVE:
        await client.post(OFFICER, f"{case}/{verb}", None)
    await client.post(OFFICER, f"{case}/decide", {"granted": True})
    await client.post(OFFICER, f"{case}/close", None)
    day = (await client.get(OFFICER, case))["decided_at"][:10]
    await client.post(OFFICER, f"{case}/deliver", {"way": "agent", "recipient": "applicant", "received_on": day})
    for kind in PAPERS:
        await client.post(clerk, f"{case}/documents", {"kind": kind}, 201)


async def _returned(client: StoryClient, agent: Who, original: str, village: str, today: str) -> None:
    """Back to the agent, and to the applicant: a chain without a gap, a receipt for each pair of hands."""
    await client.post(TOWN_OFFICER, f"{original}/hand-over", {"to_area": village})
    await client.post(agent, f"{original}/take", None)
    await client.post(agent, f"{original}/return", {"returned_on": today, "recipient": "applicant"})
    chain = (await client.get(agent, original))["chain"]
    holders = [link["holder_area"] for link in chain]
    require(holders == [village, village, TOWN, TOWN, village, None], f"the chain of custody is {holders}")


async def _papers(client: StoryClient, clerk: Who, agent: Who, id: str, original: str) -> int:
    """Every paper of the case and of the original, as PDF. How many."""
    issued = (await client.get(clerk, f"{HALL}/cases/{id}/documents"))["items"]
    own = [one for one in issued if one["original_id"] is None]
    made = [await client.ask(clerk, "GET", f"{HALL}/documents/{one['id']}/content", expect=200) for one in own]
    chain = (await client.get(agent, original))["chain"]
    receipts = [link["version"] for link in chain if link["receipt"] is not None]
    made += [await client.ask(agent, "GET", f"{original}/receipts/{version}", expect=200) for version in receipts]
    require(all(one.content.startswith(b"%PDF") for one in made), "a paper is no PDF")
    require((len(own), len(receipts)) == (len(PAPERS), 4), f"{len(own)} papers and {len(receipts)} receipts")
    return len(made)
