"""Agencies: the seven steps by who may take them, days to forward, free of charge, worklists, undo."""

import asyncio
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import text

from services.services_hall.agencies.domain import STEPS, AgencyStep, AgencyTransitionError, Taker, require_allowed
from services.services_hall.agencies.service.agencies import restate
from services.services_hall.app import create_app
from services.services_hall.settings import Settings
from shared.auth.principal import Grant, Principal
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.services_hall.agencies import AgencyStatus
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from shared.testing.settings import settings_for
from tests.services_hall.agencies.carrying import AGENT, AUDITOR, BODIES, SUBSTITUTE, TOWN, TOWN_OFFICER, Carrying
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
    calendars,
    fields,
    refusal,
)

ALLOWED: dict[tuple[str, str], str | None] = {
    ("entrusted", "accept"): "accepted",
    ("entrusted", "decline"): "declined",
    ("accepted", "forward"): "handling",
    ("accepted", "deliver"): "delivered",
    ("handling", "deliver"): "delivered",
    ("delivered", "archive"): "archived",
    ("archived", "report"): "reported",
    ("reported", "call_back"): "called_back",
    **{(one, "reassign"): None for one in ("entrusted", "accepted", "handling")},
    **{(one, "arrange_visit"): None for one in ("entrusted", "accepted", "handling")},
    **{(one, "visit"): None for one in ("entrusted", "accepted", "handling")},
    **{(one, "cancel_visit"): None for one in ("entrusted", "accepted", "handling", "delivered")},
}
"""From where each step leads where, by hand."""


@pytest.mark.parametrize("step", list(STEPS))
@pytest.mark.parametrize("status", list(AgencyStatus))
def test_a_step_is_taken_from_where_the_table_says_and_nowhere_else(status: AgencyStatus, step: AgencyStep) -> None:
    if (str(status), str(step)) in ALLOWED:
        assert require_allowed(status, step).to == ALLOWED[str(status), str(step)]
    else:
        with pytest.raises(AgencyTransitionError):
            require_allowed(status, step)


def test_who_takes_which_step_by_hand() -> None:
    theirs = {"archive", "report", "reassign", "cancel_visit"}
    takers = {str(step): rule.taker for step, rule in STEPS.items()}
    assert {step for step, taker in takers.items() if taker is Taker.ANYBODY} == theirs
    assert [step for step, taker in takers.items() if taker is Taker.OTHER] == ["call_back"]
    supervised = {str(step) for step, rule in STEPS.items() if rule.permission == "agency.supervise"}
    assert supervised == {"call_back", "reassign"}


async def test_all_seven_steps_are_told_each_with_its_day(carrying: Carrying, clock: FrozenClock, facts: Facts) -> None:
    agency = await carrying.entrusted()
    accepted = await carrying.step(agency, "accept")
    assert (accepted["status"], accepted["forward_due_on"]) == ("accepted", "2026-03-19"), "three working days"
    clock.advance(days=1)
    handling = await carrying.step(agency, "forward")
    assert (handling["status"], handling["forwarded_to"], handling["forward_due_on"]) == (
        "handling",
        TOWN,
        "2026-03-19",
    )
    early = await carrying.ask(AGENT, f"/agencies/{agency['id']}/deliver", BODIES["deliver"])
    assert refusal(early)[:2] == (409, "agency_case_open")
    await carrying.ended(agency)
    for day in ("2026-03-15", "2026-03-18"):
        wrong = await carrying.ask(AGENT, f"/agencies/{agency['id']}/deliver", {"delivered_on": day})
        assert refusal(wrong)[:2] == (422, "agency_dates_wrong")
    await carrying.step(agency, "deliver", delivered_on="2026-03-17")
    await carrying.step(agency, "archive", CLERK)
    await carrying.step(agency, "report", CLERK)
    done = await carrying.step(agency, "call-back", TOWN_OFFICER)
    assert (done["status"], done["outcome"], done["charged"]) == ("called_back", "satisfied", False)
    told = await facts(subject=agency["id"])
    names = ["entrusted", "accepted", "forwarded", "delivered", "archived", "reported", "called_back"]
    assert [fact.type.rsplit(".", 1)[1] for fact in told] == names
    assert [fact.state.version for fact in told] == list(range(1, 8))
    last = told[-1].state
    assert (last.delivered_on, last.outcome, last.visits) == (date(2026, 3, 17), "satisfied", 0)


async def test_what_is_done_at_the_counter_itself_has_no_day_to_forward_by(carrying: Carrying) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)
    delivered = await carrying.step(agency, "deliver")
    assert (delivered["forward_due_on"], delivered["forwarded_at"]) == (None, None)
    back = await carrying.undo(AGENT, f"/agencies/{agency['id']}", delivered["version"])
    assert (back.json()["status"], back.json()["forward_due_on"]) == ("accepted", "2026-03-19"), "dated anew"


async def test_no_fee_may_be_taken_at_any_step(door: Door) -> None:
    async with door.client(AGENT) as client:
        for verb in ("accept", "forward", "deliver", "arrange-visit", "visit"):
            for fee in (0, 5, "5.00", {"fen": 500}, False):
                path = f"/agencies/0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90/{verb}"
                answer = await client.post(path, json={**BODIES[verb], "fee": fee})
                assert fields(answer) == [("fee", "agency_free_of_charge")], (verb, fee)


async def test_an_entrusting_with_a_fee_is_refused_and_one_without_is_free(carrying: Carrying) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    given = await carrying.authorised(case, agent)
    body = {"case_id": case["id"], "authorisation_id": given["id"]}
    answer = await carrying.ask(CLERK, "/agencies", {**body, "fee": 20})
    assert fields(answer) == [("fee", "agency_free_of_charge")]
    assert "不收取任何费用" in answer.json()["errors"][0]["message"]
    assert "fee" not in await carrying.done(CLERK, "/agencies", {**body, "fee": None})


async def test_who_says_that_money_was_taken_is_told_on(carrying: Carrying, facts: Facts) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)
    for verb, who in (("deliver", AGENT), ("archive", CLERK), ("report", CLERK)):
        await carrying.step(agency, verb, who)
    path = f"/agencies/{agency['id']}/call-back"
    for body in ({"outcome": "satisfied"}, {"outcome": "unreached", "charged": False}):
        assert refusal(await carrying.ask(CLERK, path, body))[:2] == (422, "call_back_unclear")
    assert await carrying.listed(TOWN_OFFICER, "/agencies", desk="call_backs") == [agency["id"]]
    done = await carrying.done(CLERK, path, {"outcome": "complaint", "charged": True})
    assert (await facts(subject=agency["id"]))[-1].state.charged is True
    assert await carrying.listed(TOWN_OFFICER, "/agencies", desk="call_backs") == []
    undone = await carrying.undo(TOWN_OFFICER, f"/agencies/{agency['id']}", done["version"])
    assert (undone.json()["status"], undone.json()["outcome"], undone.json()["charged"]) == ("reported", None, None)


async def test_who_carried_it_does_not_call_back(carrying: Carrying) -> None:
    both = Principal("clerk-agent", (Grant("village_clerk", VILLAGE), Grant("agent", VILLAGE)))
    agency = await carrying.step(await carrying.entrusted(await carrying.appointed(both)), "accept", both)
    await carrying.ended(agency)
    for verb in ("deliver", "archive", "report"):
        await carrying.step(agency, verb, both)
    path = f"/agencies/{agency['id']}/call-back"
    assert refusal(await carrying.ask(both, path, BODIES["call-back"]))[:2] == (403, "call_back_by_agent")
    await carrying.step(agency, "call-back", CLERK)


async def test_a_case_is_carried_for_its_own_applicant_and_item_once(
    carrying: Carrying, door: Door, person: object
) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    given = await carrying.authorised(case, agent)
    typed = {"name": "别人甲", "document_type": "citizen_id", "document_number": "321083197812162119"}
    stranger = await carrying.case(extract=None, applicant=typed, consent="signed")
    body = {"authorisation_id": given["id"]}
    other = await carrying.ask(CLERK, "/agencies", {**body, "case_id": stranger["id"]})
    assert refusal(other)[:2] == (409, "authorisation_of_other")
    second = await carrying.case()
    await carrying.done(CLERK, "/agencies", {**body, "case_id": second["id"]})
    again = await carrying.ask(CLERK, "/agencies", {**body, "case_id": second["id"]})
    assert refusal(again)[:2] == (409, "agency_known"), "the same person's other case, once"
    ended = await carrying.case("receive", "accept", "decide", "close")
    late = await carrying.ask(CLERK, "/agencies", {**body, "case_id": ended["id"]})
    assert refusal(late)[:2] == (409, "agency_case_ended")
    for who, answer in ((OTHER_CLERK, NOT_FOUND), (AUDITOR, FORBIDDEN)):
        assert refusal(await carrying.ask(who, "/agencies", {**body, "case_id": case["id"]})) == answer


async def test_of_two_who_entrust_or_accept_at_once_one_does(carrying: Carrying, committed: Database) -> None:
    agent, case = await carrying.appointed(), await carrying.case()
    given = await carrying.authorised(case, agent)
    body = {"case_id": case["id"], "authorisation_id": given["id"]}
    answers = await asyncio.gather(*(carrying.ask(CLERK, "/agencies", body) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [201, 409, 409]
    made = next(one.json() for one in answers if one.status_code == 201)
    answers = await asyncio.gather(*(carrying.ask(AGENT, f"/agencies/{made['id']}/accept", {}) for _ in range(3)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409]
    async with committed.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM agency_versions")) == 2


async def test_a_typed_applicant_is_the_same_by_the_number(carrying: Carrying) -> None:
    typed = {"name": "同一人", "document_type": "citizen_id", "document_number": "321083197812162119"}
    agent = await carrying.appointed()
    first = await carrying.case(extract=None, applicant=typed, consent="signed")
    second = await carrying.case(extract=None, applicant=typed, consent="signed")
    given = await carrying.authorised(first, agent)
    await carrying.done(CLERK, "/agencies", {"case_id": second["id"], "authorisation_id": given["id"]})


async def test_while_the_agent_is_away_the_worklist_is_the_substitutes(carrying: Carrying, clock: FrozenClock) -> None:
    agent, other = await carrying.appointed(), await carrying.appointed(SUBSTITUTE, post="substitute")
    agency = await carrying.entrusted(agent)

    async def mine() -> tuple[list[str], list[str]]:
        lists = [await carrying.listed(who, "/agencies", desk="mine") for who in (AGENT, SUBSTITUTE)]
        return lists[0], lists[1]

    days = {"since": "2026-03-17", "until": "2026-03-18", "substitute_id": other["id"]}
    await carrying.done(TOWN_OFFICER, f"/agents/{agent['id']}/leave", days)
    assert await mine() == ([agency["id"]], []), "not before the first day"
    refused = await carrying.ask(SUBSTITUTE, f"/agencies/{agency['id']}/accept", {})
    assert refusal(refused)[:2] == (403, "agency_not_yours")
    set_to(clock, "2026-03-17")
    assert await mine() == ([], [agency["id"]])
    assert refusal(await carrying.ask(AGENT, f"/agencies/{agency['id']}/accept", {}))[1] == "agency_not_yours"
    await carrying.step(agency, "accept", SUBSTITUTE)
    set_to(clock, "2026-03-19")
    assert await mine() == ([agency["id"]], []), "not after the last one"
    await carrying.step(agency, "forward")
    still = await carrying.ask(TOWN_OFFICER, f"/agents/{agent['id']}/end", {"until": "2026-03-19"})
    assert refusal(still)[1] == "agent_still_carries"
    moved = await carrying.step(agency, "reassign", TOWN_OFFICER, agent_id=other["id"])
    assert moved["agent_id"] == other["id"]
    assert await mine() == ([], [agency["id"]])
    await carrying.done(TOWN_OFFICER, f"/agents/{agent['id']}/end", {"until": "2026-03-19"})
    back = await carrying.ask(TOWN_OFFICER, f"/agencies/{agency['id']}/reassign", {"agent_id": agent["id"]})
    assert refusal(back)[1] == "authorisation_agent_wrong", "who has ended carries nothing"


async def test_every_step_is_undone_by_who_may_take_it(carrying: Carrying) -> None:
    agency = await carrying.step(await carrying.entrusted(), "accept")
    forwarded = await carrying.step(agency, "forward")
    path = f"/agencies/{agency['id']}"
    for who, code in ((CLERK, "agency_not_yours"), (AUDITOR, "not_found"), (OTHER_CLERK, "not_found")):
        assert refusal(await carrying.undo(who, path, forwarded["version"]))[1] == code
    assert (await carrying.undo(AGENT, path, 2)).status_code == 412
    first, second = [await carrying.undo(AGENT, path, version) for version in (3, 4)]
    assert (first.json()["status"], first.json()["forwarded_at"], first.json()["forwarded_to"]) == (
        "accepted",
        None,
        None,
    )
    assert (second.json()["status"], second.json()["accepted_at"], second.json()["forward_due_on"]) == (
        "entrusted",
        None,
        None,
    )
    assert refusal(await carrying.undo(AGENT, path, 5))[:2] == (409, "agency_nothing_to_undo")
    declined = await carrying.step(agency, "decline")
    assert (declined["status"], declined["decline_reason"]) == ("declined", "in_person")
    again = await carrying.undo(AGENT, path, declined["version"])
    assert (again.json()["status"], again.json()["decline_reason"]) == ("entrusted", None)


async def test_papers_go_to_a_hall_above_in_ones_own_county(carrying: Carrying) -> None:
    agency = await carrying.accepted()
    for to in (VILLAGE, "450481113", "4504", "450482"):
        answer = await carrying.ask(AGENT, f"/agencies/{agency['id']}/forward", {"to_area": to})
        assert refusal(answer)[:2] == (422, "hand_over_wrong"), to


async def test_the_days_are_the_countys_and_overdue_the_day_after(
    committed: Database, service_database: ServiceDatabase, clock: FrozenClock, carrying: Carrying
) -> None:
    settings = settings_for("services_hall", service_database.service_url, agency_forward_days=1)
    assert isinstance(settings, Settings)
    agency = await carrying.entrusted()
    carrying.door = Door(create_app(settings, clock=clock, database=committed))
    set_to(clock, "2026-03-20")  # a Friday
    assert (await carrying.step(agency, "accept"))["forward_due_on"] == "2026-03-23"
    for day, overdue in (("2026-03-23", []), ("2026-03-24", [agency["id"]])):
        set_to(clock, day)
        assert await carrying.listed(CLERK, "/agencies", desk="forwarding_overdue") == overdue
    await carrying.step(agency, "forward")
    assert await carrying.listed(CLERK, "/agencies", desk="forwarding_overdue") == []


async def test_a_calendar_that_is_amended_moves_the_day_of_what_is_not_forwarded(
    carrying: Carrying, arrivals: Arrivals, facts: Facts
) -> None:
    agent = await carrying.appointed()
    waiting = await carrying.step(await carrying.entrusted(agent), "accept")
    forwarded = await carrying.step(await carrying.entrusted(agent), "accept")
    await carrying.step(forwarded, "forward")
    year = next(one for one in calendars() if one.year == 2026)
    off = (*year.holidays, date(2026, 3, 18))
    await arrivals.take(CalendarState(**{**year.model_dump(), "version": 2, "holidays": off}))
    moved = await carrying.read(AGENT, f"/agencies/{waiting['id']}")
    assert (moved["forward_due_on"], moved["version"]) == ("2026-03-20", 3)
    assert (await carrying.read(AGENT, f"/agencies/{forwarded['id']}"))["forward_due_on"] == "2026-03-19"
    assert (await facts(subject=waiting["id"]))[-1].type == "services_hall.agency.rescheduled"
    back = await carrying.undo(AGENT, f"/agencies/{waiting['id']}", 3)
    assert back.json()["status"] == "entrusted", "an undo takes back a step, not the calendar"


async def test_agencies_go_along_with_the_counter_of_their_case(
    carrying: Carrying, arrivals: Arrivals, facts: Facts, committed: Database
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    agency = await carrying.accepted()
    original = await carrying.received(agency)
    await arrivals.take(a_change())
    moved = await carrying.read(OTHER_CLERK, f"/agencies/{agency['id']}")
    assert (moved["area"], moved["status"]) == (OTHER_VILLAGE, "accepted")
    held = await carrying.read(OTHER_CLERK, f"/originals/{original['id']}")
    assert (held["area"], held["holder_area"], held["holder"]) == (OTHER_VILLAGE, OTHER_VILLAGE, AGENT.subject)
    (state,) = [one.state for one in await facts(subject=agency["id"]) if one.type.endswith("boundary_changed")]
    assert [(place.area, place.until) for place in state.former] == [(VILLAGE, date(2026, 3, 16))]
    latest = {str(fact.state.id): fact.state for fact in await facts("services_hall.agency")}
    async with committed.session() as session:
        assert {str(one.state.id): one.state for one in await restate(session, None, 5)} == latest


async def test_lists_agree_with_counts_for_every_role(carrying: Carrying) -> None:
    agent = await carrying.appointed()
    first, second = await carrying.entrusted(agent), await carrying.entrusted(agent)
    await carrying.step(first, "accept")
    both = sorted([first["id"], second["id"]])
    for who in (AGENT, CLERK, TOWN_OFFICER, AUDITOR, a_principal("department_officer", "450481")):
        assert await carrying.listed(who, "/agencies") == both
        assert await carrying.listed(who, "/agencies", status="accepted") == [first["id"]]
    for who in (OTHER_CLERK, a_principal("department_officer", "450481", department="water")):
        assert await carrying.listed(who, "/agencies") == []
    async with carrying.door.client(a_principal("grid_worker", VILLAGE)) as client:
        assert refusal(await client.get("/agencies")) == FORBIDDEN
    looks = [one for one in carrying.door.accesses.entries if one.action == "list_agencies"]
    assert {UUID(one.object_id) for one in looks} == {UUID(one) for one in both}
