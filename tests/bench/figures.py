"""overview, series, explain: figures as they are answered, against bare selects of the same in the same database.

One PostgreSQL, one connection; the use cases with definitions, scope, marks and the answer's JSON. A county of 14 towns
with 280 villages and a year of daily amounts of 60 indicators; a village of 2,500 residents.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import asyncpg
import orjson

from deploy.local.stack.postgres import Postgres
from services.indicators.explanations.repository import STATES_BEHIND
from services.indicators.explanations.schemas import ExplanationView
from services.indicators.features import ROUTES, SPEC
from services.indicators.figures.schemas.tables import TableView
from services.indicators.figures.schemas.values import SeriesView
from services.indicators.wiring import UseCases, use_cases
from shared.clock import Clock
from shared.commands.collecting import collect_seldom
from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonState, PersonStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database, raw_dsn
from shared.migration.migrate import migrate
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.doors import Arrivals, a_principal
from shared.testing.settings import settings_for
from tests.bench.harness import Goal, Measure, Outcome, outcome_of
from tests.bench.server import server

OVERVIEW = Goal("overview", "60 indicators × 15 areas in one request against the same sums, bare", 1.2, 1.5, "lower")
SERIES = Goal("series", "county series of 365 days against the same from its villages' rows", 15, 8)
EXPLAIN = Goal("explain", "a page of 200 of a village's residents against the selects behind it", 1.5, 2.0, "lower")

COUNTY = "450481"
TOWNS = [f"{COUNTY}1{town:02d}" for town in range(14)]
VILLAGES = [f"{town}{201 + number}" for town in TOWNS for number in range(20)]
AREAS, RESIDENTS, PAGE = [COUNTY, *TOWNS], 2_500, 200
ROUNDS, SECONDS = 5, 2.0
OFFICER = a_principal("county_registrar", COUNTY)
SINCE, UNTIL = date(2025, 1, 1), date(2025, 12, 31)

_FILL = """
    INSERT INTO deltas (slot, area, measure, dimension, day, amount)
    SELECT 0, area, measure, dimension, day, 1 + (extract(doy FROM day))::int % 7
    FROM unnest($1::text[]) AS area, unnest($2::text[], $3::text[]) AS of (measure, dimension),
      generate_series($4::date, $5::date, '1 day') AS day
"""
_SUMS = """
    SELECT area, measure, dimension, sum(amount), sum(amount) FILTER (WHERE day >= $3) FROM deltas
    WHERE slot = 0 AND area = ANY ($1::text[]) AND measure = ANY ($2::text[]) AND day <= $4
    GROUP BY area, measure, dimension
"""
_FROM_VILLAGES = """
    SELECT day, sum(amount) FROM deltas
    WHERE slot = 0 AND area >= $1 AND area < $2 AND length(area) = 12 AND measure = 'POP-RES' AND dimension = ''
      AND day <= $3 GROUP BY day ORDER BY day
"""


@dataclass
class County:
    """The county, ours over the use cases and the control over a bare connection."""

    database: Database
    bare: asyncpg.Connection
    crypto: Crypto
    clock: Clock
    codes: Sequence[str]
    measures: Sequence[str]

    async def asked(self, question: Callable[[UseCases], Awaitable[bytes]]) -> None:
        async with self.database.session() as session:
            assert await question(use_cases(plain_context(session, SPEC, self.clock, self.crypto)))

    async def overview(self) -> None:
        async def question(indicators: UseCases) -> bytes:
            table = await indicators.figure_tables.table(OFFICER, AREAS, self.codes, "2025")
            assert len(table.rows) == len(AREAS)
            return TableView.of(table).model_dump_json().encode()

        await self.asked(question)

    async def overview_bare(self) -> None:
        rows = await self.bare.fetch(_SUMS, AREAS, self.measures, SINCE, UNTIL)
        assert orjson.dumps([[row[0], row[1], row[2], int(row[3]), int(row[4] or 0)] for row in rows])

    async def series(self) -> None:
        async def question(indicators: UseCases) -> bytes:
            found = await indicators.figures.series(OFFICER, COUNTY, "POP-RES", SINCE, UNTIL)
            assert len(found.days) == 365
            return SeriesView.of(found).model_dump_json().encode()

        await self.asked(question)

    async def series_bare(self) -> None:
        rows = await self.bare.fetch(_FROM_VILLAGES, COUNTY, COUNTY + "~", UNTIL)
        assert orjson.dumps([[row[0], int(row[1])] for row in rows])

    async def explain(self) -> None:
        async def question(indicators: UseCases) -> bytes:
            found = await indicators.explanations.explain(
                OFFICER, VILLAGES[0], "POP-REG", as_of=None, since=None, dimension=None, after=None, limit=PAGE
            )
            assert len(found.sources) == PAGE + 1
            return ExplanationView.of(found, found.sources[:PAGE], None).model_dump_json().encode()

        await self.asked(question)

    async def explain_bare(self) -> None:
        """The states of the page, and the figure with those below it."""
        village, today = VILLAGES[0], date(2026, 3, 16)
        states = await self.bare.fetch(STATES_BEHIND, "registry.person", village, village + "~", village, "", PAGE + 1)
        sums = await self.bare.fetch(_SUMS, [village], ["POP-REG"], SINCE, today)
        assert orjson.dumps([[row["aggregate"], row["sequence"], row["state"]] for row in states])
        assert orjson.dumps([[row[0], int(row[3])] for row in sums])


async def _filled(postgres: Postgres) -> County:
    urls = await postgres.create_service(SPEC.name)
    await migrate(SPEC, urls.owner_url, service_role=urls.service_role)
    clock, crypto = FrozenClock(), Crypto.from_settings(settings_for(SPEC.name, urls.service_url))
    database = Database(urls.service_url, pool=1, application="bench")
    bare = await asyncpg.connect(raw_dsn(urls.owner_url))
    async with database.session() as session:
        definitions = await use_cases(plain_context(session, SPEC, clock, crypto)).definitions.in_force(OFFICER, COUNTY)
    chosen = [one for one in definitions if one.announced and not one.restricted][:60]
    assert len(chosen) == 60
    of = sorted({(measure.code, measure.dimension) for one in chosen for measure in one.measures} | {("POP-RES", "")})
    measures, dimensions = ([one[place] for one in of] for place in (0, 1))
    await bare.execute(_FILL, AREAS, measures, dimensions, SINCE, UNTIL, timeout=600)
    await bare.execute(_FILL, VILLAGES, ["POP-RES"], [""], SINCE, UNTIL, timeout=600)
    arrivals = Arrivals(database, ROUTES, owner=SPEC.name, clock=clock, crypto=crypto)
    people = [_a_resident(number) for number in range(RESIDENTS)]
    for start in range(0, RESIDENTS, 500):
        await arrivals.take(*people[start : start + 500])
    await bare.execute("VACUUM ANALYZE", timeout=600)
    return County(database, bare, crypto, clock, [one.code for one in chosen], sorted({code for code, _ in of}))


def _a_resident(number: int) -> PersonState:
    return PersonState(
        id=UUID(int=(0x0197_0000_0000_7000_8000 << 48) + number),
        version=1,
        status=PersonStatus.ACTIVE,
        sex="12"[number % 2],
        birth_month=f"{1940 + number % 80}-{1 + number % 12:02d}",
        residence=(Span(area=f"{VILLAGES[0]}{1 + number % 9:03d}", kind="registered", start=SINCE),),
        registration=(Span(area=VILLAGES[0], kind="household", start=SINCE + timedelta(days=number % 300)),),
    )


async def _time_of(asked: Callable[[], Awaitable[None]]) -> float:
    """Milliseconds an answer."""
    began, done = time.perf_counter(), 0
    while (now := time.perf_counter()) < began + SECONDS:
        await asked()
        done += 1
    return (now - began) * 1000 / done


async def _pairs(postgres: Postgres, goal: Goal) -> Outcome:
    county = await _filled(postgres)
    collect_seldom()  # as the API does
    sides: Mapping[Goal, tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]] = {
        OVERVIEW: (county.overview, county.overview_bare),
        SERIES: (county.series_bare, county.series),
        EXPLAIN: (county.explain, county.explain_bare),
    }
    try:
        ours, control = sides[goal]
        pairs = [(await _time_of(ours), await _time_of(control)) for _ in range(ROUNDS + 1)]
        return outcome_of(pairs[1:], "ms an answer")
    finally:
        await county.bare.close()
        await county.database.close()


def measuring(goal: Goal) -> Measure:
    def measure() -> Outcome:
        with server() as postgres:
            return asyncio.run(_pairs(postgres, goal))

    return measure


GOALS: dict[Goal, Measure] = {goal: measuring(goal) for goal in (OVERVIEW, SERIES, EXPLAIN)}
