"""A file that nobody reads at one sitting is several files: 300 lines at most, in everything that is delivered."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("shared", "services", "deploy") for path in (ROOT / folder).rglob("*.py")]
MOST = 300


def too_long(path: Path) -> bool:
    return len(path.read_text(encoding="utf-8").splitlines()) > MOST


def test_no_file_is_longer_than_a_reader_bears() -> None:
    assert len(SOURCES) > 300, "they were looked for elsewhere"
    assert not [path.relative_to(ROOT).as_posix() for path in SOURCES if too_long(path)]


@pytest.mark.parametrize("lines", [MOST, MOST + 1])
def test_what_is_too_long(lines: int, tmp_path: Path) -> None:
    path = tmp_path / "room.py"
    path.write_text("x = 1\n" * lines)
    assert too_long(path) == (lines > MOST)
