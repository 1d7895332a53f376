"""PostgreSQL of one measurement: in a folder of its own, and gone with it however the measurement ends."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from deploy.local.stack.postgres import Postgres


@contextlib.contextmanager
def server(*, core: int | None = None) -> Iterator[Postgres]:
    """A durable server; on one core, if it is given. Other files of the measurement may lie beside its folder."""
    with tempfile.TemporaryDirectory(prefix="xiangli-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        postgres = Postgres(folder / "postgres")
        try:
            postgres.start()
            if core is not None:
                pid = postgres.pid()
                assert pid is not None
                os.sched_setaffinity(pid, {core})  # the backends inherit it
            yield postgres
        finally:
            postgres.stop(immediately=True)
