"""Days to forward by: over holidays and worked weekends, from Shanghai's day on, and again when the calendar is set."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import pytest

from services.services_hall.agencies.service.moving import AgencyMoving
from services.services_hall.app import create_app
from services.services_hall.settings import Settings
from shared.auth.access_log import AccessNotes
from shared.contracts.registry.calendar import CalendarState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from shared.testing.settings import settings_for
from tests.services_hall.agencies.carrying import AGENT, TOWN_OFFICER, Carrying
from tests.services_hall.agencies.carrying import carrying as carrying
from tests.services_hall.agents.test_agents import set_to
from tests.services_hall.conftest import CLERK, Facts, calendars, refusal


@pytest.fixture
async def moving(
    arrivals: Arrivals, committed: Database, clock: FrozenClock, crypto: Crypto
) -> AsyncIterator[AgencyMoving]:
    await arrivals.take(*calendars())
    async with committed.session() as session:
        outbox = Outbox(session, owner="services_hall", clock=clock)
        yield AgencyMoving(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))


def accepted(at: str, days: int) -> dict[str, Any]:
    return {"status": "accepted", "accepted_at": datetime.fromisoformat(at), "forward_days": days}


DAYS = (
    ("2026-03-16T10:00:00+08:00", 3, "2026-03-19"),  # Monday
    ("2026-03-19T10:00:00+08:00", 3, "2026-03-24"),  # over a weekend
    ("2026-03-20T23:59:59+08:00", 1, "2026-03-23"),
    ("2026-03-21T00:00:00+08:00", 1, "2026-03-23"),  # accepted on a Saturday
    ("2026-03-16T15:59:59+00:00", 1, "2026-03-17"),  # still the 16th in Shanghai
    ("2026-03-16T16:00:00+00:00", 1, "2026-03-18"),  # already the 17th
    ("2026-02-13T10:00:00+08:00", 1, "2026-02-14"),  # a Saturday that is worked
    ("2026-02-13T10:00:00+08:00", 3, "2026-02-25"),  # then nine days of the Spring Festival
    ("2026-02-18T10:00:00+08:00", 3, "2026-02-26"),  # accepted in it
    ("2026-09-30T10:00:00+08:00", 3, "2026-10-10"),  # a Saturday that is worked after the National Day
    ("2026-04-03T10:00:00+08:00", 1, "2026-04-07"),  # 清明
    ("2026-03-16T10:00:00+08:00", 10, "2026-03-30"),
)
"""When it was accepted, days of the county, the last day, counted on a calendar of paper."""


async def test_the_last_day_counted_by_hand(moving: AgencyMoving) -> None:
    for at, days, last in DAYS:
        told = await moving.dates(accepted(at, days))
        assert told == {"forward_due_on": date.fromisoformat(last), "forward_provisional": False}, (at, days)


async def test_a_year_without_a_notice_is_said_to_be_provisional(moving: AgencyMoving) -> None:
    told = await moving.dates(accepted("2026-12-31T10:00:00+08:00", 3))
    assert (told["forward_due_on"].year, told["forward_provisional"]) == (2027, True)


async def test_what_went_on_or_is_not_accepted_has_no_new_day(moving: AgencyMoving) -> None:
    for status in ("entrusted", "handling", "delivered", "archived", "reported", "called_back", "declined", "revoked"):
        assert await moving.dates({**accepted("2026-03-16T10:00:00+08:00", 3), "status": status}) == {}


def amended(version: int, *off: date) -> CalendarState:
    year = next(one for one in calendars() if one.year == 2026)
    return CalendarState(**{**year.model_dump(), "version": version, "holidays": (*year.holidays, *off)})


async def test_an_undo_dates_by_the_calendar_of_now_and_not_of_then(
    carrying: Carrying, arrivals: Arrivals, facts: Facts
) -> None:
    agency = await carrying.accepted()
    forwarded = await carrying.step(agency, "forward")
    await arrivals.take(amended(2, date(2026, 3, 18), date(2026, 3, 19)))
    assert (await carrying.read(AGENT, f"/agencies/{agency['id']}"))["forward_due_on"] == "2026-03-19", "it went on"
    back = (await carrying.undo(AGENT, f"/agencies/{agency['id']}", forwarded["version"])).json()
    assert (back["status"], back["forward_due_on"]) == ("accepted", "2026-03-23")
    assert (await facts(subject=agency["id"]))[-1].state.forward_due_on == date(2026, 3, 23)


async def test_a_calendar_that_changes_nothing_tells_nothing_and_the_same_again_neither(
    carrying: Carrying, arrivals: Arrivals, facts: Facts
) -> None:
    agency = await carrying.accepted()
    await arrivals.take(amended(2, date(2026, 11, 11)))
    assert (await carrying.read(AGENT, f"/agencies/{agency['id']}"))["version"] == 2, "months away"
    changed = amended(3, date(2026, 3, 19))
    await arrivals.take(changed)
    await arrivals.take(changed, revision=1)
    told = [one.type.rsplit(".", 1)[1] for one in await facts(subject=agency["id"])]
    assert told == ["entrusted", "accepted", "rescheduled"]
    await arrivals.take(amended(4))
    moved = await carrying.read(AGENT, f"/agencies/{agency['id']}")
    assert (moved["forward_due_on"], moved["version"]) == ("2026-03-19", 4), "and back with the calendar"


async def test_the_days_are_pinned_when_it_is_accepted(
    carrying: Carrying, committed: Database, service_database: ServiceDatabase, clock: FrozenClock
) -> None:
    def of(days: int) -> Door:
        settings = settings_for("services_hall", service_database.service_url, agency_forward_days=days)
        assert isinstance(settings, Settings)
        return Door(create_app(settings, clock=clock, database=committed))

    agency = await carrying.entrusted()
    carrying.door = of(1)
    assert (await carrying.step(agency, "accept"))["forward_due_on"] == "2026-03-17"
    carrying.door = of(7)
    forwarded = await carrying.step(agency, "forward")
    back = await carrying.undo(AGENT, f"/agencies/{agency['id']}", forwarded["version"])
    assert back.json()["forward_due_on"] == "2026-03-17", "the county's new rule is for what is accepted from now on"


async def test_a_revocation_taken_back_after_the_calendar_changed_is_dated_anew(
    carrying: Carrying, arrivals: Arrivals
) -> None:
    agency = await carrying.accepted()
    path = f"/authorisations/{agency['authorisation_id']}"
    gone = await carrying.done(CLERK, f"{path}/revoke", {"revoked_on": "2026-03-16"})
    await arrivals.take(amended(2, date(2026, 3, 17)))
    ended = await carrying.read(AGENT, f"/agencies/{agency['id']}")
    assert (ended["status"], ended["forward_due_on"]) == ("revoked", "2026-03-19"), "nothing is due of what has ended"
    assert (await carrying.undo(CLERK, path, gone["version"])).status_code == 200
    again = await carrying.read(AGENT, f"/agencies/{agency['id']}")
    assert (again["status"], again["forward_due_on"]) == ("accepted", "2026-03-20")


async def test_overdue_is_the_day_after_the_last_one_and_only_what_is_not_forwarded(
    carrying: Carrying, clock: FrozenClock
) -> None:
    agent = await carrying.appointed()
    late, forwarded, waiting = [await carrying.entrusted(agent) for _ in range(3)]
    for one in (late, forwarded):
        await carrying.step(one, "accept")
    await carrying.step(forwarded, "forward")
    for day, overdue in (("2026-03-19", []), ("2026-03-20", [late["id"]]), ("2026-04-20", [late["id"]])):
        set_to(clock, day)
        assert await carrying.listed(TOWN_OFFICER, "/agencies", desk="forwarding_overdue") == overdue, day
    assert waiting["forward_due_on"] is None


async def test_days_of_what_happened_lie_between_the_entrusting_and_today(
    carrying: Carrying, clock: FrozenClock
) -> None:
    agency = await carrying.accepted()
    await carrying.ended(agency)
    await carrying.step(agency, "arrange-visit", visit_on="2026-03-16", address="门牌")
    set_to(clock, "2026-03-18")
    path = f"/agencies/{agency['id']}"
    for day in ("2026-03-15", "2026-03-19"):
        for verb, field in (("deliver", "delivered_on"), ("visit", "visited_on")):
            answer = await carrying.ask(AGENT, f"{path}/{verb}", {field: day})
            assert refusal(answer)[:2] == (422, "agency_dates_wrong"), (verb, day)
            assert [one["path"] for one in answer.json()["errors"]] == [field]
            assert "日期不正确" in answer.json()["title"]
    assert (await carrying.step(agency, "visit", visited_on="2026-03-16"))["visits"] == 1
    assert (await carrying.step(agency, "deliver", delivered_on="2026-03-16"))["status"] == "delivered"
