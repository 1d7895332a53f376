"""post-person-before: the registration of today against that of an older tree of this repository, in one run.

`BEFORE=<folder>` names the tree: `git worktree add <folder> <commit>`, with an environment of its own or a link to this
one's as `.venv`. It stands on a PostgreSQL of its own that its own bench sets up; bodies and load are today's.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.bench.harness import Goal, Measure, Outcome, Unmeasured, outcome_of
from tests.bench.post_person import PER_ROUND, PERSON, prepare, rate
from tests.bench.registry_stage import ROUNDS, Stage, stage

GOAL = Goal("post-person-before", "POST a person against an older tree of this repository", 3.0, 3.0)
STAND = """
import sys
from tests.bench.registry_stage import stage
with stage() as set_up:
    print(set_up.start_ours(), set_up.folder, flush=True)
    sys.stdin.read()
"""
"""What the older tree does: its server stands until nobody listens any more."""


@contextlib.contextmanager
def standing(tree: Path) -> Iterator[tuple[str, Path]]:
    """Base address of the older tree's server, and the folder of its stage."""
    own = tree / ".venv/bin/python"
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [str(own if own.exists() else sys.executable), "-c", STAND],
        cwd=tree,
        env=inherited,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            told = child.stdout.readline().split()
            if len(told) != 2:
                raise Unmeasured(f"the bench of {tree} does not stand up")
            yield told[0], Path(told[1])
        finally:
            child.stdin.close()
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(60)
            child.terminate()


def measure() -> Outcome:
    """Interleaved rounds of both after a warm-up."""
    tree = Path(os.environ.get("BEFORE") or "nowhere")
    if not (tree / "tests/bench/registry_stage.py").exists():
        raise Unmeasured("BEFORE names no older tree: git worktree add <folder> <commit>, with its .venv")
    with stage() as now, standing(tree) as (address, folder):
        then: Stage = replace(now, folder=folder)
        prepare(now.folder)
        prepare(then.folder)
        ours, pairs = now.start_ours(), []
        for round_ in range(ROUNDS + 1):
            first = round_ * PER_ROUND
            person = rate(now, PERSON, ours, "/registry/v1/persons", first)
            pairs.append((person, rate(then, PERSON, address, "/registry/v1/persons", first)))
    return outcome_of(pairs[1:], "requests/s")


GOALS: dict[Goal, Measure] = {GOAL: measure}
