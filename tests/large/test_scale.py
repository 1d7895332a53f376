"""Scale: a county's worth of states, counted once, asked in another way, and built again to the same figures."""

from datetime import date, timedelta
from random import Random

import pytest
from sqlalchemy import text

from services.indicators.features import ROUTES
from shared.contracts.registry.persons import PersonState
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals
from shared.testing.plugin import DatabaseOf
from tests.indicators.states import a_person, a_span

pytestmark = pytest.mark.large

PEOPLE = 100_000
BATCH = 5_000
VILLAGES = [f"450481{town}{number}" for town in range(100, 114) for number in range(201, 222)]


def somebody(number: int, random: Random) -> PersonState:
    """A person with a life of one or two places."""
    start = date(2026, 1, 1) + timedelta(days=random.randrange(200))
    here, there = random.choice(VILLAGES), random.choice(VILLAGES)
    moved = start + timedelta(days=random.randrange(1, 60))
    spans = (a_span(here, start),) if random.random() < 0.8 else (a_span(here, start, moved), a_span(there, moved))
    born = f"{random.randrange(1930, 2026)}-{random.randrange(1, 13):02d}"
    return a_person(number, residence=spans, registration=(), sex=random.choice("12"), birth_month=born)


async def test_a_hundred_thousand_people_are_counted_once_at_every_level(
    committed_of: DatabaseOf, clock: FrozenClock, crypto: Crypto
) -> None:
    """Every batch arrives twice. The stock of each village on some days equals a count over the states themselves."""
    indicators: ServiceDatabase = await committed_of("indicators")
    database: Database = indicators.database
    arrivals = Arrivals(database, ROUTES, owner="indicators", clock=clock, crypto=crypto)
    random = Random(20260316)
    people = [somebody(number, random) for number in range(PEOPLE)]
    for begin in range(0, PEOPLE, BATCH):
        await arrivals.take(*people[begin : begin + BATCH])
        await arrivals.take(*people[begin : begin + BATCH])
    for day in (date(2026, 2, 1), date(2026, 6, 30), date(2026, 12, 31)):
        expected: dict[str, int] = {}
        for person in people:
            for span in person.residence:
                if span.start <= day and (span.end is None or day < span.end):
                    for length in (12, 9, 6, 4):
                        expected[span.area[:length]] = expected.get(span.area[:length], 0) + 1
        async with database.session() as session:
            rows = await session.execute(
                text(
                    "SELECT area, sum(amount) FROM deltas WHERE slot = 0 AND measure = 'POP-RES' AND dimension = ''"
                    " AND day <= :day GROUP BY area HAVING sum(amount) <> 0"
                ),
                {"day": day},
            )
            assert {area: int(total) for area, total in rows} == expected
