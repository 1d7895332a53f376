"""What registry was asked for under a key is not shown again to who was moved (`tests.replays`)."""

from fastapi import FastAPI

from shared.auth.principal import Grant
from shared.testing.doors import Door, a_principal
from tests.registry.builders import COUNTY, FAR, SISTER, TOWN, VILLAGE, a_household, a_person
from tests.registry.consents.giving import a_paper
from tests.replays import Asked, sent_again

ELSEWHERE = (Grant("village_clerk", SISTER), Grant("village_clerk", FAR), Grant("auditor", COUNTY))
TOWN_OFFICER = a_principal("town_officer", TOWN, "moved")
ASKER = a_principal("village_clerk", VILLAGE, "asker")


async def test_who_was_moved_is_shown_nothing_again(app: FastAPI, county: None) -> None:
    door, who = Door(app), TOWN_OFFICER
    person = (await sent_again(door, who, Asked("/persons", a_person()), ELSEWHERE))["id"]
    await sent_again(door, who, Asked("/households", a_household()), ELSEWHERE)
    consent = await sent_again(door, who, Asked(f"/persons/{person}/consents", a_paper()), ELSEWHERE)
    path = f"/consents/{consent['id']}"
    body = {"withdrawn_on": "2026-03-10", "reference": "撤回书三号"}
    await sent_again(door, who, Asked(f"{path}/withdraw", body, 1), ELSEWHERE)
    await sent_again(door, who, Asked(f"{path}/undo", {"reason": "not_happened"}, 2), ELSEWHERE)
    care = {"code": "elder_alone", "started_on": "2026-03-01"}
    tag = await sent_again(door, who, Asked(f"/persons/{person}/tags", care), ELSEWHERE)
    await sent_again(door, who, Asked(f"/tags/{tag['id']}/end", {"ended_on": "2026-03-02"}), ELSEWHERE)
    old = a_person(occurred_on="2010-01-01")
    gone = (await sent_again(door, ASKER, Asked("/persons", old), ELSEWHERE))["id"]
    await sent_again(door, ASKER, Asked(f"/persons/{gone}/move-out", {"occurred_on": "2019-01-01"}), ELSEWHERE)
    run = await sent_again(door, ASKER, Asked("/retention-runs", {"area": VILLAGE}), ELSEWHERE)
    await sent_again(door, ASKER, Asked(f"/retention-runs/{run['id']}/withdraw", tag=1), ELSEWHERE)
