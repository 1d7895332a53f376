"""What every benchmark shares: goals as ratios against a control in the same run, rounds interleaved A B A B."""

import json
import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

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

    @property
    def ratio(self) -> float:
        """Median of ours over median of the control's."""
        return statistics.median(self.ours) / statistics.median(self.control)

    @property
    def spread(self) -> float:
        """How far the ratios of single pairs lie apart, as a part of their median."""
        return (max(self.ratios) - min(self.ratios)) / statistics.median(self.ratios)


class Unmeasured(Exception):
    """A part that the measurement needs is missing here; the message says which."""


Measure = Callable[[], Outcome]


def interleaved(ours: Callable[[], float], control: Callable[[], float], *, rounds: int, unit: str) -> Outcome:
    """Run both in turn, after one warm-up of each. Each call returns the figure of its round."""
    ours()
    control()
    pairs = [(ours(), control()) for _ in range(rounds)]
    return outcome_of(pairs, unit)


def outcome_of(pairs: Sequence[tuple[float, float]], unit: str) -> Outcome:
    """The outcome of pairs (ours, control) that were measured side by side."""
    return Outcome(
        ratios=tuple(ours / control for ours, control in pairs),
        ours=tuple(ours for ours, _ in pairs),
        control=tuple(control for _, control in pairs),
        unit=unit,
    )


def report(goal: Goal, outcome: Outcome) -> str:
    """The line that is printed; the same and the raw figures go to `bench-results/<goal>.json`."""
    line = (
        f"goal={goal.id} ratio={outcome.ratio:.3g} target={goal.target:g} floor={goal.floor:g} "
        f"spread={outcome.spread:.2f} dir={goal.direction}"
    )
    RESULTS.mkdir(exist_ok=True)
    content = {**asdict(goal), **asdict(outcome), "ratio": outcome.ratio, "spread": outcome.spread}
    (RESULTS / f"{goal.id}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    return line
