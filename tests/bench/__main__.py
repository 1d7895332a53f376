"""`python -m tests.bench [GOAL …]`: measures the goals and prints a line each. Never part of the tests."""

import importlib
import signal
import sys

from tests.bench.harness import Goal, Measure, Unmeasured, report

MODULES = (
    "relay",
    "consume",
    "commit_to_effect",
    "figures",
    "get_person",
    "post_person",
    "before",
    "tree_304",
    "hostile_wait",
    "sync_delta",
    "list_flat",
    "record_open",
    "record_validate",
    "record_page",
    "record_import",
    "person_import",
    "locate",
    "pdf",
    "clock",
    "hall_worklist",
)
"""Each has `GOALS: dict[Goal, Measure]`."""


def goals() -> dict[Goal, Measure]:
    """All goals, in the order of the modules."""
    found: dict[Goal, Measure] = {}
    for name in MODULES:
        found |= importlib.import_module(f"tests.bench.{name}").GOALS
    return found


def main(wanted: list[str]) -> int:
    # Else SIGTERM would end this process alone: servers that a measurement started would run on for ever.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    known = goals()
    unknown = set(wanted) - {goal.id for goal in known}
    if unknown:
        print(f"no such goal: {', '.join(sorted(unknown))}; there are {', '.join(goal.id for goal in known)}")
        return 2
    missing = 0
    for goal, measure in known.items():
        if wanted and goal.id not in wanted:
            continue
        try:
            print(report(goal, measure()), flush=True)
        except Unmeasured as reason:
            missing += 1
            print(f"goal={goal.id} not measured: {reason}", flush=True)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
