"""Authorisations of agents: recorded from a signed paper, revoked with what was entrusted, annulled, undone."""

from datetime import date
from typing import Any

import pytest

from services.services_hall.authorisations.domain import TRANSITIONS, is_in_force
from services.services_hall.authorisations.models import Authorisation
from services.services_hall.authorisations.service import restate
from shared.contracts.services_hall.authorisations import AuthorisationStatus
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, a_principal
from tests.services_hall.agencies.carrying import AGENT, AUDITOR, SUBSTITUTE, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.agents.test_agents import set_to
from tests.services_hall.cases.test_areas import a_change
from tests.services_hall.conftest import (
    CLERK,
    FORBIDDEN,
    NOT_FOUND,
    OTHER_CLERK,
    OTHER_VILLAGE,
    VILLAGE,
    Facts,
    an_area,
    refusal,
)

CHILD = {"name": "测试小童", "document_type": "citizen_id", "document_number": "450481201503020017"}


@pytest.mark.parametrize("origin", list(AuthorisationStatus))
@pytest.mark.parametrize("to", list(AuthorisationStatus))
def test_the_table_allows_what_stands_here_and_nothing_else(
    origin: AuthorisationStatus, to: AuthorisationStatus
) -> None:
    allowed = {("valid", "revoked"), ("valid", "annulled")}
    assert (to in TRANSITIONS[origin]) is ((str(origin), str(to)) in allowed)


def test_it_holds_from_its_day_to_its_last_one_unless_revoked() -> None:
    one = Authorisation(status="valid", signed_on=date(2026, 3, 10), until=date(2026, 3, 12))
    assert [is_in_force(one, date(2026, 3, day)) for day in (9, 10, 12, 13)] == [False, True, True, False]
    one.until = None
    assert is_in_force(one, date(2027, 3, 13))
    one.status = "revoked"
    assert not is_in_force(one, date(2026, 3, 11))


async def test_a_signed_paper_is_recorded_for_items_and_names_nobody(carrying: Carrying, facts: Facts) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    made = await carrying.authorised(case, agent, until="2026-12-31")
    assert (made["status"], made["items"], made["way"], made["area"]) == (
        "valid",
        [case["item_id"]],
        "signed",
        VILLAGE,
    )
    (told,) = await facts("services_hall.authorisation")
    assert told.type == "services_hall.authorisation.recorded"
    assert [str(one) for one in told.state.items] == [case["item_id"]]
    noted = [one for one in carrying.door.accesses.entries if one.action == "record_authorisation"]
    assert [(one.object_id, one.detail, one.role) for one in noted] == [(made["id"], "write", "village_clerk")]


async def test_what_cannot_be_is_refused(carrying: Carrying, arrivals: Arrivals) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    await arrivals.take(an_area(OTHER_VILLAGE))
    elsewhere = await carrying.appointed(SUBSTITUTE, area=OTHER_VILLAGE)

    async def told(who: Any = CLERK, **changes: Any) -> tuple[int, str]:
        body = {"case_id": case["id"], "agent_id": agent["id"], "way": "signed", "signed_on": "2026-03-16"}
        return refusal(await carrying.ask(who, "/authorisations", {**body, **changes}))[:2]

    assert await told(signed_on="2026-03-17") == (422, "authorisation_dates_wrong")
    assert await told(until="2026-03-15") == (422, "authorisation_dates_wrong")
    assert await told(agent_id=elsewhere["id"]) == (409, "authorisation_agent_wrong")
    assert await told(items=[str(new_id())]) == NOT_FOUND[:2]
    assert await told(case_id=str(new_id())) == NOT_FOUND[:2]
    assert await told(OTHER_CLERK) == NOT_FOUND[:2]
    assert await told(AUDITOR) == FORBIDDEN[:2]
    await carrying.done(TOWN_OFFICER, f"/agents/{agent['id']}/end", {"until": "2026-03-15"})
    assert await told() == (409, "authorisation_agent_wrong")


async def test_of_a_minor_the_guardian_signs(carrying: Carrying) -> None:
    agent = await carrying.appointed()
    child = await carrying.case(extract=None, applicant=CHILD, consent="by_guardian")
    body = {"case_id": child["id"], "agent_id": agent["id"], "way": "signed", "signed_on": "2026-03-16"}
    assert refusal(await carrying.ask(CLERK, "/authorisations", body))[1] == "authorisation_guardian_needed"
    await carrying.done(CLERK, "/authorisations", {**body, "way": "by_guardian"})


async def test_a_revocation_ends_what_is_carried_and_its_undo_lets_it_go_on(carrying: Carrying, facts: Facts) -> None:
    agency = await carrying.accepted()
    await carrying.step(agency, "arrange-visit")
    original = await carrying.received(agency)
    path = f"/authorisations/{agency['authorisation_id']}"
    for day in ("2026-03-15", "2026-03-17"):
        answer = await carrying.ask(CLERK, f"{path}/revoke", {"revoked_on": day})
        assert refusal(answer)[:2] == (422, "authorisation_dates_wrong")
    gone = await carrying.done(CLERK, f"{path}/revoke", {"revoked_on": "2026-03-16"})
    assert (gone["status"], gone["revoked_on"]) == ("revoked", "2026-03-16")
    ended = await carrying.read(CLERK, f"/agencies/{agency['id']}")
    assert (ended["status"], ended["visit_on"]) == ("revoked", None)
    assert ended["revoked_at"] is not None
    assert refusal(await carrying.ask(AGENT, f"/agencies/{agency['id']}/forward", {"to_area": "450481114"}))[1] == (
        "agency_transition_not_allowed"
    )
    assert refusal(await carrying.undo(AGENT, f"/agencies/{agency['id']}", ended["version"]))[1] == (
        "agency_nothing_to_undo"
    ), "it comes back with its authorisation alone"
    back = {"returned_on": "2026-03-16", "recipient": "applicant"}
    returned = await carrying.done(AGENT, f"/originals/{original['id']}/return", back)
    assert returned["status"] == "returned", "an original goes back, revoked or not"
    undone = await carrying.undo(CLERK, path, gone["version"])
    assert undone.json()["status"] == "valid"
    again = await carrying.read(CLERK, f"/agencies/{agency['id']}")
    assert (again["status"], again["visit_on"], again["revoked_at"], again["forward_due_on"]) == (
        "accepted",
        "2026-03-18",
        None,
        "2026-03-19",
    )
    told = [fact.type.rsplit(".", 1)[1] for fact in await facts(subject=agency["id"])]
    assert told == ["entrusted", "accepted", "visited", "revoked", "undone"]
    assert refusal(await carrying.undo(CLERK, path, 3))[1] == "authorisation_nothing_to_undo"


async def test_what_is_delivered_is_not_ended_by_a_revocation(carrying: Carrying) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)
    await carrying.step(agency, "deliver")
    revoke = {"revoked_on": "2026-03-16"}
    await carrying.done(CLERK, f"/authorisations/{agency['authorisation_id']}/revoke", revoke)
    assert (await carrying.read(CLERK, f"/agencies/{agency['id']}"))["status"] == "delivered"


async def test_only_what_was_never_used_is_annulled(carrying: Carrying) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    unused = await carrying.authorised(case, agent)
    gone = await carrying.done(CLERK, f"/authorisations/{unused['id']}/annul")
    assert gone["status"] == "annulled"
    body = {"case_id": case["id"], "authorisation_id": unused["id"]}
    assert refusal(await carrying.ask(CLERK, "/agencies", body))[1] == "authorisation_not_in_force"
    assert (await carrying.undo(CLERK, f"/authorisations/{unused['id']}", 2)).json()["status"] == "valid"
    await carrying.done(CLERK, "/agencies", body)
    assert refusal(await carrying.ask(CLERK, f"/authorisations/{unused['id']}/annul"))[1] == "authorisation_used"


async def test_what_has_expired_carries_nothing_further(carrying: Carrying, clock: FrozenClock) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    short = await carrying.authorised(case, agent, until="2026-03-17")
    agency = await carrying.done(CLERK, "/agencies", {"case_id": case["id"], "authorisation_id": short["id"]})
    await carrying.step(agency, "accept")
    set_to(clock, "2026-03-18")
    late = await carrying.ask(AGENT, f"/agencies/{agency['id']}/forward", {"to_area": "450481114"})
    assert refusal(late)[:2] == (409, "authorisation_not_in_force")


async def test_lists_are_seen_in_scope_and_told_again_as_they_stand(
    carrying: Carrying, arrivals: Arrivals, committed: Database, facts: Facts
) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    first, second = await carrying.authorised(case, agent), await carrying.authorised(await carrying.case(), agent)
    assert await carrying.listed(CLERK, "/authorisations") == sorted([first["id"], second["id"]])
    assert await carrying.listed(CLERK, "/authorisations", case=case["id"]) == [first["id"]]
    assert (
        await carrying.listed(a_principal("department_officer", "450481", department="water"), "/authorisations") == []
    )
    async with carrying.door.client(OTHER_CLERK) as client:
        assert refusal(await client.get(f"/authorisations/{first['id']}")) == NOT_FOUND
    assert (await carrying.read(AUDITOR, f"/authorisations/{first['id']}"))["id"] == first["id"]
    await arrivals.take(an_area(OTHER_VILLAGE))
    await arrivals.take(a_change())
    assert await carrying.listed(OTHER_CLERK, "/authorisations") == sorted([first["id"], second["id"]])
    latest = {str(fact.state.id): fact.state for fact in await facts("services_hall.authorisation")}
    async with committed.session() as session:
        some = await restate(session, None, 1)
        more = await restate(session, str(some[0].state.id), 5)
    assert {str(one.state.id): one.state for one in (*some, *more)} == latest
