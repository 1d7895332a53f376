"""Two who are at one agent's file, or at one another's, at the same moment: somebody is always there, or it is said."""

import asyncio
from typing import Any

from shared.db.engine import Database
from shared.testing.doors import a_principal
from tests.services_hall.agencies.carrying import AGENT, SUBSTITUTE, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.conftest import CLERK, VILLAGE, refusal

DAYS = {"since": "2026-03-16", "until": "2026-03-20"}
THIRD = a_principal("agent", VILLAGE, "agent-c")


async def test_two_agents_do_not_stand_in_for_each_other(carrying: Carrying, person: object) -> None:
    """Each leaves in the other's hands at once: one of them is away, and nobody is told to try later."""
    one, two = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    for _ in range(3):
        answers = await asyncio.gather(
            carrying.ask(TOWN_OFFICER, f"/agents/{one['id']}/leave", {**DAYS, "substitute_id": two["id"]}),
            carrying.ask(TOWN_OFFICER, f"/agents/{two['id']}/leave", {**DAYS, "substitute_id": one["id"]}),
        )
        assert sorted(answer.status_code for answer in answers) == [200, 409], [answer.text for answer in answers]
        (left,) = (answer.json() for answer in answers if answer.status_code == 200)
        await carrying.done(TOWN_OFFICER, f"/agents/{left['id']}/return")


async def test_a_matter_is_not_given_to_who_ends_meanwhile(
    carrying: Carrying, person: object, committed: Database
) -> None:
    """The new agent carries it and does not end, or has ended and is given nothing."""
    agency = await carrying.accepted()
    other = await carrying.appointed(SUBSTITUTE)
    given, ended = await asyncio.gather(
        carrying.ask(CLERK, f"/agencies/{agency['id']}/reassign", {"agent_id": other["id"]}),
        carrying.ask(TOWN_OFFICER, f"/agents/{other['id']}/end", {"until": "2026-03-16"}),
    )
    if given.status_code == 200:
        assert refusal(ended)[1] == "agent_still_carries"
    else:
        assert (refusal(given)[1], ended.status_code) == ("authorisation_agent_wrong", 200)


async def test_of_two_who_hand_a_matter_over_one_does(carrying: Carrying, person: object) -> None:
    agency = await carrying.accepted()
    others = [await carrying.appointed(who) for who in (SUBSTITUTE, THIRD)]
    seen = {"If-Match": f'"{agency["version"]}"'}
    path = f"/agencies/{agency['id']}/reassign"
    answers = await asyncio.gather(*(carrying.ask(CLERK, path, {"agent_id": one["id"]}, **seen) for one in others))
    assert sorted(answer.status_code for answer in answers) == [200, 412]
    now: Any = await carrying.read(CLERK, f"/agencies/{agency['id']}")
    assert [now["agent_id"]] == [one.json()["agent_id"] for one in answers if one.status_code == 200]
    step = {"If-Match": f'"{now["version"]}"'}
    own, past = await asyncio.gather(
        carrying.ask(SUBSTITUTE if now["agent_id"] == others[0]["id"] else THIRD,
                     f"/agencies/{agency['id']}/forward", {"to_area": "450481114"}, **step),
        carrying.ask(AGENT, f"/agencies/{agency['id']}/forward", {"to_area": "450481114"}, **step),
    )  # fmt: skip
    assert own.status_code in (200, 422), own.text
    assert refusal(past)[1] in ("agency_not_yours", "version_mismatch")
