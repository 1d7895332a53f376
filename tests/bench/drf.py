"""Django REST Framework at its best: the server that it goes best with.

Granian answers in one process with as many threads as connections of PostgreSQL: of the servers tried (gunicorn with
processes, gunicorn with threads, granian) it gave the most requests a second.
"""

from collections.abc import Sequence

from tests.bench.environment import CONTROLS, programs

THREADS = 4


def command(port: int) -> Sequence[str]:
    """How it is started; it listens on the port, and takes the database's address from CONTROL_DSN."""
    return (
        str(programs("drf") / "granian"), "--interface", "wsgi", "--port", str(port), "--blocking-threads",
        str(THREADS), "--no-ws", "--log-level", "error", "--working-dir", str(CONTROLS / "drf"), "persons:application",
    )  # fmt: skip


def importing() -> Sequence[str]:
    """The command of its import, which takes the path of a table for each line of standard input."""
    return (str(programs("drf") / "python"), str(CONTROLS / "drf" / "importing.py"))
