"""`python -m tests.zone …`: clock and date tests alone, for a machine that believes it is elsewhere (`make test-zone`).

pytest's `-k` would import every test of the house, and start whatever it needs, to throw most of it away.
"""

import re
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
WORDS = ("clock", "workday", "calendar", "deadline", "birth", "timezone", "_date", "_day", "_month")
APART = ("e2e", "large", "bench")
"""Folders whose tests take the time from processes of their own, or are no part of `make test`."""

_TEST = re.compile(r"^\s*(?:async )?def (test_\w+)", re.MULTILINE)


def files() -> list[Path]:
    """The files of tests in whose path, or in the name of one of whose tests, a word stands."""
    found = []
    for path in sorted(TESTS.rglob("test_*.py")):
        inside = path.relative_to(TESTS)
        if inside.parts[0] not in APART:
            names = [str(inside), *_TEST.findall(path.read_text(encoding="utf-8"))]
            if any(word in name for word in WORDS for name in names):
                found.append(path)
    return found


if __name__ == "__main__":
    sys.exit(pytest.main([*sys.argv[1:], "-k", " or ".join(WORDS), *map(str, files())]))
