"""Batches at the same time, in any order and more than once: the figures are those of the slow way."""

import asyncio
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.contracts.envelope import Span, State
from shared.contracts.grid.incidents import IncidentStatus
from shared.contracts.grid.visits import VisitStatus
from shared.contracts.registry.facilities import DailyNeed, FacilityStatus
from shared.contracts.registry.households import FormerPlace
from shared.contracts.registry.organisations import OrganisationKind, OrganisationStatus, Stay
from shared.contracts.registry.persons import PersonStatus
from shared.contracts.registry.postings import Book, PostingKind, PostingMark
from shared.contracts.services_hall.cases import CaseStatus
from shared.testing.doors import Arrivals, Door, a_principal
from tests.indicators.county import (
    COUNTY,
    FAR_GRID,
    OTHER_TOWN,
    PREFECTURE,
    TOWN,
    TREE,
    a_grid,
    ask,
    figures,
    value,
    values_of,
)
from tests.indicators.reference import expected
from tests.indicators.states import (
    GRID,
    OTHER_GRID,
    OTHER_VILLAGE,
    START,
    VILLAGE,
    a_case,
    a_facility,
    a_household,
    a_person,
    a_posting,
    a_restricted_tag,
    a_span,
    a_tag,
    a_visit,
    an_incident,
    an_organisation,
    at,
)

PLACES = (GRID, OTHER_GRID, VILLAGE, OTHER_VILLAGE, FAR_GRID)
AREAS = (PREFECTURE, COUNTY, TOWN, OTHER_TOWN, VILLAGE, OTHER_VILLAGE, GRID, OTHER_GRID, FAR_GRID)
SEES_ALL = a_principal("county_registrar", PREFECTURE)


class RandomCounty:
    """Versions of a few dozen aggregates, each version independent of the one before: every correction there is."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def day(self) -> date:
        return date(2025, 12, 1) + timedelta(days=self.random.randrange(200))

    def perhaps(self, day: date) -> date | None:
        """A later day, or none."""
        return self.random.choice([None, day + timedelta(days=self.random.randrange(90))])

    def spans(self, places: tuple[str, ...] = PLACES) -> tuple[Span, ...]:
        choose, start = self.random.choice, self.day()
        first = a_span(choose(places), start, self.perhaps(start), kind=choose(["registered", "floating"]))
        if first.end is None:
            return (first,)
        return (first, *((a_span(choose(places), first.end, self.perhaps(first.end)),) * self.random.randrange(2)))

    def version(self, number: int, version: int) -> State:
        """One version of one aggregate; the number says of which noun."""
        choose, kind = self.random.choice, number % 10
        one: dict[str, Any] = {"number": number, "version": version}
        born = f"{choose([1935, 1944, 1946, 1965, 1966, 1990, 2010, 2011, 2024])}-{self.random.randint(1, 12):02d}"
        day = self.day()
        if kind == 0:
            status = choose([PersonStatus.ACTIVE] * 5 + [PersonStatus.MERGED])
            registration = self.spans((VILLAGE, OTHER_VILLAGE))
            return a_person(
                **one, status=status, sex=choose("0129"), birth_month=born, residence=self.spans(),
                registration=registration,
            )  # fmt: skip
        if kind == 1:
            book, posted = choose(list(Book)), choose(list(PostingKind))
            area = choose([VILLAGE, OTHER_VILLAGE])
            marks = tuple(self.random.sample(list(PostingMark), self.random.randrange(4)))
            return a_posting(
                **one, book=book, kind=posted, area=area, amount=choose([1, -1]), occurred_on=day, marks=marks
            )  # fmt: skip
        if kind == 2:
            return a_household(**one, area=choose(PLACES), established_on=day, dissolved_on=self.perhaps(day))
        if kind == 3:
            code = choose(["elder_alone", "left_behind_elder", "left_behind_child", "low_income"])
            return a_tag(**one, code=code, started_on=day, ended_on=self.perhaps(day), residence=self.spans())
        if kind == 4:
            return a_restricted_tag(**one, started_on=day, ended_on=self.perhaps(day), residence=self.spans())
        if kind == 5:
            return self.case(one, day)
        if kind == 6:
            return self.incident(one, day)
        if kind == 7:
            return self.organisation(one, day)
        if kind == 8:
            return self.facility(one, day)
        done = self.perhaps(day)
        status_of_visit = VisitStatus.DUE if done is None else VisitStatus.DONE
        cancelled = self.random.random() < 0.2
        return a_visit(
            **one, area=choose(PLACES), due_on=self.day(), done_on=None if cancelled else done,
            status=VisitStatus.CANCELLED if cancelled else status_of_visit,
        )  # fmt: skip

    def times(self, day: date) -> tuple[tuple[Stay, ...], tuple[FormerPlace, ...]]:
        """Times before it began again on that day, and where it had its seat before."""
        first = day - timedelta(days=self.random.randint(60, 90))
        earlier = Stay(since=first, until=first + timedelta(days=self.random.randint(1, 59)))
        moved = first + timedelta(days=self.random.randint(1, 120))
        former = FormerPlace(area=self.random.choice(PLACES), until=moved)
        return (earlier,) * self.random.randrange(2), (former,) * self.random.randrange(2)

    def organisation(self, one: dict[str, Any], day: date) -> State:
        choose, ended, (earlier, former) = self.random.choice, self.perhaps(day), self.times(day)
        there = OrganisationStatus.ACTIVE if ended is None else OrganisationStatus.ENDED
        return an_organisation(
            **one, area=choose(PLACES), kind=choose(list(OrganisationKind)), began_on=day, ended_on=ended,
            status=choose([there] * 5 + [OrganisationStatus.WITHDRAWN]), earlier=earlier, former=former,
        )  # fmt: skip

    def facility(self, one: dict[str, Any], day: date) -> State:
        choose, closed, (earlier, former) = self.random.choice, self.perhaps(day), self.times(day)
        there = FacilityStatus.OPEN if closed is None else FacilityStatus.CLOSED
        serves = tuple(self.random.sample(list(DailyNeed), self.random.randrange(4)))
        return a_facility(
            **one, area=choose(PLACES), serves=serves, opened_on=day, closed_on=closed,
            status=choose([there] * 5 + [FacilityStatus.WITHDRAWN]), earlier=earlier, former=former,
        )  # fmt: skip

    def case(self, one: dict[str, Any], day: date) -> State:
        area = self.random.choice([*PLACES[2:4], TOWN, COUNTY])
        closed = self.perhaps(day)
        due = day + timedelta(days=self.random.randrange(60))
        withdrawn = closed is None and self.random.random() < 0.3
        return a_case(
            **one,
            area=area,
            status=CaseStatus.WITHDRAWN if withdrawn else CaseStatus.ACCEPTED if closed is None else CaseStatus.CLOSED,
            accepted_at=at(day),
            due_on=due,
            closed_at=None if closed is None else at(closed, self.random.choice([0, 9, 23])),
        )

    def incident(self, one: dict[str, Any], day: date) -> State:
        filed = self.perhaps(day)
        closed = None if filed is None else self.perhaps(filed)
        deadline = None if filed is None else at(filed + timedelta(days=self.random.randrange(60)), 12)
        return an_incident(
            **one,
            area=self.random.choice(PLACES),
            reported_at=at(day, self.random.choice([0, 9, 23])),
            filed_at=None if filed is None else at(filed),
            due_at=deadline,
            closed_at=None if closed is None else at(closed, self.random.choice([0, 9, 23])),
            status=IncidentStatus.FILED if closed is None else IncidentStatus.CLOSED,
            deferred=closed is None and self.random.random() < 0.3,
        )

    def states(self, aggregates: int) -> list[State]:
        """All versions of all aggregates, shuffled, some of them twice."""
        versions = [
            self.version(number, version)
            for number in range(aggregates)
            for version in range(1, self.random.randint(2, 5))
        ]
        arriving = [*versions, *self.random.sample(versions, len(versions) // 4)]
        self.random.shuffle(arriving)
        return arriving


@pytest.mark.parametrize("seed", range(6))
async def test_random_states_in_any_order_come_to_what_the_slow_way_counts(
    door: Door, arrivals: Arrivals, seed: int
) -> None:
    county = RandomCounty(seed)
    states = county.states(64)
    waiting = list(states)
    await arrivals.take(*TREE, a_grid(FAR_GRID))
    while waiting:
        batch = [waiting.pop() for _ in range(min(len(waiting), county.random.randint(1, 40)))]
        await arrivals.take(*batch)
        if county.random.random() < 0.3:
            await arrivals.take(*batch, revision=county.random.randint(1, 9))  # a republish says it again
    for area in AREAS:
        until = date(2026, 1, 1) + timedelta(days=county.random.randrange(250))
        since = until - timedelta(days=county.random.randrange(150))
        found = await figures(door, area, SEES_ALL, as_of=until.isoformat(), since=since.isoformat())
        told = {code: (one["value"], one["numerator"], one["denominator"]) for code, one in found.items()}
        slow = expected(states, area, since, until)
        assert {code: told[code] for code in slow} == slow, (area, since, until)


@pytest.mark.parametrize("code", ["POP-AGE-15-59", "INC-OPEN", "VISIT-RATE", "MOVES-IN"])
async def test_a_random_series_is_the_slow_count_of_every_day(door: Door, arrivals: Arrivals, code: str) -> None:
    states = RandomCounty(11).states(64)
    await arrivals.take(*TREE, *states)
    since, until = date(2026, 1, 20), date(2026, 4, 10)
    answer = await ask(door, SEES_ALL, "/series", area=COUNTY, code=code, since=str(since), until=str(until))
    days = answer.json()["days"]
    assert len(days) == (until - since).days + 1
    for number, day in enumerate(days):
        on = since + timedelta(days=number)
        whole, numerator, denominator = expected(states, COUNTY, on, on)[code]
        assert day["day"] == str(on)
        assert (day["value"], day["numerator"], day["denominator"]) == (whole, numerator, denominator)


async def test_two_consumers_with_the_same_records_count_them_once(door: Door, arrivals: Arrivals) -> None:
    """A consumer that lost its partitions without knowing works beside its successor."""
    people = [a_person(number) for number in range(1, 21)]
    await arrivals.take(*TREE)
    await asyncio.gather(*(arrivals.take(*people) for _ in range(4)))
    assert await values_of(door, ["POP-RES", "POP-REG"], COUNTY) == [20, 20]
    assert await value(door, GRID, "POP-RES") == 20


async def test_batches_of_different_topics_add_to_the_same_days_without_losing_any(
    door: Door, arrivals: Arrivals
) -> None:
    batches: list[list[State]] = [
        [a_tag(number) for number in range(1, 31)],
        [a_restricted_tag(number) for number in range(1, 31)],
        [an_incident(number) for number in range(1, 31)],
        [a_visit(number, due_on=START) for number in range(1, 31)],
        [a_household(number) for number in range(1, 31)],
    ]
    await arrivals.take(*TREE)
    await asyncio.gather(*(arrivals.take(*half) for batch in batches for half in (batch[:15], batch[15:])))
    found = await figures(door, VILLAGE, SEES_ALL)
    codes = ("TAG-CARE", "TAG-RESTRICTED", "INC-REPORTED", "VISIT-DUE", "HOUSEHOLDS")
    assert [found[code]["value"] for code in codes] == [30] * 5


async def test_a_reader_beside_a_move_never_finds_the_person_in_both_villages_or_in_none(
    door: Door, arrivals: Arrivals
) -> None:
    """A batch is one transaction and an answer one statement: the parts of the town always come to its whole."""
    await arrivals.take(*TREE, a_person(version=1))

    async def moves() -> None:
        for version in range(2, 22):
            await arrivals.take(
                a_person(version=version, residence=(a_span(OTHER_VILLAGE if version % 2 else VILLAGE),))
            )

    async def reads() -> set[tuple[int, int]]:
        seen = set()
        while not moving.done():
            answer = await ask(door, SEES_ALL, area=COUNTY, code="POP-RES", breakdown="children")
            body = answer.json()
            seen.add((body["values"][0]["value"], sum(one["values"][0]["value"] for one in body["children"])))
        return seen

    moving = asyncio.create_task(moves())
    assert await reads() == {(1, 1)}
    await moving
