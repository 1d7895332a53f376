"""Home visits: the door is sealed, shown to who makes the visit from its day on, noted, and erased."""

from uuid import UUID

from sqlalchemy import text

from services.services_hall.case_erasures.service.ordered import ApplicantErasing
from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.services_hall.agencies.carrying import AGENT, DOOR, SUBSTITUTE, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.agents.test_agents import set_to
from tests.services_hall.conftest import CLERK, COUNTY_OFFICER, FORBIDDEN, NOT_FOUND, OTHER_CLERK, Facts, refusal

NOT_DUE = (409, "agency_visit_not_due")


async def kept(committed: Database) -> str:
    """Everything of agencies and events that lies in the database, as text."""
    async with committed.session() as session:
        tables = ("agencies", "agency_versions", "outbox")
        rows = [(await session.execute(text(f"SELECT * FROM {one}"))).all() for one in tables]
    return str(rows)


async def test_the_door_is_shown_from_the_day_on_to_who_makes_the_visit_and_each_look_is_noted(
    carrying: Carrying, clock: FrozenClock, committed: Database
) -> None:
    agency = await carrying.accepted()
    arranged = await carrying.step(agency, "arrange-visit")
    assert arranged["visit_on"] == "2026-03-18"
    assert "address" not in str(arranged)
    assert DOOR not in await kept(committed)
    path = f"/agencies/{agency['id']}/visit-address"
    assert refusal(await carrying.ask(AGENT, path))[:2] == NOT_DUE, "two days too early"
    set_to(clock, "2026-03-18")
    assert await carrying.done(AGENT, path) == {"address": DOOR}
    assert await carrying.listed(AGENT, "/agencies", desk="visits_due") == [agency["id"]]
    refused = ((CLERK, (403, "agency_not_yours")), (COUNTY_OFFICER, FORBIDDEN[:2]), (OTHER_CLERK, NOT_FOUND[:2]))
    for who, answer in refused:
        assert refusal(await carrying.ask(who, path))[:2] == answer
    looks = [one for one in carrying.door.accesses.entries if one.action == "read_visit_address"]
    assert [(one.object_id, one.detail, one.subject) for one in looks] == [(agency["id"], "full", AGENT.subject)]
    made = await carrying.step(agency, "visit", visited_on="2026-03-18")
    assert (made["visits"], made["visit_on"]) == (1, None)
    assert refusal(await carrying.ask(AGENT, path))[:2] == NOT_DUE, "it was made"
    undone = await carrying.undo(AGENT, f"/agencies/{agency['id']}", made["version"])
    assert (undone.json()["visits"], undone.json()["visit_on"]) == (0, "2026-03-18")
    assert await carrying.done(AGENT, path) == {"address": DOOR}


async def test_a_visit_is_arranged_once_made_or_called_off(
    carrying: Carrying, clock: FrozenClock, facts: Facts
) -> None:
    agency = await carrying.accepted()

    async def told(verb: str, **body: str) -> str:
        return refusal(await carrying.ask(AGENT, f"/agencies/{agency['id']}/{verb}", body or None))[1]

    assert await told("visit", visited_on="2026-03-16") == "visit_not_arranged"
    assert await told("cancel-visit") == "visit_not_arranged"
    assert await told("arrange-visit", visit_on="2026-03-15", address=DOOR) == "agency_dates_wrong"
    await carrying.step(agency, "arrange-visit")
    assert await told("arrange-visit", visit_on="2026-03-19", address=DOOR) == "visit_pending"
    for day in ("2026-03-15", "2026-03-17"):
        assert await told("visit", visited_on=day) == "agency_dates_wrong"
    off = await carrying.step(agency, "cancel-visit", CLERK)
    assert (off["visit_on"], off["visits"]) == (None, 0)
    told_of = [fact for fact in await facts(subject=agency["id"]) if fact.type.endswith(".visited")]
    assert len(told_of) == 2
    assert "visit_on" not in type(told_of[0].state).model_fields, "when nobody is at home is told to nobody"


async def test_nothing_is_archived_while_a_visit_is_to_come_and_then_the_door_is_gone(
    carrying: Carrying, committed: Database
) -> None:
    agency = await carrying.accepted()
    await carrying.step(agency, "arrange-visit")
    await carrying.ended(agency)
    await carrying.step(agency, "deliver")
    path = f"/agencies/{agency['id']}/archive"
    assert refusal(await carrying.ask(CLERK, path))[:2] == (409, "visit_pending")
    await carrying.step(agency, "cancel-visit", CLERK)
    async with committed.session() as session:
        assert await session.scalar(text("SELECT length(visit_address) FROM agencies"))
    await carrying.done(CLERK, path)
    async with committed.session() as session:
        assert await session.scalar(text("SELECT length(visit_address) FROM agencies")) == 0


async def test_the_substitute_goes_to_the_door_while_the_agent_is_away(carrying: Carrying, clock: FrozenClock) -> None:
    agent, other = await carrying.appointed(), await carrying.appointed(SUBSTITUTE, post="substitute")
    agency = await carrying.step(await carrying.entrusted(agent), "accept")
    await carrying.step(agency, "arrange-visit")
    days = {"since": "2026-03-18", "until": "2026-03-18", "substitute_id": other["id"]}
    await carrying.done(TOWN_OFFICER, f"/agents/{agent['id']}/leave", days)
    set_to(clock, "2026-03-18")
    path = f"/agencies/{agency['id']}/visit-address"
    assert refusal(await carrying.ask(AGENT, path))[1] == "agency_not_yours"
    assert await carrying.done(SUBSTITUTE, path) == {"address": DOOR}


async def test_erasing_the_applicant_erases_the_door(
    carrying: Carrying, person: UUID, committed: Database, crypto: Crypto, clock: FrozenClock
) -> None:
    agency = await carrying.accepted()
    await carrying.step(agency, "arrange-visit", visit_on="2026-03-16", address=DOOR)
    await carrying.ended(agency)
    async with committed.session() as session:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        done = await ApplicantErasing(PlainContext(session, clock, outbox, crypto, AccessNotes(clock))).erase([person])
        await session.commit()
    assert done["applicants"] == 1
    path = f"/agencies/{agency['id']}/visit-address"
    assert refusal(await carrying.ask(AGENT, path))[:2] == NOT_DUE, "the day is there, the door is not"
