"""Build context: the files that `.dockerignore` lets pass, read as container engines do (the last match decides)."""

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath


@dataclass(frozen=True)
class Line:
    """One pattern of `.dockerignore`. `keeps`: it began with `!`."""

    keeps: bool
    pattern: re.Pattern[str]


def read(text: str) -> list[Line]:
    """The patterns of a `.dockerignore`; comments and empty lines are none."""
    lines = []
    for raw in text.splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        keeps = line.startswith("!")
        cleaned = str(PurePosixPath(line.removeprefix("!").strip().lstrip("/")))
        lines.append(Line(keeps, _expression(cleaned)))
    return lines


def is_ignored(path: str, lines: Iterable[Line]) -> bool:
    """Whether a path stays outside. A line also matches everything below a folder that it matches."""
    parts = path.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    ignored = False
    for line in lines:
        if any(line.pattern.fullmatch(one) for one in above):
            ignored = not line.keeps
    return ignored


def files(root: Path) -> Iterator[str]:
    """Paths of the build context, relative to `root`. Links are not followed."""
    lines = read((root / ".dockerignore").read_text(encoding="utf-8"))
    for folder, folders, names in os.walk(root):
        relative = Path(folder).relative_to(root).as_posix()
        folders[:] = [name for name in folders if name not in (".git", ".venv")] if relative == "." else folders
        for name in names:
            path = name if relative == "." else f"{relative}/{name}"
            if not is_ignored(path, lines):
                yield path


def _expression(pattern: str) -> re.Pattern[str]:
    made, at = "", 0
    while at < len(pattern):
        rest = pattern[at:]
        if rest.startswith("**/"):
            made, at = made + "(?:.*/)?", at + 3
        elif rest.startswith("**"):
            made, at = made + ".*", at + 2
        elif rest[0] in "*?":
            made, at = made + ("[^/]*" if rest[0] == "*" else "[^/]"), at + 1
        elif rest[0] == "[" and "]" in rest:
            end = rest.index("]") + 1
            made, at = made + rest[:end], at + end
        else:
            made, at = made + re.escape(rest[0]), at + 1
    return re.compile(made)
