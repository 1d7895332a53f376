"""Worklists of agencies and originals: each filter, desk, page and count for each caller against a list by hand."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import product
from typing import Any

from shared.auth.principal import Grant, Principal
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, a_principal
from tests.services_hall.agencies.carrying import AGENT, AUDITOR, SUBSTITUTE, TOWN, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.agents.test_agents import set_to
from tests.services_hall.conftest import (
    CLERK,
    COUNTY_OFFICER,
    NOT_FOUND,
    OTHER_CLERK,
    OTHER_VILLAGE,
    VILLAGE,
    an_area,
    every_page,
    publish_item,
    refusal,
)

THERE = a_principal("agent", OTHER_VILLAGE, "agent-there")
WATER = a_principal("department_officer", "450481", department="water")
CIVIL = a_principal("department_officer", "450481")
TWO = Principal("clerk-of-two", (Grant("village_clerk", VILLAGE), Grant("agent", OTHER_VILLAGE)))
EVERYBODY = (AGENT, SUBSTITUTE, THERE, CLERK, OTHER_CLERK, TOWN_OFFICER, COUNTY_OFFICER, AUDITOR, WATER, CIVIL, TWO)
CARRIED = {"entrusted", "accepted", "handling"}
UNFINISHED = CARRIED | {"delivered", "archived", "reported"}
TODAY = date(2026, 3, 20)


def sees(who: Principal, one: Any) -> bool:
    """Whether a caller's grants reach an agency, by hand."""
    return any(
        one["area"].startswith(grant.area) and grant.department in (None, one["department"]) for grant in who.grants
    )


def places_of(one: Any) -> Iterator[dict[str, Any]]:
    """Where an original is seen: at the counter, where it lies, where it goes."""
    yield {"area": one["area"], "department": one["department"]}
    for place in ("holder", "sent"):
        if one[f"{place}_area"] is not None:
            yield {"area": one[f"{place}_area"], "department": one[f"{place}_department"]}


async def a_worklist(
    carrying: Carrying, arrivals: Arrivals, clock: FrozenClock
) -> tuple[list[Any], list[Any], dict[str, str]]:
    """Agencies of two villages in many states, and their originals; today is the 20th, one agent is away."""
    await arrivals.take(an_area(OTHER_VILLAGE))
    water = await publish_item(carrying.door, "WATER-01", department="water")
    first, second = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    third = await carrying.appointed(THERE, area=OTHER_VILLAGE)
    agencies, originals = [], []

    async def made(*steps: str, agent: Any = first, who: Any = AGENT, **case: Any) -> Any:
        one = await carrying.entrusted(agent, await carrying.case(**case))
        for verb in steps:
            body = {"visit_on": "2026-03-21", "address": "门"} if verb == "later" else {}
            await (
                carrying.ended(one)
                if verb == "ended"
                else carrying.step(one, {"later": "arrange-visit"}.get(verb, verb), who, **body)
            )
        agencies.append(one["id"])
        return one

    async def original(agency: Any, *steps: str) -> None:
        one = await carrying.received(agency)
        bodies = {
            "hand-over": {"to_area": TOWN if "take" in steps else VILLAGE},
            "lose": {"lost_on": "2026-03-16"},
            "tell-loss": {"told_on": "2026-03-16"},
            "return": {"returned_on": "2026-03-16", "recipient": "applicant"},
        }
        for verb in steps:
            await carrying.done(
                TOWN_OFFICER if verb == "take" else AGENT, f"/originals/{one['id']}/{verb}", bodies.get(verb)
            )
        originals.append(one["id"])

    await made()
    late = await made("accept")
    await made("accept", "forward", "arrange-visit")
    await made("later")
    await made("decline")
    await made("accept", agent=second, who=SUBSTITUTE)
    await made("accept", item_id=water)
    await made("accept", "ended", "deliver")
    await made("accept", "ended", "deliver", "archive", "report")
    await original(late)
    await original(late, "hand-over")
    await original(late, "hand-over", "take")
    await original(late, "lose")
    await original(late, "lose", "tell-loss")
    await original(late, "return")
    gone = await made()
    revoke = {"revoked_on": "2026-03-16"}
    await carrying.done(CLERK, f"/authorisations/{gone['authorisation_id']}/revoke", revoke)
    days = {"since": "2026-03-20", "until": "2026-03-20", "substitute_id": second["id"]}
    await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/leave", days)
    set_to(clock, str(TODAY))
    everything = [await carrying.read(COUNTY_OFFICER, f"/agencies/{one}") for one in agencies]
    held = [await carrying.read(COUNTY_OFFICER, f"/originals/{one}") for one in originals]
    acting = {first["id"]: SUBSTITUTE.subject, second["id"]: SUBSTITUTE.subject, third["id"]: THERE.subject}
    return everything, held, acting


def desks(acting: dict[str, str]) -> dict[str | None, Callable[[Principal, Any], bool]]:
    today = str(TODAY)
    return {
        None: lambda who, one: True,
        "mine": lambda who, one: one["status"] in CARRIED and acting[one["agent_id"]] == who.subject,
        "forwarding_overdue": lambda who, one: one["status"] == "accepted" and one["forward_due_on"] < today,
        "visits_due": lambda who, one: one["status"] in UNFINISHED and (one["visit_on"] or "9") <= today,
        "call_backs": lambda who, one: one["status"] == "reported",
    }


async def test_every_filter_and_desk_lists_and_counts_what_a_list_by_hand_holds(
    carrying: Carrying, arrivals: Arrivals, clock: FrozenClock
) -> None:
    agencies, originals, acting = await a_worklist(carrying, arrivals, clock)
    statuses = (None, "accepted", "revoked", "reported")
    found = set()
    for who in EVERYBODY:
        for (desk, wanted), status in product(desks(acting).items(), statuses):
            expected = sorted(
                one["id"] for one in agencies if sees(who, one) and wanted(who, one) and status in (None, one["status"])
            )
            query = {name: value for name, value in (("desk", desk), ("status", status)) if value is not None}
            assert await carrying.listed(who, "/agencies", **query) == expected, (who.subject, query)
            found |= {desk} if expected else set()
    assert found == set(desks(acting)), "every desk has something on it"
    of_originals: dict[str | None, Callable[[Principal, Any], bool]] = {
        None: lambda who, one: True,
        "mine": lambda who, one: one["holder"] == who.subject,
        "arriving": lambda who, one: (
            one["sent_area"] is not None
            and sees(who, {"area": one["sent_area"], "department": one["sent_department"]})
            and one["holder"] != who.subject
        ),
        "lost_untold": lambda who, one: one["status"] == "lost" and one["told_on"] is None,
    }
    for who in EVERYBODY:
        for (desk, rule), status in product(of_originals.items(), (None, "sent", "lost")):
            expected = sorted(
                one["id"]
                for one in originals
                if any(sees(who, place) for place in places_of(one))
                and rule(who, one)
                and status in (None, one["status"])
            )
            query = {name: value for name, value in (("desk", desk), ("status", status)) if value is not None}
            assert await carrying.listed(who, "/originals", **query) == expected, (who.subject, query)


async def test_pages_of_any_size_show_everything_once_each_that_is_shown_is_noted_and_an_area_narrows(
    carrying: Carrying, arrivals: Arrivals, clock: FrozenClock
) -> None:
    agencies, _, _ = await a_worklist(carrying, arrivals, clock)
    for path in ("/agencies", "/originals", "/authorisations", "/agents"):
        whole = await carrying.listed(TOWN_OFFICER, path)
        assert len(whole) >= 3
        carrying.door.accesses.entries.clear()
        async with carrying.door.client(TOWN_OFFICER) as client:
            for limit in (1, len(whole) - 1, len(whole)):
                paged = [one["id"] for one in await every_page(client, path, limit=limit)]
                assert paged == whole, limit
            noted = [str(one.object_id) for one in carrying.door.accesses.entries if one.action == f"list_{path[1:]}"]
            assert sorted(noted) == ([] if path == "/agents" else sorted(whole * 3)), "no more than was shown"
            wrong: list[dict[str, Any]] = [
                {"cursor": "x"},
                {"cursor": "WyJ4Il0"},
                {"limit": 0},
                {"area": "abc"},
                {"area": "4504811142011"},
            ]
            wrong += [{"desk": "all"}] if path in ("/agencies", "/originals") else []
            wrong += [{"status": "nonsense"}] if path != "/authorisations" else []
            for query in wrong:
                assert refusal(await client.get(path, params=query))[0] == 422, query
    everything = sorted(one["id"] for one in agencies)
    for area in ("450481", TOWN, VILLAGE):
        for who in (COUNTY_OFFICER, CLERK):
            assert await carrying.listed(who, "/agencies", area=area) == everything, "narrows, never widens"
    assert await carrying.listed(COUNTY_OFFICER, "/agencies", area=OTHER_VILLAGE) == []
    async with carrying.door.client(CLERK) as client:
        for path in ("/agencies", "/agencies/count", "/originals", "/originals/count"):
            assert refusal(await client.get(path, params={"area": OTHER_VILLAGE})) == NOT_FOUND
