"""What every benchmark shares: goals as ratios against a control in the same run, rounds interleaved A B A B."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from tests.bench.processor import Spent

RESULTS = Path("bench-results")


@dataclass(frozen=True)
class Goal:
    """One goal. `direction`: whether a higher or a lower ratio is better. The floor is where it stops being good."""

    id: str
    what: str
    target: float
    floor: float
    direction: Literal["higher", "lower"] = "higher"


@dataclass(frozen=True)
class Outcome:
    """What was measured: one ratio per pair of rounds, and the plain figures behind them, in their own unit."""

    ratios: tuple[float, ...]
    ours: tuple[float, ...]
    control: tuple[float, ...]
    unit: str
    cost: tuple[tuple[Spent, Spent], ...] = ()
    """Processor time of one request or row, ours and the control's, for each pair that measured it."""

    @property
    def ratio(self) -> float:
        """Median of ours over median of the control's."""
        return statistics.median(self.ours) / statistics.median(self.control)

    @property
    def spread(self) -> float:
        """How far the ratios of single pairs lie apart, as a part of their median."""
        return (max(self.ratios) - min(self.ratios)) / statistics.median(self.ratios)

    @property
    def costs(self) -> str:
        """Medians in microseconds, `server+database`, ours and the control's. A busy machine hardly changes them."""
        if not self.cost:
            return ""
        ours, control = ([pair[side] for pair in self.cost] for side in (0, 1))
        return f" cpu={_median(ours)}us control={_median(control)}us"


def _median(costs: Sequence[Spent]) -> str:
    parts = ([one.server for one in costs], [one.database for one in costs])
    return "+".join(f"{statistics.median(part):.0f}" for part in parts)


class Unmeasured(Exception):
    """A part that the measurement needs is missing here; the message says which."""


Measure = Callable[[], Outcome]


@dataclass(frozen=True)
class Round:
    """One round: its figure, and what each request or row of it cost."""

    figure: float
    cost: Spent


def interleaved(
    ours: Callable[[], float | Round], control: Callable[[], float | Round], *, rounds: int, unit: str
) -> Outcome:
    """Run both in turn, after one warm-up of each. Each call returns the figure of its round."""
    ours()
    control()
    pairs = [(ours(), control()) for _ in range(rounds)]
    return outcome_of(pairs, unit)


def outcome_of(pairs: Sequence[tuple[float | Round, float | Round]], unit: str) -> Outcome:
    """The outcome of pairs (ours, control) that were measured side by side."""
    figures = [(_figure(ours), _figure(control)) for ours, control in pairs]
    return Outcome(
        ratios=tuple(ours / control for ours, control in figures),
        ours=tuple(ours for ours, _ in figures),
        control=tuple(control for _, control in figures),
        unit=unit,
        cost=tuple(
            (ours.cost, control.cost)
            for ours, control in pairs
            if isinstance(ours, Round) and isinstance(control, Round)
        ),
    )


def _figure(one: float | Round) -> float:
    return one.figure if isinstance(one, Round) else one


def report(goal: Goal, outcome: Outcome) -> str:
    """The line that is printed; the same and the raw figures go to `bench-results/<goal>.json`."""
    line = (
        f"goal={goal.id} ratio={outcome.ratio:.3g} target={goal.target:g} floor={goal.floor:g} "
        f"spread={outcome.spread:.2f} dir={goal.direction}{outcome.costs}"
    )
    RESULTS.mkdir(exist_ok=True)
    content = {**asdict(goal), **asdict(outcome), "ratio": outcome.ratio, "spread": outcome.spread}
    (RESULTS / f"{goal.id}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return line
