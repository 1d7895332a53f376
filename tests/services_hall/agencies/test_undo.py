"""What was ended, revoked or erased since comes back by no undo and no later step; absences that cross one another."""

import asyncio
from typing import Any
from uuid import UUID

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.doors import a_principal
from tests.services_hall.agencies.carrying import AGENT, BODIES, SUBSTITUTE, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.conftest import CLERK, VILLAGE, refusal
from tests.services_hall.tasks.hands import in_context

THIRD = a_principal("agent", VILLAGE, "agent-c")


def days(substitute: Any, since: str = "2026-03-18", until: str = "2026-03-20") -> dict[str, Any]:
    return {"since": since, "until": until, "substitute_id": substitute["id"]}


async def test_an_undo_is_no_way_round_what_the_applicant_revoked(carrying: Carrying, person: object) -> None:
    delivered = await carrying.accepted()
    await carrying.ended(delivered)
    delivered = await carrying.step(delivered, "deliver")
    agent = await carrying.read(AGENT, f"/agents/{delivered['agent_id']}")
    declined = await carrying.step(await carrying.entrusted(agent), "decline")
    for agency in (delivered, declined):
        given = f"/authorisations/{agency['authorisation_id']}"
        await carrying.done(CLERK, f"{given}/revoke", {"revoked_on": "2026-03-16"})
        path = f"/agencies/{agency['id']}"
        refused = refusal(await carrying.undo(AGENT, path, agency["version"]))
        assert refused[:2] == (409, "authorisation_not_in_force"), agency["status"]
        revoked = await carrying.read(CLERK, given)
        await carrying.undo(CLERK, given, revoked["version"])
        assert (await carrying.undo(AGENT, path, agency["version"])).status_code == 200, "the revocation was a mistake"


async def test_an_undo_puts_nothing_into_hands_that_serve_no_longer(carrying: Carrying, person: object) -> None:
    first, second = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    agency = await carrying.entrusted(first)
    path = f"/agencies/{agency['id']}"
    moved = await carrying.done(TOWN_OFFICER, f"{path}/reassign", {"agent_id": second["id"]})
    await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/end", {"until": "2026-03-16"})
    refused = refusal(await carrying.undo(TOWN_OFFICER, path, moved["version"]))
    assert refused[:2] == (409, "authorisation_agent_wrong")
    assert (await carrying.read(CLERK, path))["agent_id"] == second["id"]


async def test_who_serves_no_longer_acts_for_nothing_that_came_back(carrying: Carrying, person: object) -> None:
    first, second = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    agency = await carrying.entrusted(first)
    given, path = f"/authorisations/{agency['authorisation_id']}", f"/agencies/{agency['id']}"
    revoked = await carrying.done(CLERK, f"{given}/revoke", {"revoked_on": "2026-03-16"})
    await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/end", {"until": "2026-03-16"})
    assert (await carrying.undo(CLERK, given, revoked["version"])).status_code == 200
    assert refusal(await carrying.ask(AGENT, f"{path}/accept", {}))[:2] == (403, "agency_not_yours")
    assert await carrying.listed(AGENT, "/agencies", desk="mine") == []
    await carrying.done(TOWN_OFFICER, f"{path}/reassign", {"agent_id": second["id"]})
    assert await carrying.listed(SUBSTITUTE, "/agencies", desk="mine") == [agency["id"]]


async def test_an_absence_comes_back_only_for_who_stands_in_for_nobody(carrying: Carrying, person: object) -> None:
    first, second, third = [await carrying.appointed(one) for one in (AGENT, SUBSTITUTE, THIRD)]
    path = f"/agents/{first['id']}"
    await carrying.done(TOWN_OFFICER, f"{path}/leave", days(second))
    back = await carrying.done(TOWN_OFFICER, f"{path}/return")
    await carrying.done(TOWN_OFFICER, f"/agents/{third['id']}/leave", days(first))
    refused = refusal(await carrying.undo(TOWN_OFFICER, path, back["version"]))
    assert refused[:2] == (409, "agent_still_carries")


async def test_absences_that_cross_one_another_wait_and_one_is_refused(carrying: Carrying, person: object) -> None:
    first, second = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    for _ in range(5):
        answers = await asyncio.gather(
            carrying.ask(TOWN_OFFICER, f"/agents/{first['id']}/leave", days(second)),
            carrying.ask(TOWN_OFFICER, f"/agents/{second['id']}/leave", days(first)),
        )
        assert sorted(one.status_code for one in answers) == [200, 409], [one.text for one in answers]
        [away] = [one.json() for one in answers if one.status_code == 200]
        await carrying.done(TOWN_OFFICER, f"/agents/{away['id']}/return")


async def test_no_door_is_written_down_of_whoever_was_erased(
    carrying: Carrying, person: UUID, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)

    async def erase(context: Any) -> Any:
        return await ApplicantErasing(context).erase([person])

    await in_context(committed, clock, crypto, erase)
    refused = await carrying.ask(AGENT, f"/agencies/{agency['id']}/arrange-visit", BODIES["arrange-visit"])
    assert refusal(refused)[:2] == (409, "applicant_erased")
    assert (await carrying.step(agency, "deliver"))["status"] == "delivered"
