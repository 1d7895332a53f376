"""Checks of the disks that this process writes to. Those of database and broker are seen by their own monitoring."""

import errno
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from shared.doctor.findings import Check, Finding, fault, fine, warning
from shared.settings import ServiceSettings

LITTLE = 0.10
FULL = 0.03
"""Shares of a disk that are free."""

Usage = Callable[[Path], tuple[int, int, int]]
"""Total, used and free bytes of the disk that holds a path."""


def check_disk(settings: ServiceSettings, usage: Usage = shutil.disk_usage) -> Iterator[Finding]:
    """A finding for each folder: for temporary files, and for files that people hand in unless those go to a store."""
    yield _folder(Path(tempfile.gettempdir()), ("临时文件夹", "the folder of temporary files"), usage)
    if settings.files is not None and not settings.files.startswith("s3://"):
        place = Path(settings.files)
        place.mkdir(parents=True, exist_ok=True)
        yield _folder(place, ("XIANGLI_FILES 所在的文件夹", "the folder of XIANGLI_FILES"), usage)


def _folder(folder: Path, named: tuple[str, str], usage: Usage) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
            file.flush()
        total, _, free = usage(folder)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            total, free = 1, 0
        else:
            return fault(
                Check.DISK,
                f"{named[0]}不可写。请检查挂载和权限。",
                f"{named[1]} cannot be written; check its mount and permissions.",
            )
    share = free / max(total, 1)
    if share > LITTLE:
        return fine(Check.DISK, f"{named[0]}剩余 {share:.0%}。", f"{share:.0%} of {named[1]} is free.")
    level = fault if share <= FULL else warning
    return level(
        Check.DISK,
        f"{named[0]}仅剩 {share:.0%}。请扩容或清理。",
        f"only {share:.0%} of {named[1]} is free; enlarge or clear it.",
    )
