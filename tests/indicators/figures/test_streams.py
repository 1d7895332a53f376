"""Streams of states as a state machine: whatever arrives, in any order and again, every level is the slow count.

Versions of aggregates are made, held back, delivered out of order and again; facts come late; villages merge and are
divided while people live there. After each step the figures are those of a dictionary of newest versions.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
import pytest_asyncio
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from shared.contracts.envelope import Span, State
from shared.contracts.registry.areas import AreaState
from shared.contracts.registry.persons import PersonState
from shared.contracts.registry.postings import Book, PostingKind
from shared.testing.databases import ServiceDatabase
from shared.testing.doors import Arrivals, Door
from tests.indicators.county import (
    COUNTY,
    FAR_GRID,
    OTHER_TOWN,
    PREFECTURE,
    TOWN,
    TREE,
    a_grid,
    an_area,
    figures,
)
from tests.indicators.figures.tables import answer_of, told
from tests.indicators.figures.test_races import SEES_ALL, RandomCounty
from tests.indicators.reference import expected
from tests.indicators.states import GRID, OTHER_GRID, OTHER_VILLAGE, VILLAGE, a_person, a_posting, a_span

T = TypeVar("T")
CODES = ["POP-RES", "POP-AGE-60", "MOVES-IN", "INC-OPEN", "INC-CLOSING-RATE", "TAG-CARE", "TAG-RESTRICTED"]
MAPPED = ["POP-RES", "BIRTHS"]
"""What is followed through mergers: people by their spans, and lines of the book under the codes of their day."""
VILLAGES = (VILLAGE, OTHER_VILLAGE, TOWN + "202", OTHER_TOWN + "202")
AREAS = (PREFECTURE, COUNTY, TOWN, OTHER_TOWN, *VILLAGES, GRID, OTHER_GRID, FAR_GRID)
FIRST = date(2026, 1, 1)
DAYS = st.dates(date(2025, 12, 1), date(2026, 6, 30))
SEEDS = st.integers(0, 2**32)


class Streams(RuleBasedStateMachine):
    """A county whose states are made by rules; `wait` runs what talks to the service under test."""

    wait: Callable[[Coroutine[Any, Any, Any]], Any]
    door: Door
    arrivals: Arrivals
    database: ServiceDatabase

    def __init__(self) -> None:
        super().__init__()
        self.versions: dict[int, int] = {}
        self.held: list[State] = []
        self.delivered: list[State] = []
        self.people: dict[int, PersonState] = {}
        self.areas: dict[str, AreaState] = {}
        self.next_village = 900

    @initialize(seed=SEEDS)
    def begin(self, seed: int) -> None:
        """A county in which something stands already, so that what comes is seldom the first."""
        self.wait(self.database.empty())
        for code in (*VILLAGES, TOWN, OTHER_TOWN):
            self.areas[code] = an_area(code)
        county = RandomCounty(seed)
        first = [county.version(number, self._next(number)) for number in range(20)]
        self._arrive([*TREE, a_grid(FAR_GRID), *self.areas.values(), *first])

    # -- what happens

    @rule(seed=SEEDS, many=st.integers(4, 24))
    def write(self, seed: int, many: int) -> None:
        """The next versions of some aggregates: every correction there is, also of days long gone."""
        county = RandomCounty(seed)
        numbers = [county.random.randrange(20) for _ in range(many)]
        self.held += [county.version(number, self._next(number)) for number in numbers]

    @rule(number=st.integers(100, 109), place=st.integers(0, 9), since=DAYS)
    def move_in(self, number: int, place: int, since: date) -> None:
        """Somebody lives in a village that exists, from a day on."""
        home = self._living()[place % len(self._living())]
        person = a_person(number, version=self._next(number), residence=(a_span(home, since),), registration=())
        self.people[number] = person
        self.held.append(person)

    @rule(number=st.integers(200, 219), place=st.integers(0, 9), day=DAYS)
    def be_born(self, number: int, place: int, day: date) -> None:
        """A line of the book, in a village that exists today, or set right."""
        village = self._living()[place % len(self._living())]
        line = {"book": Book.RESIDENCE, "kind": PostingKind.BIRTH, "area": village, "occurred_on": day}
        self.held.append(a_posting(number, version=self._next(number), **line))

    @precondition(lambda self: len(self._living()) > 2)
    @rule(one=st.integers(0, 9), other=st.integers(0, 9), day=DAYS)
    def merge(self, one: int, other: int, day: date) -> None:
        """Two villages become a new one, perhaps of different towns: who lived there goes on in it."""
        living = self._living()
        gone = {living[one % len(living)], living[other % len(living)]}
        new = self._opened(min(gone)[:9], day)
        for code in sorted(gone):
            self._end(code, day, (new,))
        self._resettle(gone, day, lambda number: new)

    @rule(one=st.integers(0, 9), day=DAYS)
    def divide(self, one: int, day: date) -> None:
        """A village becomes two: of who lived there, every second one goes to either."""
        code = self._living()[one % len(self._living())]
        heirs = tuple(self._opened(code[:9], day) for _ in range(2))
        self._end(code, day, heirs)
        self._resettle({code}, day, lambda number: heirs[number % 2])

    # -- how it arrives

    @rule(seed=SEEDS, share=st.integers(1, 4))
    def deliver(self, seed: int, share: int) -> None:
        """Some of what is held back, in any order."""
        random = RandomCounty(seed).random
        random.shuffle(self.held)
        many = -(-len(self.held) // share)
        batch, self.held = self.held[:many], self.held[many:]
        self._arrive(batch)

    @precondition(lambda self: self.delivered)
    @rule(seed=SEEDS, revision=st.integers(0, 3))
    def deliver_again(self, seed: int, revision: int) -> None:
        """Some of it once more: a replay, or a republish of what is the newest by now."""
        random = RandomCounty(seed).random
        self._arrive(random.sample(self.delivered, min(len(self.delivered), 8)), revision if revision else 0)

    # -- what must hold

    @rule(place=st.integers(0, len(AREAS) - 1), until=DAYS, days=st.integers(0, 200))
    def every_level_is_the_slow_count(self, place: int, until: date, days: int) -> None:
        area, until = AREAS[place], max(until, FIRST)
        self._holds(area, until - timedelta(days=days), until)

    @rule(tree=DAYS, until=st.dates(FIRST, date(2026, 3, 16)))
    def both_trees_are_the_slow_count(self, tree: date, until: date) -> None:
        self.wait(self._trees_hold(tree, until))

    def teardown(self) -> None:
        if not self.areas:
            return
        self._arrive(self.held)
        for area in (PREFECTURE, COUNTY, TOWN, VILLAGE, GRID):
            self._holds(area, FIRST, date(2026, 3, 16))
        for tree in (date(2025, 12, 1), date(2026, 6, 30)):
            self.wait(self._trees_hold(tree, date(2026, 3, 16)))

    def _holds(self, area: str, since: date, until: date) -> None:
        query: dict[str, Any] = {"as_of": str(until), "since": str(since), "code": CODES}
        found = self.wait(figures(self.door, area, SEES_ALL, **query))
        slow = expected(self.delivered, area, since, until)
        counted = {code: (one["value"], one["numerator"], one["denominator"]) for code, one in found.items()}
        assert counted == {code: slow[code] for code in CODES}, (area, since, until)

    async def _trees_hold(self, tree: date, until: date) -> None:
        """Children of that day's tree: what ended goes to who carried it on, if it was one; what began later to what it
        was of, if that was one; the rest is the town's own, or that of what holds all of it."""
        areas = [COUNTY, *(town for town in (TOWN, OTHER_TOWN))]
        query: dict[str, Any] = {"code": MAPPED, "breakdown": "children", "as_of": str(until), "tree": str(tree)}
        known = self._known()
        places = {code: _places(known, code, tree) for code in known if len(code) == 12}
        slow = {code: expected(self.delivered, code, FIRST, until) for code in places}
        for area in areas:
            found = await answer_of(self.door, "/values", SEES_ALL, area=area, **query)
            for row in [{"area": area, "values": found["values"]}, *found["children"]]:
                for cell in row["values"]:
                    within = [
                        code for code, of in places.items() if of and all(one.startswith(row["area"]) for one in of)
                    ]
                    assert told(cell) == sum(slow[code][cell["code"]][0] or 0 for code in within), (row["area"], cell)
            below = sum(told(cell) for child in found["children"] for cell in child["values"])
            own = sum(told(cell) for cell in found["own"]["values"])
            assert below + own == sum(told(cell) for cell in found["values"])

    # -- the county

    def _arrive(self, states: list[State], revision: int = 0) -> None:
        if states:
            self.wait(self.arrivals.take(*states, revision=revision))
            self.delivered += states if revision == 0 else []

    def _known(self) -> dict[str, AreaState]:
        """The newest versions of the areas that arrived."""
        known: dict[str, AreaState] = {}
        for one in self.delivered:
            if isinstance(one, AreaState) and (one.code not in known or known[one.code].version < one.version):
                known[one.code] = one
        return known

    def _living(self) -> list[str]:
        """Villages that have no end."""
        return sorted(code for code, one in self.areas.items() if len(code) == 12 and one.valid_to is None)

    def _next(self, number: int) -> int:
        self.versions[number] = self.versions.get(number, 0) + 1
        return self.versions[number]

    def _opened(self, town: str, day: date) -> str:
        self.next_village -= 1
        code = f"{town}{self.next_village}"
        self._change(an_area(code, valid_from=day))
        return code

    def _end(self, code: str, day: date, heirs: tuple[str, ...]) -> None:
        one = self.areas[code]
        self._change(one.model_copy(update={"version": one.version + 1, "valid_to": day, "successors": heirs}))

    def _change(self, one: AreaState) -> None:
        """The tree arrives at once: what lives in it may be late."""
        self.areas[one.code] = one
        self._arrive([one])

    def _resettle(self, gone: set[str], day: date, heir: Callable[[int], str]) -> None:
        for number, person in self.people.items():
            last = person.residence[-1]
            if last.area in gone and last.end is None and last.start < day:
                stays: tuple[Span, ...] = (
                    *person.residence[:-1],
                    last.model_copy(update={"end": day}),
                    a_span(heir(number), day),
                )
                self.people[number] = person.model_copy(update={"version": self._next(number), "residence": stays})
                self.held.append(self.people[number])


def _places(known: dict[str, AreaState], code: str, day: date) -> set[str]:
    """By hand: where an area counts in the tree of a day."""
    one = known[code]
    if one.is_valid_on(day):
        return {code}
    if one.valid_from <= day:
        return set().union(*(_places(known, heir, day) for heir in one.successors if heir in known), set())
    before = [other.code for other in known.values() if code in other.successors]
    return set().union(*(_places(known, other, day) for other in before), set())


async def run(streams: type[Streams], examples: int, steps: int) -> None:
    """So many histories of so many steps. One that fails is told as it is: to shorten it would take minutes."""
    profile = settings(
        settings.get_profile("xiangli"),
        max_examples=examples,
        stateful_step_count=steps,
        database=None,
        phases=(Phase.generate,),
    )
    await asyncio.to_thread(run_state_machine_as_test, streams, settings=profile)


@pytest_asyncio.fixture(loop_scope="session")
async def streams(door: Door, arrivals: Arrivals, service_database: ServiceDatabase) -> type[Streams]:
    """The machine over this test's service, whose loop runs in another thread."""
    loop = asyncio.get_running_loop()

    def wait(coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result(60)

    return type("OneCounty", (Streams,), {
        "wait": staticmethod(wait), "door": door, "arrivals": arrivals, "database": service_database,
    })  # fmt: skip


async def test_streams_come_to_what_the_slow_way_counts(streams: type[Streams]) -> None:
    await run(streams, examples=10, steps=14)


@pytest.mark.large
async def test_long_streams_come_to_what_the_slow_way_counts(streams: type[Streams]) -> None:
    await run(streams, examples=150, steps=60)
