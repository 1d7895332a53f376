"""The sample records of the ledgers that ship, imported over HTTP, give their hand-counted measures at every level."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import func, select

from services.indicators.definitions.domain import Measure
from services.indicators.deltas.repository import DeltaRepository
from services.indicators.features import ROUTES
from services.indicators.figures.domain import per_cent
from services.indicators.rebuilds.service import TABLES, compare_figures
from shared.clock import Clock
from shared.contracts.catalogue import TOPICS
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.ledgers.compiler import Ledger
from shared.ledgers.grammar.words import MeasureKind
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.states import ProjectedState, live_slot
from shared.messaging.reading.runner import ConsumerRunner
from shared.messaging.rebuild.rebuild import Rebuild, RebuildTimes
from shared.testing.bus import MemoryBus
from tests.grid.builders import calendars
from tests.indicators.county import ask
from tests.shared.consuming import QUICK, running, until_is
from tests.shared.ledgers.compiler.test_counting import TODAY, counted, days_of, figure, ledger_of
from tests.shared.ledgers.shipped.conftest import HouseOf
from tests.shared.ledgers.shipped.house import (
    AREAS,
    COUNTY,
    FIRST,
    OWNERS,
    SHIPPED,
    TOWN,
    VILLAGES,
    definition_of,
    owner_of,
)

pytestmark = pytest.mark.xdist_group("bus")

LEVELS = (COUNTY, TOWN, *VILLAGES)


def hand_counted(path: Path) -> list[dict[str, str]]:
    found: list[dict[str, str]] = yaml.load(
        path.with_suffix(".measures.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader
    )
    return found


async def stored(repository: DeltaRepository, ledger: Ledger, line: dict[str, str]) -> dict[str, str]:
    """A figure out of indicators' figures, as it is shown, in every area of the county: one query."""
    measures = {one.code: one for one in ledger.definition.measures}
    ratio = next((one for one in ledger.definition.ratios if one.code == line["measure"]), None)
    codes = [line["measure"]] if ratio is None else [ratio.numerator, ratio.denominator]
    asked = {
        code: Measure(
            f"{ledger.owner}.{ledger.code}.{code}",
            f"{measures[code].dimension}:{line['dimension']}" if "dimension" in line else "",
        )
        for code in codes
    }
    since, until = days_of(line["period"])
    amounts = await repository.amounts(LEVELS, list(asked.values()), [since, until + timedelta(days=1)])

    def sum_of(code: str, area: str) -> int:
        before, within = amounts.get((area, asked[code]), (0, 0))
        return before + within if measures[code].kind is MeasureKind.STOCK else within

    if ratio is not None:
        return {area: str(per_cent(sum_of(ratio.numerator, area), sum_of(ratio.denominator, area))) for area in LEVELS}
    scale = next(one.scale for one in ledger._counting.measures if one.definition.code == line["measure"])
    return {area: f"{sum_of(line['measure'], area) / 10**scale:.{scale}f}" for area in LEVELS}


async def figures(database: Database) -> dict[tuple[str, str, str, str], str]:
    """What indicators holds of every hand-counted measure, in every area of the county."""
    found = {}
    async with database.session() as session:
        repository = DeltaRepository(session)
        for path in SHIPPED:
            ledger = ledger_of(path)
            for line in hand_counted(path):
                key = (path.name, line["measure"], line.get("dimension", ""))
                for area, value in (await stored(repository, ledger, line)).items():
                    found[(*key, f"{line['period']} {area}")] = value
    return found


async def followed(database: Database) -> int:
    """How many ledgers and records indicators has followed so far."""
    nouns = ProjectedState.noun.like("%ledger") | ProjectedState.noun.like("%record")
    async with database.session() as session:
        return await session.scalar(select(func.count()).where(nouns, ProjectedState.slot == live_slot())) or 0


async def by_hand() -> tuple[dict[tuple[str, str, str, str], str], dict[tuple[str, str, str, str], str]]:
    """What was counted by hand, and what the samples give in every area by addition."""
    told, added = {}, {}
    for path in SHIPPED:
        ledger = ledger_of(path)
        samples = await counted(path, ledger)
        for line in hand_counted(path):
            key = (path.name, line["measure"], line.get("dimension", ""))
            told[(*key, f"{line['period']} {line['area']}")] = line["value"]
            for area in LEVELS:
                added[(*key, f"{line['period']} {area}")] = figure(ledger, samples, {**line, "area": area})
    return told, added


async def test_samples_imported_over_http_give_the_figures_counted_by_hand_and_a_rebuild_gives_the_same(
    house_of: HouseOf, clock: Clock, crypto: Crypto
) -> None:
    for path in SHIPPED:
        house = await house_of(owner_of(path))
        await house.publish(definition_of(path))
        rows = path.with_suffix(".csv").read_bytes()
        made = await house.imported(path.name, rows, COUNTY)
        taken = rows.decode().count("\n") - 1
        assert (made["status"], made["taken"], made["wrong"], made["refused"]) == ("done", taken, 0, 0), path.name
    states = [state for owner in OWNERS for state in await (await house_of(owner)).states()]
    indicators = await house_of("indicators")
    database, bus = indicators.database, MemoryBus({TOPICS[route.noun].name: 2 for route in ROUTES})
    await indicators.arrivals.publish(bus, *AREAS, *calendars(), *states)
    projector = Projector(database, ROUTES, owner="indicators", clock=clock, crypto=crypto, reader="indicators")
    told, added = await by_hand()
    async with running(ConsumerRunner(bus, StateProcessor(projector), group="indicators", tuning=QUICK)):
        await until_is(lambda: followed(database), len(states))
        assert await figures(database) == added
        assert {key: added[key] for key in told} == told
        shadow = Projector(
            database, ROUTES, owner="indicators", clock=clock, crypto=crypto, reader="indicators", shadow=True
        )
        times = RebuildTimes(poll=0.02, report=0.05, stall=5, hold=5)
        outcome = await Rebuild(
            bus, StateProcessor(shadow), "indicators", tables=TABLES, compare=compare_figures, times=times
        ).run([])
        assert (outcome.differences, outcome.slot) == ((), 1)
        assert await figures(database) == added
    await shown_over_http(indicators.door)


async def shown_over_http(door: Any) -> None:
    """The same figures as everybody reads them: equal, or hidden because they are about few people."""
    hidden = 0
    for path in SHIPPED:
        ledger = ledger_of(path)
        ratios = {one.code for one in ledger.definition.ratios}
        measures = {one.code: one for one in ledger.definition.measures}
        for line in hand_counted(path):
            since, until = days_of(line["period"])
            code = f"{ledger.owner}.{path.name}.{line['measure']}"
            asked: dict[str, Any] = {"area": line["area"], "code": code, "since": since, "as_of": min(until, TODAY)}
            if "dimension" in line:
                asked["dimension"] = f"{measures[line['measure']].dimension}:{line['dimension']}"
            answer = await ask(door, FIRST, **asked)
            assert answer.status_code == 200, answer.text
            [shown] = answer.json()["values"]
            if shown["hidden"]:
                assert ledger.about_persons
                hidden += 1
            elif line["measure"] in ratios:
                assert shown["rate"] == line["value"], line
            else:
                scale = next(one.scale for one in ledger._counting.measures if one.definition.code == line["measure"])
                assert f"{shown['value'] / 10**scale:.{scale}f}" == line["value"], line
    assert hidden < sum(len(hand_counted(path)) for path in SHIPPED) / 4
