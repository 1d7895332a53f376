"""What the hall was asked for under a key is not shown again to who was moved (`tests.replays`)."""

from shared.auth.principal import Grant
from shared.testing.doors import Door, a_principal
from tests.replays import Asked, sent_again
from tests.services_hall.agencies.carrying import AGENT_NAME, AGENT_PHONE
from tests.services_hall.case_erasures.samples import DOCUMENT, WHO
from tests.services_hall.conftest import OTHER_VILLAGE, VILLAGE, publish_item

ELSEWHERE = (
    Grant("town_officer", "450481113"),
    Grant("village_clerk", OTHER_VILLAGE),
    Grant("auditor", "450481"),
    Grant("department_officer", "450481", "water"),
)
TOWN = a_principal("town_officer", "450481114", "moved")


async def test_who_was_moved_is_shown_nothing_again(door: Door, person: object) -> None:
    item = await publish_item(door, "REPLAY-1")
    body = {"item_id": item, "area": VILLAGE, "applicant": WHO, "consent": "signed"}
    case = await sent_again(door, TOWN, Asked("/cases", body), ELSEWHERE)
    await sent_again(door, TOWN, Asked(f"/cases/{case['id']}/receive"), ELSEWHERE)
    link = Asked(f"/cases/{case['id']}/rating-links", {"contact": "receipt"})
    await sent_again(door, TOWN, link, ELSEWHERE)
    told = {"area": VILLAGE, "post": "primary", "account": "agent-a", "name": AGENT_NAME, "phone": AGENT_PHONE}
    agent = await sent_again(door, TOWN, Asked("/agents", {**told, "since": "2026-03-02"}), ELSEWHERE)
    await sent_again(door, TOWN, Asked(f"/agents/{agent['id']}/end", {"until": "2026-03-16"}), ELSEWHERE)
    await sent_again(door, TOWN, Asked(f"/agents/{agent['id']}/undo", tag=2), ELSEWHERE)
    other = await sent_again(door, TOWN, Asked("/cases", body), ELSEWHERE) if case is None else case
    await sent_again(door, TOWN, Asked(f"/cases/{other['id']}/withdraw"), ELSEWHERE)
    asked = Asked("/case-erasures", {"area": VILLAGE, "document": DOCUMENT})
    clerk = a_principal("village_clerk", VILLAGE, "asker")
    run = await sent_again(door, clerk, asked, ELSEWHERE)
    await sent_again(door, clerk, Asked(f"/case-erasures/{run['id']}/withdraw"), ELSEWHERE)
