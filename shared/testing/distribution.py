"""Scheduler of pytest-xdist for `--dist loadgroup`: a file's tests stay together, groups of files begin first.

xdist's own sends tests without a group one by one, and counts all that were ever sent each time: with ten thousand of
them that alone takes it a quarter of a minute, and every worker sets up the fixtures of every file.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from xdist.scheduler import LoadGroupScheduling

GROUP = "xdist_group"


class ByFile(LoadGroupScheduling):  # type: ignore[misc]  # xdist has no types
    """Units of work are the groups, and the files of all other tests, in the order in which they were collected."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return group.split("::", 1)[0]


def groups_first(items: list[pytest.Item]) -> None:
    """Sort in place, files by their paths: grouped tests start processes of their own and wait for them; last, they
    would be waited for.
    """
    items.sort(key=lambda item: (item.get_closest_marker(GROUP) is None, str(item.path)))


def in_turn(places: Sequence[str], worker: int, workers: int, root: Path) -> list[str]:
    """The files below these places, from another one on for each worker: on a fresh tree a file is compiled by the
    worker that comes to it first, and the others find it compiled. What is no folder is left as it is.
    """

    def files() -> Iterator[str]:
        for place in places:
            folder = root / place
            yield from map(str, sorted(folder.rglob("test_*.py"))) if folder.is_dir() else (place,)

    found = list(files())
    start = len(found) * worker // workers
    while start and start < len(found) and below(found[start], root) == below(found[start - 1], root):
        start += 1  # what a folder's conftest gives is not there for files that come once more after other folders
    return found[start:] + found[:start]


def below(file: str, root: Path) -> tuple[str, ...]:
    """The outermost folders in which a file lies, two of them: `tests/registry` for everything below it."""
    path = Path(file)
    return (path.relative_to(root) if path.is_relative_to(root) else path).parts[:2]
