#!/usr/bin/env bash
# typst 0.15.2 for Python dates a document by `timestamp`, which its annotation gives as a datetime or a whole number. The
# instants that Python's clock gives are refused: `datetime.now(timezone.utc)` because it has microseconds ("timestamp datetime
# must not include microseconds"), `datetime.now()` because it has no zone, `time.time()` because it is no whole number; and a
# time in ZoneInfo("Asia/Shanghai") because its zone is no fixed offset, though it has been one since 1991, while ZoneInfo("UTC")
# is taken. Cut to the second in UTC, or as int(time.time()), they are taken. A test whose clock stands on a full second in UTC
# never meets a refusal.
# Exit 0: still so. Exit 1: it has changed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q typst==0.15.2
"$work/venv/bin/python" - <<'END_OF_PYTHON'
import re
import sys
import time
from datetime import datetime, timezone
from importlib.metadata import version
from zoneinfo import ZoneInfo

import typst

SOURCE = b"One page.\n"
still = datetime(2026, 3, 16, 2, tzinfo=timezone.utc)
moving = still.replace(microsecond=332037)


def dated(at: object) -> str:
    """The date of creation in the PDF, or the refusal."""
    try:
        made = typst.compile(SOURCE, format="pdf", timestamp=at)
    except (TypeError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return re.search(rb"/CreationDate *\(D:(\d{14})", made).group(1).decode()


print("typst", version("typst"))
seen = {
    "an aware datetime of a full second": dated(still),
    "the same with microseconds": dated(moving),
    "cut to the second": dated(moving.replace(microsecond=0)),
    "without a zone": dated(still.replace(tzinfo=None)),
    "in Asia/Shanghai": dated(still.astimezone(ZoneInfo("Asia/Shanghai"))),
    "in UTC by its name": dated(still.astimezone(ZoneInfo("UTC"))),
    "a float, as time.time() gives": dated(time.time()),
    "a whole number": dated(int(still.timestamp())),
}
for name, text in seen.items():
    print(f"{name}: {text}")
taken = ("an aware datetime of a full second", "cut to the second", "in UTC by its name", "a whole number")
same = all(seen[name] == "20260316020000" for name in taken) and all(
    seen[name].startswith(("TypeError", "ValueError")) for name in seen if name not in taken
)
sys.exit(0 if same else 1)
END_OF_PYTHON
