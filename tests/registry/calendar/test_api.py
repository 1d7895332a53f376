"""The calendar: there from the first start, replaced year by year."""

from services.registry.calendar.schedules import publish_missing_years
from services.registry.features import SPEC
from shared.auth.access_log import AccessNotes
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.messaging.context import PlainContext
from shared.messaging.outbox.writer import Outbox
from shared.testing.clock import FrozenClock
from tests.registry.builders import COUNTY, VILLAGE
from tests.registry.conftest import Client, Events, Work


async def test_the_calendar_is_seeded_once(
    client_of: Client, work: Work, events: Events, committed: Database, clock: FrozenClock, crypto: Crypto
) -> None:
    async with committed.session() as session:
        outbox = Outbox(session, owner=SPEC.name, clock=clock)
        await publish_missing_years(PlainContext(session, clock, outbox, crypto, AccessNotes(clock)))
        await session.commit()
    assert await work(lambda registry: registry.calendar.seed()) == 0
    years = {
        year["year"]: year for year in (await client_of("agent", VILLAGE).get("/registry/v1/calendar")).json()["items"]
    }
    assert (years[2026]["provisional"], years[2027]["provisional"]) == (False, True)
    assert "2026-02-14" in years[2026]["working_weekends"]
    assert len(await events("registry.calendar.")) == len(years)


async def test_a_years_notice_replaces_the_provisional_one(client_of: Client, work: Work, events: Events) -> None:
    await work(lambda registry: registry.calendar.seed())
    body = {"holidays": ["2027-01-01"], "working_weekends": ["2027-01-03"], "source": "gbf-2026-7"}
    answer = await client_of("county_registrar", COUNTY).post("/registry/v1/calendar/2027/publish", json=body)
    assert (answer.status_code, answer.json()["version"], answer.json()["provisional"]) == (200, 2, False)
    told = (await events("registry.calendar.published", "2027"))[-1]
    assert (told["sequence"], told["state"]["holidays"]) == (2, ["2027-01-01"])
    clerk = await client_of("village_clerk", VILLAGE).post("/registry/v1/calendar/2027/publish", json=body)
    assert clerk.status_code == 403


async def test_a_wrong_notice_is_told_what_is_wrong(client_of: Client) -> None:
    body = {"holidays": ["2025-12-31"], "working_weekends": ["2027-01-04"], "source": "x"}
    answer = await client_of("county_registrar", COUNTY).post("/registry/v1/calendar/2027/publish", json=body)
    assert [(one["path"], one["code"]) for one in answer.json()["errors"]] == [
        ("holidays", "year"),
        ("working_weekends", "weekday"),
    ]
