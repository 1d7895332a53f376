"""Tests run where the day is another than in the county and in UTC."""

import subprocess
import sys
import time
from datetime import UTC, datetime

_SUMMER, _WINTER = datetime(2026, 7, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
_HOURS = (-4, -5)


def _hours(offset: int) -> int:
    return offset // 3600


def test_in_this_process() -> None:
    assert tuple(_hours(time.localtime(day.timestamp()).tm_gmtoff) for day in (_SUMMER, _WINTER)) == _HOURS


def test_in_a_process_that_a_test_starts() -> None:
    asked = "import time; print(*(time.localtime(at).tm_gmtoff // 3600 for at in (%d, %d)))"
    program = asked % (_SUMMER.timestamp(), _WINTER.timestamp())
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(hours) for hours in _HOURS]
