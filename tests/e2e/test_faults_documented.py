"""The table of faults names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "docs" / "architecture" / "faults.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_fault_is_shown_by_tests_that_exist() -> None:
    rows = [line for line in TABLE.read_text("utf-8").splitlines() if line.startswith("| ")][2:]
    assert len(rows) >= 12
    for row in rows:
        named = NAMED.findall(row)
        assert named, row
        for file, name in named:
            assert re.search(rf"def {name}\(", (ROOT / file).read_text("utf-8")), f"{file} has no {name}"


def test_every_test_of_faults_is_in_the_table() -> None:
    told = set(NAMED.findall(TABLE.read_text("utf-8")))
    for path in sorted((ROOT / "tests" / "e2e").glob("test_faults_*.py")):
        if path != Path(__file__):
            for name in re.findall(r"^async def (test_\w+)\(", path.read_text("utf-8"), re.MULTILINE):
                assert (str(path.relative_to(ROOT)), name) in told
