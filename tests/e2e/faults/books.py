"""What must hold when the dust has settled: each accepted command once, in order, counted, nothing left anywhere."""

import asyncio
from collections import Counter
from datetime import date
from typing import Any

import asyncpg

from services.indicators.contributions.service.counters import NounCounters
from services.indicators.countings.repository import StoredRule, counters_of
from services.indicators.deltas.domain import Row, difference, rolled_up
from services.indicators.deltas.service import counted_by
from services.indicators.features import ROUTES
from shared.contracts.catalogue import topic_name
from shared.contracts.envelope import FACTS
from shared.messaging.bus import cloudevents
from shared.messaging.bus.interface import Record
from tests.e2e.faults.county import County
from tests.e2e.faults.lives import Registrar
from tests.registry.builders import COUNTY

SETTLED = 90.0
PROJECTED = sorted({route.noun for route in ROUTES if route.noun.startswith("registry.")})

LATEST = """
    SELECT DISTINCT ON (noun, key) noun, key, type, schema_version, sequence, revision, payload FROM outbox
    WHERE noun = ANY ($1) ORDER BY noun, key, sequence DESC, revision DESC
"""
UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL OR broker IS DISTINCT FROM $1"
HISTORY = (
    "SELECT noun, key, array_agg(sequence ORDER BY id) AS sequences FROM outbox WHERE noun = ANY ($1) GROUP BY 1, 2"
)
HELD = (
    "SELECT noun, aggregate, sequence, revision FROM projected_states WHERE slot = 0 AND starts_with(noun, 'registry.')"
)
FIGURES = "SELECT area, measure, dimension, day, amount FROM deltas WHERE slot = 0 AND amount <> 0"
RULES = """
    SELECT noun, measure, form, counted::text, scale, guarded, complete FROM countings WHERE slot = 0
    ORDER BY noun, measure
"""
LEFT_BEHIND = """
    SELECT (SELECT count(*) FROM dead_letters) AS dead_letters, (SELECT count(*) FROM pending) AS pending,
           (SELECT count(*) FROM parked_keys) AS parked
"""
Held = dict[tuple[str, str], tuple[int, int]]


async def rows(county: County, service: str, statement: str, *arguments: Any) -> list[asyncpg.Record]:
    """What the administrator finds in a service's database."""
    connection = await asyncpg.connect(county.postgres.dsn(database=service), timeout=10)
    try:
        found: list[asyncpg.Record] = await connection.fetch(statement, *arguments, timeout=30)
        return found
    finally:
        await connection.close()


async def settled(county: County, registrar: Registrar, *, dead_letters: int = 0) -> None:
    """Waits until everything that was accepted is published and counted, then examines every book.

    `dead_letters`: how many strangers' records indicators must have put aside.

    Raises AssertionError that says what is missing or too much.
    """
    await _until_nothing_waits(county)
    await _each_command_had_one_effect(county, registrar)
    await _figures_are_those_of_the_states(county, registrar)
    await _the_bus_has_everything_in_order(county)
    await _nothing_is_left_behind(county, dead_letters)


async def _until_nothing_waits(county: County) -> None:
    missing = "everything"
    try:
        async with asyncio.timeout(SETTLED), county.bus() as bus:
            while missing := await _missing(county, await bus.cluster_id()):
                await asyncio.sleep(0.2)
    except TimeoutError:
        raise AssertionError(f"after {SETTLED:.0f} s still missing: {missing}") from None


async def _missing(county: County, broker: str) -> str:
    (waiting,) = await rows(county, "registry", UNPUBLISHED, broker)
    if waiting[0]:
        return f"{waiting[0]} events unpublished"
    latest = {
        (row["noun"], row["key"]): (row["sequence"], row["revision"])
        for row in await rows(county, "registry", LATEST, PROJECTED)
    }
    held = await _held(county)
    late = [key for key, order in latest.items() if held.get(key, (0, 0)) < order]
    return f"{len(late)} states of {len(latest)}, such as {late[0]}" if late else ""


async def _held(county: County) -> Held:
    return {
        (row["noun"], row["aggregate"]): (row["sequence"], row["revision"])
        for row in await rows(county, "indicators", HELD)
    }


async def _each_command_had_one_effect(county: County, registrar: Registrar) -> None:
    """In registry: as many life events, answers kept and versions as commands were accepted, and nobody else."""
    done = await rows(county, "registry", "SELECT person_id::text, count(*) FROM life_events GROUP BY 1")
    assert dict(map(tuple, done)) == registrar.accepted
    (persons,) = await rows(county, "registry", "SELECT count(*) FROM persons")
    assert persons[0] == len(registrar.accepted)
    (answers,) = await rows(county, "registry", "SELECT count(*) FROM idempotency_keys")
    assert answers[0] == registrar.commands
    for row in await rows(county, "registry", HISTORY, PROJECTED):
        assert row["sequences"] == list(range(1, len(row["sequences"]) + 1)), (row["noun"], row["key"])


async def _figures_are_those_of_the_states(county: County, registrar: Registrar) -> None:
    """In indicators: exactly registry's latest states, and figures that a count from nothing comes to as well."""
    latest = await rows(county, "registry", LATEST, PROJECTED)
    assert await _held(county) == {(row["noun"], row["key"]): (row["sequence"], row["revision"]) for row in latest}
    counters, counted = await _counters(county), Counter[Row]()
    for row in latest:
        fact = FACTS[row["type"], row["schema_version"]].model_validate_json(row["payload"])
        counted.update(rolled_up(difference((), tuple(counted_by(fact.state, counters)))))
    found: dict[Row, int] = {tuple(row)[:4]: row["amount"] for row in await rows(county, "indicators", FIGURES)}
    assert found == {row: amount for row, amount in counted.items() if amount}
    residents = registrar.residents()
    assert _stock(found, "POP-RES", 12) == residents
    assert _stock(found, "LEDGER-RES", 12) == residents
    assert _stock(found, "POP-RES", 6) == {COUNTY: residents.total()}
    assert _stock(found, "POP-REG", 6) == {COUNTY: len(registrar.accepted)}


async def _counters(county: County) -> dict[str, NounCounters]:
    """By which rules the county counts, beside what its nouns count by themselves; all of them have come to the end."""
    rules: dict[str, list[StoredRule]] = {}
    for noun, measure, form, counted, scale, guarded, complete in await rows(county, "indicators", RULES):
        assert complete, measure
        rules.setdefault(noun, []).append((measure, form, counted, scale, guarded))
    return {noun: counters_of(noun, of_it) for noun, of_it in rules.items()}


def _stock(figures: dict[Row, int], measure: str, level: int) -> Counter[str]:
    """Today's stock per area of a level, zeros left out."""
    stock: Counter[str] = Counter()
    for (area, name, dimension, day), amount in figures.items():
        if (name, dimension, len(area)) == (measure, "", level) and day <= date.today():  # noqa: DTZ011
            stock[area] += amount
    return Counter({area: amount for area, amount in stock.items() if amount})


async def _history(county: County) -> dict[tuple[str, str], list[int]]:
    """The versions of every key that registry announced."""
    found = await rows(county, "registry", HISTORY, PROJECTED)
    return {(row["noun"], row["key"]): row["sequences"] for row in found}


async def _the_bus_has_everything_in_order(county: County) -> None:
    """On the present broker: every version of every key, each for the first time after the one before it."""
    expected, found = await _history(county), await on_the_bus(county)
    while (now := await _history(county)) != expected:  # a worker that has just begun adds years of the calendar
        await _until_nothing_waits(county)
        expected, found = now, await on_the_bus(county)
    wrong = {
        key: (found.get(key), expected.get(key))
        for key in found.keys() | expected.keys()
        if list(dict.fromkeys(found.get(key, ()))) != expected.get(key)
    }
    assert wrong == {}


async def on_the_bus(county: County) -> dict[tuple[str, str], list[int]]:
    """The sequences of each (noun, key) as they lie on the broker, repetitions included; strangers' records not."""
    found: dict[tuple[str, str], list[int]] = {}
    async with county.bus() as bus:
        ends = {noun: await bus.end_offsets(topic_name(noun)) for noun in PROJECTED}
        consumer = bus.consumer(None)
        consumer.assign([partition for lanes in ends.values() for partition in lanes])
        left = sum(sum(lanes.values()) for lanes in ends.values())
        records: list[Record] = []
        try:
            async with asyncio.timeout(60):
                await consumer.start()
                while len(records) < left:
                    for part in (await consumer.getmany(timeout_ms=200)).values():
                        records += part
        finally:
            await consumer.stop()
    for record in records:  # of one key in the order of offsets: a key has one partition
        try:
            envelope = cloudevents.read(record.headers, record.value).envelope
        except cloudevents.Unreadable:
            continue
        if envelope.schema_version == 1:
            found.setdefault((envelope.noun, envelope.subject), []).append(envelope.sequence)
    return found


async def _nothing_is_left_behind(county: County, dead_letters: int) -> None:
    """No other dead letter, nothing pending or parked, and no consumer that ever saw a version skip one."""
    for service, expected in (("registry", 0), ("indicators", dead_letters)):
        (left,) = await rows(county, service, LEFT_BEHIND)
        assert dict(left) == {"dead_letters": expected, "pending": 0, "parked": 0}
    assert county.children.said("sequence_gap") == []
