"""clock: limits in working days from every day of 2004 to 2026, with and without pauses, by one process, in limits a
second of processor time; control: the slow clock of the tests, which crosses off one day after the other.
"""

import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from shared.clock import SHANGHAI
from shared.workdays import Pause
from tests.bench.harness import Goal, Measure, Outcome
from tests.shared.test_workdays_slowly import ALL, CALENDAR, slowly

CLOCK = Goal("clock", "ends of limits a second of processor time, over a clock that walks day by day", 100.0, 30.0)
ROUNDS = 5
LIMITS = (5, 20, 45)
STARTS = ALL[:-400]
"""So that every limit ends within the notices."""
ELSE = 20
"""One of so many limits stands still from its second day on for a week, as few cases do."""

Due = Callable[[date, int, list[Pause]], object]


def paused(start: date) -> list[Pause]:
    """A pause of a week."""
    begins = datetime(start.year, start.month, start.day, 9, tzinfo=SHANGHAI) + timedelta(days=2)
    return [Pause(begins, begins + timedelta(days=7))]


def rate(due: Due, starts: list[date]) -> float:
    """Limits a second."""
    pauses_of = [paused(start) if at % ELSE == 0 else [] for at, start in enumerate(starts)]
    work = [(start, days, pauses) for start, pauses in zip(starts, pauses_of, strict=True) for days in LIMITS]
    began = time.process_time()
    for start, days, pauses in work:
        due(start, days, pauses)
    return len(work) / (time.process_time() - began)


def measure() -> Outcome:
    ours, control = [], []
    for turn in range(ROUNDS):
        ours.append(rate(CALENDAR.due, STARTS))
        control.append(rate(slowly, STARTS[turn::ROUNDS]))
    ratios = tuple(one / other for one, other in zip(ours, control, strict=True))
    return Outcome(ratios, tuple(ours), tuple(control), "limits/s")


GOALS: dict[Goal, Measure] = {CLOCK: measure}
