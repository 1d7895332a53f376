"""Live figures go out when they changed, each with the next version, and never the restricted ones."""

import json
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.indicators.features import FEATURES, SPEC
from shared.contracts.catalogue import TOPICS, nouns_of
from shared.contracts.envelope import Fact
from shared.contracts.grid.visits import VisitStatus
from shared.crypto.service import Crypto
from shared.db.engine import Database
from shared.feature import schedules_of
from shared.process import plain_context
from shared.testing.clock import FrozenClock
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import COUNTY, OTHER_TOWN, REGISTRAR, TOWN, TREE, an_area, ask, figures
from tests.indicators.definitions.test_api import defined_anew
from tests.indicators.ledgers import SEEKERS, STANDING, a_ledger, a_record, a_seeker
from tests.indicators.states import (
    OTHER_VILLAGE,
    VILLAGE,
    a_case,
    a_person,
    a_restricted_tag,
    a_span,
    a_visit,
    an_incident,
    at,
)

Announced = list[dict[str, Any]]
Announce = Callable[[], Awaitable[Announced]]


@pytest.fixture
def announce(committed: Database, clock: FrozenClock, crypto: Crypto) -> Announce:
    """Runs the duty once, as the worker does, and tells the states that went out because of it."""
    [duty] = [one for one in schedules_of(FEATURES) if one.name == "announce_values"]

    async def run() -> Announced:
        before = len(await said(committed))
        async with committed.session() as session:
            await duty.run(plain_context(session, SPEC, clock, crypto))
            await session.commit()
        return [state for _, state in (await said(committed))[before:]]

    return run


async def said(database: Database) -> list[tuple[str, dict[str, Any]]]:
    """Everything in the outbox, in its order: the type of each fact and its state."""
    async with database.session() as session:
        rows = await session.execute(text("SELECT type, payload FROM outbox ORDER BY id"))
        return [(type_, json.loads(payload)["state"]) for type_, payload in rows]


def of(states: Announced, code: str, area: str = COUNTY) -> list[tuple[int, int, int | None]]:
    """Version, value and base of what was said of one figure."""
    return [(one["version"], one["value"], one["base"]) for one in states if (one["area"], one["code"]) == (area, code)]


async def told_announced(door: Door) -> set[str]:
    """The codes of which definitions tell that they are announced, to somebody who may read restricted ones too."""
    shown = (await ask(door, REGISTRAR, "/definitions", area=COUNTY)).json()["items"]
    assert not all(one["announced"] for one in shown)
    return {one["code"] for one in shown if one["announced"]}


async def test_the_indicators_that_are_announced_are_those_of_which_it_is_told(
    announce: Announce, arrivals: Arrivals, door: Door
) -> None:
    people = a_ledger(SEEKERS, travels_on="records_restricted")
    await arrivals.take(*TREE, a_ledger(), people, a_restricted_tag(1), a_person(1))
    codes = {state["code"] for state in await announce()}
    assert codes == await told_announced(door)
    assert len(codes) >= 221


async def test_one_event_for_each_figure_that_changed_and_none_for_the_others(
    announce: Announce, arrivals: Arrivals, door: Door
) -> None:
    await arrivals.take(*TREE, a_person(1))
    first = await announce()
    assert len(first) == 3 * len(await told_announced(door)), "the county, two towns"
    assert len({state["id"] for state in first}) == len(first)
    await arrivals.take(a_person(2))
    changed = {(state["area"], state["code"]): state["version"] for state in await announce()}
    codes = ["POP-RES", "POP-REG", "POP-RES-FEMALE", "POP-REG-FEMALE", "POP-REGISTERED", "POP-AGE-15-59"]
    codes += ["BALANCE-RES", "BALANCE-REG"]
    codes += [f"POP-{part}-RATE" for part in ("AGE-0-14", "AGE-15-59", "AGE-60", "AGE-65", "FLOATING", "FEMALE")]
    assert changed == {(area, code): 2 for area in (COUNTY, TOWN) for code in codes}


async def test_a_county_of_many_towns_is_announced_whole(announce: Announce, arrivals: Arrivals, door: Door) -> None:
    """All figures of all its towns are new on each day: no statement may be too long for them."""
    towns = [f"450481{number:03}" for number in range(300, 320)]
    await arrivals.take(*TREE, *(an_area(town) for town in towns), a_person(1))
    assert len(await announce()) == (3 + len(towns)) * len(await told_announced(door))
    await arrivals.take(a_person(2))
    assert {state["area"] for state in await announce()} == {COUNTY, TOWN}


async def test_nothing_goes_out_when_nothing_changed(announce: Announce, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_person(1))
    await announce()
    assert await announce() == []
    await arrivals.take(a_person(1), a_person(1), a_restricted_tag(2))
    await arrivals.take(an_area(VILLAGE, version=2, name="新名"))
    assert await announce() == []


async def test_nothing_goes_out_before_the_tree_is_known(announce: Announce, arrivals: Arrivals) -> None:
    await arrivals.take(a_person(1))
    assert await announce() == []
    await arrivals.take(*TREE)
    assert of(await announce(), "POP-RES") == [(1, 1, None)]


async def test_an_announced_value_says_which_figure_of_which_day_it_is(
    announce: Announce, arrivals: Arrivals, committed: Database
) -> None:
    await arrivals.take(*TREE, a_person(1))
    [state] = [one for one in await announce() if (one["area"], one["code"]) == (TOWN, "POP-RES")]
    assert state == {
        "id": f"{TOWN}:POP-RES:2026-03-16",
        "version": 1,
        "area": TOWN,
        "code": "POP-RES",
        "definition_version": 1,
        "day": "2026-03-16",
        "value": 1,
        "base": None,
        "counted_at": "2026-03-16T02:00:00Z",
    }
    assert {type_ for type_, _ in await said(committed)} == {"indicators.value.changed"}


async def test_nothing_is_announced_of_a_county_before_its_opening_day(
    announce: Announce, arrivals: Arrivals, clock: FrozenClock
) -> None:
    await arrivals.take(*TREE, an_area(COUNTY, version=2, books_opened_on=date(2026, 3, 17)), a_person(1))
    assert await announce() == []
    clock.advance(days=1)
    assert of(await announce(), "POP-RES") == [(1, 1, None)]


async def test_towns_and_counties_are_announced_and_nothing_above_or_below_them(
    announce: Announce, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_person(1))
    assert {state["area"] for state in await announce()} == {COUNTY, TOWN, OTHER_TOWN}


async def test_no_restricted_figure_is_announced_however_it_changes(announce: Announce, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE, a_restricted_tag(1))
    first = await announce()
    assert "TAG-CARE" in {state["code"] for state in first}
    assert not any(state["code"].startswith("TAG-RESTRICTED") for state in first)
    await arrivals.take(a_restricted_tag(2), a_restricted_tag(1, version=2, ended_on=date(2026, 2, 1)))
    assert await announce() == []


async def test_figures_of_a_ledger_are_announced_unless_it_is_about_people_or_retired(
    announce: Announce, arrivals: Arrivals
) -> None:
    """Whoever reads the bus would see small counts that are told to nobody over HTTP."""
    people = a_ledger(SEEKERS, travels_on="records_restricted")
    await arrivals.take(*TREE, a_ledger(), people, *(a_seeker(number) for number in range(1, 8)))
    codes = {state["code"] for state in await announce()}
    assert "grid.disputes.registered" in codes
    assert not any(code.startswith("registry.job_seekers") for code in codes)
    await arrivals.take(
        a_ledger(version=2, status="retired", retired_on=date(2026, 1, 2)), a_record(found_on="2026-01-02")
    )
    assert not any(state["code"].startswith("grid.disputes") for state in await announce())


async def test_a_rate_of_stocks_is_announced_as_it_stands_on_the_day(announce: Announce, arrivals: Arrivals) -> None:
    standing: dict[str, Any] = {"of": STANDING, "status": "mediating", "found_on": "2025-12-01"}
    await arrivals.take(*TREE, a_ledger(STANDING), a_record(1, **standing), a_record(2, kind="wages", **standing))
    assert of(await announce(), "grid.disputes.land_rate") == [(1, 1, 2)]


async def test_a_move_between_towns_changes_the_towns_and_not_the_county(
    announce: Announce, arrivals: Arrivals
) -> None:
    await arrivals.take(*TREE, a_person(1))
    await announce()
    moved = date(2026, 2, 1)
    await arrivals.take(a_person(1, version=2, residence=(a_span(end=moved), a_span(OTHER_VILLAGE, moved))))
    changed = await announce()
    assert {state["area"] for state in changed} == {TOWN, OTHER_TOWN}
    assert (of(changed, "POP-RES", TOWN), of(changed, "POP-RES", OTHER_TOWN)) == ([(2, 0, None)], [(2, 1, None)])


async def test_a_ratio_changes_with_either_of_its_counts(announce: Announce, arrivals: Arrivals) -> None:
    await arrivals.take(*TREE)
    assert of(await announce(), "VISIT-RATE") == [(1, 0, 0)]
    await arrivals.take(a_visit(1), a_visit(2))
    assert of(await announce(), "VISIT-RATE") == [(2, 0, 2)]
    await arrivals.take(a_visit(1, version=2, status=VisitStatus.DONE, done_on=date(2026, 1, 8)))
    assert of(await announce(), "VISIT-RATE") == [(3, 1, 2)]


async def test_a_flow_is_announced_as_the_year_so_far(
    announce: Announce, arrivals: Arrivals, clock: FrozenClock
) -> None:
    last_year = an_incident(1, reported_at=at(date(2025, 12, 31)), filed_at=None, due_at=None)
    await arrivals.take(*TREE, last_year, an_incident(2), a_case(due_on=date(2026, 6, 1)))
    first = await announce()
    assert (of(first, "INC-REPORTED"), of(first, "CASE-IN-TIME-RATE")) == ([(1, 1, None)], [(1, 0, 0)])
    clock.advance(days=200)
    later = await announce()
    assert (of(later, "INC-REPORTED"), of(later, "CASE-IN-TIME-RATE")) == ([(1, 1, None)], [(1, 0, 1)])
    assert of(later, "INC-OPEN") == [(1, 1, None)]


async def test_yesterday_stays_as_it_was_left(announce: Announce, arrivals: Arrivals, clock: FrozenClock) -> None:
    await arrivals.take(*TREE, a_person(1))
    first = await announce()
    clock.set(clock.now() + timedelta(days=1))
    await arrivals.take(a_person(2))
    second = await announce()
    assert {state["day"] for state in first} == {"2026-03-16"}
    assert {state["day"] for state in second} == {"2026-03-17"}
    assert (of(first, "POP-RES"), of(second, "POP-RES")) == ([(1, 1, None)], [(1, 2, None)])
    assert await announce() == []


async def test_the_day_ends_at_midnight_in_the_county(
    announce: Announce, arrivals: Arrivals, clock: FrozenClock
) -> None:
    """16 March, 10:00 in Shanghai: fourteen hours later it is the 17th there, and still the 16th in UTC."""
    leaving = a_person(1, residence=(a_span(end=date(2026, 3, 17)),))
    await arrivals.take(*TREE, leaving)
    assert of(await announce(), "POP-RES") == [(1, 1, None)]
    clock.advance(hours=13, minutes=59)
    assert await announce() == []
    clock.advance(minutes=1)
    later = await announce()
    assert {state["day"] for state in later} == {"2026-03-17"}
    assert of(later, "POP-RES") == [(1, 0, None)]


async def test_a_new_definition_is_announced_with_its_version(
    announce: Announce, arrivals: Arrivals, service_database: ServiceDatabase
) -> None:
    await arrivals.take(*TREE, a_person(1))
    await announce()
    await defined_anew(service_database, "POP-RES", "常住人口数，口径说明有改动。", "")
    changed = await announce()
    assert {(state["code"], state["definition_version"], state["version"]) for state in changed} == {("POP-RES", 2, 2)}


async def test_what_is_announced_is_what_is_answered(announce: Announce, arrivals: Arrivals, door: Door) -> None:
    await arrivals.take(*TREE, a_person(1), a_person(2, sex="1"), an_incident(), a_case(), a_visit())
    announced = {(one["area"], one["code"]): (one["value"], one["base"]) for one in await announce()}
    told = await told_announced(door)
    for area in (COUNTY, TOWN, OTHER_TOWN):
        for code, figure in (await figures(door, area)).items():
            if code not in told:  # a percentile, or counts so small that they would speak of people
                assert (area, code) not in announced
                continue
            answered = figure["numerator"] if figure["value"] is None else figure["value"], figure["denominator"]
            assert announced[(area, code)] == answered, (area, code)


# -- said again

LEDGERS = {"indicators.ledger", "indicators.record", "indicators.restricted_record"}
LEDGERS |= {"indicators.ledger_posting", "indicators.restricted_ledger_posting"}


def test_every_noun_of_indicators_can_be_restated() -> None:
    assert set(SPEC.restate) == set(nouns_of("indicators"))
    kit = {f"indicators.{noun}" for noun in ("erasure_answer", "checksum", "checksum_question")}
    assert set(SPEC.restate) - LEDGERS - kit == {"indicators.value"}


async def test_the_newest_value_of_each_figure_is_restated_once_at_its_own_version(
    announce: Announce, arrivals: Arrivals, committed: Database
) -> None:
    await arrivals.take(*TREE, a_person(1))
    newest = {state["id"]: state for state in await announce()}
    await arrivals.take(a_person(2))
    newest |= {state["id"]: state for state in await announce()}
    again: list[Fact[Any]] = []
    after: str | None = None
    async with committed.session() as session:
        while page := await SPEC.restate["indicators.value"](session, after, 40):
            assert len(page) <= 40
            again += page
            after = page[-1].state.subject
    assert [fact.state.id for fact in again] == sorted(newest)
    assert {fact.type for fact in again} == {"indicators.value.restated"}
    assert {fact.state.id: fact.state.model_dump(mode="json") for fact in again} == newest


async def test_an_operator_hears_how_many_values_a_republish_will_say(
    announce: Announce, arrivals: Arrivals, door: Door
) -> None:
    await arrivals.take(*TREE)
    said_first = await announce()
    async with door.client(a_principal("operator", COUNTY)) as client:
        answer = await client.post("/republish", json={})
    told = {noun for noun in LEDGERS if TOPICS[noun].published}
    assert (answer.status_code, answer.json()["nouns"]) == (
        202,
        {"indicators.value": len(said_first), **dict.fromkeys(told, 0)},
    )
