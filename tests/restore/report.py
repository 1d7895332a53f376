"""What a whole run of the drills did, kept as docs/reports/restore.md: minutes, and what was lost."""

import os
import platform
import time
from collections.abc import Mapping

from deploy.local.stack.deployment import ROOT

TARGET = ROOT / "docs" / "reports" / "restore.md"
DRILLS = ("a whole county to a point in time", "one service alone", "a lost broker")


class Report:
    """One table a drill: what was done, and how long it took or how much it was."""

    def __init__(self) -> None:
        self._drills: dict[str, Mapping[str, str]] = {}

    def take(self, drill: str, seen: Mapping[str, float | int]) -> None:
        """`seen`: seconds are floats, counts are whole numbers."""
        assert drill in DRILLS
        self._drills[drill] = {
            name: f"{value:.1f} s" if isinstance(value, float) else str(value) for name, value in seen.items()
        }

    def write(self) -> None:
        """Write it after a run of every drill; else the last one stays."""
        if set(self._drills) == set(DRILLS):
            TARGET.write_text(self.text(), encoding="utf-8")

    def text(self) -> str:
        """Markdown."""
        machine = f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores"
        lines = [
            "# Databases brought back from their backups",
            "",
            f"Written by `make test-restore` on {time.strftime('%Y-%m-%d', time.gmtime())}, {machine}. A small county:",
            "the minutes of a large one are those of copying its base backup and replaying its log. What comes after,",
            "the verbs and the catching up, grows with the topics of the service that was restored.",
        ]
        for drill in DRILLS:
            lines += ["", f"## {drill.capitalize()}", "", "| | |", "| --- | --- |"]
            lines += [f"| {name} | {value} |" for name, value in self._drills[drill].items()]
        return "\n".join(lines) + "\n"
