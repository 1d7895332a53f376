"""Agents' files: who serves which village, away and back, ended, annulled, undone; who may see whom."""

import asyncio
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import text

from services.services_hall.agents.domain import TRANSITIONS, Absence, is_away_on, serves_on, stands_in
from services.services_hall.agents.models import Agent
from services.services_hall.agents.service.agents import restate
from shared.contracts.services_hall.agents import AgentStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ids import new_id
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, Door, a_principal
from tests.services_hall.agencies.carrying import (
    AGENT,
    AGENT_NAME,
    AGENT_PHONE,
    AUDITOR,
    SUBSTITUTE,
    TOWN_OFFICER,
    Carrying,
)
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.cases.test_areas import a_change, undone
from tests.services_hall.conftest import (
    CLERK,
    FORBIDDEN,
    NOT_FOUND,
    OTHER_VILLAGE,
    VILLAGE,
    Facts,
    an_area,
    fields,
    refusal,
)

OTHER_TOWN = a_principal("town_officer", "450481113")


def set_to(clock: FrozenClock, day: str) -> None:
    """Ten in the morning of a day."""
    clock.set(datetime.fromisoformat(f"{day}T10:00:00+08:00"))


@pytest.mark.parametrize("origin", list(AgentStatus))
@pytest.mark.parametrize("to", list(AgentStatus))
def test_the_table_allows_what_stands_here_and_nothing_else(origin: AgentStatus, to: AgentStatus) -> None:
    allowed = {("serving", "serving"), ("serving", "ended"), ("serving", "annulled")}
    assert (to in TRANSITIONS[origin]) is ((str(origin), str(to)) in allowed)


def an_agent(**changes: Any) -> Agent:
    given: dict[str, Any] = {"status": "serving", "since": date(2026, 3, 2), "until": None}
    return Agent(**{**given, "absent_since": None, "absent_until": None, **changes})


def test_who_acts_on_a_day_by_hand() -> None:
    away = an_agent(absent_since=date(2026, 3, 18), absent_until=date(2026, 3, 20))
    assert [is_away_on(away, date(2026, 3, day)) for day in (17, 18, 20, 21)] == [False, True, True, False]
    term = an_agent(until=date(2026, 3, 10))
    assert [serves_on(term, date(2026, 3, day)) for day in (1, 2, 10, 11)] == [False, True, True, False]
    assert not serves_on(an_agent(status="ended", until=date(2026, 3, 10)), date(2026, 3, 10))
    assert not serves_on(an_agent(status="annulled"), date(2026, 3, 5))
    days = Absence(date(2026, 3, 18), date(2026, 3, 20), new_id())
    assert stands_in(an_agent(), days)
    assert not stands_in(an_agent(until=date(2026, 3, 19)), days), "not on the last one"
    assert not stands_in(an_agent(since=date(2026, 3, 19)), days), "not on the first one"
    assert not stands_in(an_agent(absent_since=date(2026, 3, 20), absent_until=date(2026, 3, 25)), days)
    assert stands_in(an_agent(absent_since=date(2026, 3, 21), absent_until=date(2026, 3, 25)), days)


async def test_a_file_is_kept_sealed_shown_masked_and_told_without_name_or_login(
    carrying: Carrying, person: object, committed: Database, facts: Facts
) -> None:
    made = await carrying.appointed()
    assert (made["status"], made["name"], made["phone"], made["version"]) == ("serving", AGENT_NAME, AGENT_PHONE, 1)
    for who in (CLERK, AGENT, AUDITOR):
        shown = await carrying.read(who, f"/agents/{made['id']}")
        assert (shown["name"], shown["phone"]) == ("代**甲", "138****8000"), who
    (listed,) = (await carrying.read(TOWN_OFFICER, "/agents"))["items"]
    assert listed["name"] == "代**甲", "a list shows nobody in full"
    async with committed.session() as session:
        row = (await session.execute(text("SELECT * FROM agents"))).one()
        kept = str(tuple(row)) + str((await session.execute(text("SELECT content FROM agent_versions"))).all())
    assert AGENT_NAME not in kept
    assert AGENT_PHONE not in kept
    (told,) = await facts("services_hall.agent")
    assert told.type == "services_hall.agent.appointed"
    assert not {"account", "name", "phone"} & set(type(told.state).model_fields)
    assert AGENT.subject not in told.model_dump_json()
    noted = {(one.action, one.detail) for one in carrying.door.accesses.entries if one.noun == "services_hall.agent"}
    assert noted == {("appoint_agent", "write"), ("read_agent", "masked")}


async def test_what_is_entered_wrong_is_refused_with_the_field(carrying: Carrying, person: object) -> None:
    async def told(**changes: Any) -> tuple[int, str]:
        body = {"area": VILLAGE, "post": "primary", "account": "u-1", "name": "张三", "phone": "13800138000"}
        return refusal(await carrying.ask(TOWN_OFFICER, "/agents", {**body, "since": "2026-03-02", **changes}))[:2]

    assert await told(area="450481114") == (422, "agent_not_of_village")
    assert await told(area=OTHER_VILLAGE) == (503, "not_yet")
    assert await told(area="450481113201") == NOT_FOUND[:2]
    assert await told(until="2026-03-01") == (422, "agent_dates_wrong")
    wrong = await carrying.ask(
        TOWN_OFFICER,
        "/agents",
        {"area": VILLAGE, "post": "primary", "account": "u", "name": "12", "phone": "12", "since": "2026-03-02"},
    )
    assert {path for path, _ in fields(wrong)} == {"name", "phone"}
    number = {
        "area": VILLAGE,
        "post": "primary",
        "account": "45048119900307019X",
        "name": "张三",
        "phone": "13800138000",
    }
    assert fields(await carrying.ask(TOWN_OFFICER, "/agents", {**number, "since": "2026-03-02"})) == [
        ("account", "plain_identifier")
    ]
    await carrying.appointed()
    assert await told(account=AGENT.subject) == (409, "agent_known")
    for who, answer in ((CLERK, FORBIDDEN), (AGENT, FORBIDDEN)):
        assert refusal(await carrying.ask(who, "/agents", {**number, "account": "u", "since": "2026-03-02"})) == answer


async def test_two_who_appoint_one_login_at_once_make_one_file(carrying: Carrying, person: object) -> None:
    body = {"area": VILLAGE, "post": "primary", "account": "u-1", "name": "张三", "phone": "13800138000"}
    asked = [carrying.ask(TOWN_OFFICER, "/agents", {**body, "since": "2026-03-02"}) for _ in range(3)]
    answers = await asyncio.gather(*asked)
    assert sorted(one.status_code for one in answers) == [201, 409, 409]


async def test_away_and_back_ended_and_every_step_undone(carrying: Carrying, person: object, facts: Facts) -> None:
    first, second = await carrying.appointed(), await carrying.appointed(SUBSTITUTE, post="substitute")
    path, days = f"/agents/{first['id']}", {"since": "2026-03-18", "until": "2026-03-20", "substitute_id": second["id"]}
    away = await carrying.done(TOWN_OFFICER, f"{path}/leave", days)
    assert (away["absent_since"], away["absent_until"], away["substitute_id"]) == tuple(days.values())
    again = await carrying.ask(TOWN_OFFICER, f"{path}/leave", days)
    assert refusal(again)[:2] == (409, "agent_away_already")
    for step, body in (("end", {"until": "2026-03-16"}), ("annul", None)):
        standing = await carrying.ask(TOWN_OFFICER, f"/agents/{second['id']}/{step}", body)
        assert refusal(standing)[:2] == (409, "agent_still_carries"), "somebody relies on who stands in"
    back = await carrying.done(TOWN_OFFICER, f"{path}/return")
    assert (back["absent_since"], back["substitute_id"]) == (None, None), "was never away"
    assert refusal(await carrying.ask(TOWN_OFFICER, f"{path}/return"))[:2] == (409, "agent_not_away")
    ended = await carrying.done(TOWN_OFFICER, f"{path}/end", {"until": "2026-03-16"})
    assert (ended["status"], ended["until"], ended["version"]) == ("ended", "2026-03-16", 4)
    assert refusal(await carrying.ask(TOWN_OFFICER, f"{path}/leave", days))[1] == "agent_transition_not_allowed"
    assert (await carrying.undo(TOWN_OFFICER, path, 3)).status_code == 412
    assert (await carrying.ask(TOWN_OFFICER, f"{path}/undo")).status_code == 428
    states = []
    for version in (4, 5, 6):
        taken = await carrying.undo(TOWN_OFFICER, path, version)
        assert taken.status_code == 200, taken.text
        states.append((taken.json()["status"], taken.json()["until"], taken.json()["absent_since"]))
    assert states == [("serving", None, None), ("serving", None, "2026-03-18"), ("serving", None, None)]
    assert refusal(await carrying.undo(TOWN_OFFICER, path, 7))[:2] == (409, "agent_nothing_to_undo")
    told = [fact.type.rsplit(".", 1)[1] for fact in await facts(subject=first["id"])]
    assert told == ["appointed", "absent", "returned", "ended", "undone", "undone", "undone"]


async def test_a_revision_is_no_step_that_an_undo_brings_back(carrying: Carrying, person: object) -> None:
    made = await carrying.appointed()
    revised = await carrying.done(
        TOWN_OFFICER, f"/agents/{made['id']}/revise", {"name": "代办员乙", "phone": "0774-8223344"}
    )
    assert (revised["name"], revised["phone"], revised["version"]) == ("代办员乙", "0774-8223344", 2)
    assert refusal(await carrying.undo(TOWN_OFFICER, f"/agents/{made['id']}", 2))[1] == "agent_nothing_to_undo"


async def test_who_stands_in_is_somebody_else_of_the_village_who_is_there(
    carrying: Carrying, arrivals: Arrivals, person: object, clock: FrozenClock
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    first = await carrying.appointed()
    elsewhere = await carrying.appointed(SUBSTITUTE, area=OTHER_VILLAGE)
    short = await carrying.appointed(a_principal("agent", VILLAGE, "agent-c"), until="2026-03-19")
    days = {"since": "2026-03-18", "until": "2026-03-20"}
    for wrong in (first["id"], elsewhere["id"], short["id"], str(new_id())):
        answer = await carrying.ask(TOWN_OFFICER, f"/agents/{first['id']}/leave", {**days, "substitute_id": wrong})
        assert refusal(answer)[:2] == (409, "substitute_wrong")
    for since, until in (("2026-03-18", "2026-03-17"), ("2026-03-10", "2026-03-15"), ("2026-03-01", "2026-03-20")):
        body = {"since": since, "until": until, "substitute_id": short["id"]}
        answer = await carrying.ask(TOWN_OFFICER, f"/agents/{first['id']}/leave", body)
        assert refusal(answer)[:2] == (422, "agent_dates_wrong")
    body = {"since": "2026-03-17", "until": "2026-03-18", "substitute_id": short["id"]}
    await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/leave", body)
    set_to(clock, "2026-03-18")
    early = await carrying.done(TOWN_OFFICER, f"/agents/{first['id']}/return")
    assert (early["absent_since"], early["absent_until"]) == ("2026-03-17", "2026-03-17"), "the day that was away stays"


async def test_files_are_seen_in_scope_and_lists_agree_with_counts(
    carrying: Carrying, arrivals: Arrivals, person: object
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    mine = await carrying.appointed()
    theirs = await carrying.appointed(SUBSTITUTE, area=OTHER_VILLAGE)
    await carrying.done(TOWN_OFFICER, f"/agents/{theirs['id']}/annul")
    assert await carrying.listed(TOWN_OFFICER, "/agents") == sorted([mine["id"], theirs["id"]])
    assert await carrying.listed(CLERK, "/agents") == [mine["id"]]
    assert await carrying.listed(TOWN_OFFICER, "/agents", status="annulled") == [theirs["id"]]
    assert await carrying.listed(TOWN_OFFICER, "/agents", account=AGENT.subject) == [mine["id"]]
    async with carrying.door.client(CLERK) as client:
        assert refusal(await client.get(f"/agents/{theirs['id']}")) == NOT_FOUND
        assert refusal(await client.get(f"/agents?area={OTHER_VILLAGE}")) == NOT_FOUND
    for verb in ("annul", "return"):
        assert refusal(await carrying.ask(OTHER_TOWN, f"/agents/{mine['id']}/{verb}")) == NOT_FOUND


async def test_agents_go_along_with_their_village_and_back(
    carrying: Carrying, arrivals: Arrivals, person: object, facts: Facts
) -> None:
    await arrivals.take(an_area(OTHER_VILLAGE))
    mine, ended = await carrying.appointed(), await carrying.appointed(SUBSTITUTE)
    await carrying.done(TOWN_OFFICER, f"/agents/{ended['id']}/end", {"until": "2026-03-16"})
    change = a_change()
    await arrivals.take(change)
    moved = await carrying.read(TOWN_OFFICER, f"/agents/{mine['id']}")
    assert (moved["area"], moved["version"]) == (OTHER_VILLAGE, 2)
    assert (await carrying.read(TOWN_OFFICER, f"/agents/{ended['id']}"))["area"] == VILLAGE, "what has ended stays"
    await arrivals.take(undone(change))
    back = await carrying.read(TOWN_OFFICER, f"/agents/{mine['id']}")
    assert (back["area"], back["version"]) == (VILLAGE, 3)
    last = (await facts(subject=mine["id"]))[-1]
    assert (last.type, last.state.former) == ("services_hall.agent.boundary_changed", ())


async def test_files_are_told_again_on_request_as_they_stand(
    carrying: Carrying, person: object, committed: Database, facts: Facts, crypto: Crypto, door: Door
) -> None:
    for who in (AGENT, SUBSTITUTE):
        await carrying.appointed(who)
    latest = {str(fact.state.id): fact.state for fact in await facts("services_hall.agent")}
    async with committed.session() as session:
        first = await restate(session, None, 1)
        second = await restate(session, str(first[0].state.id), 5)
    assert {str(one.state.id): one.state for one in (*first, *second)} == latest
