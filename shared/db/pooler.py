"""A pooler between us and PostgreSQL (PgBouncer and its like): what it must leave alone, asked at the start.

We prepare statements, hold advisory locks and LISTEN for as long as a connection lives, and set time-outs with its
first packet. A pooler that hands a connection to somebody else after each transaction, or drops those settings, breaks
this in ways that show only under load.
"""

from collections.abc import Awaitable, Callable, Mapping

import asyncpg

from shared.db.diagnosis import URL
from shared.diagnostics import Diagnosis

CHECKED = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")

Connect = Callable[[], Awaitable[asyncpg.Connection]]


async def diagnose_pooler(connect: Connect, wanted: Mapping[str, str]) -> Diagnosis | None:
    """What is wrong with the pooler that stands there; None if there is none, or one that keeps sessions apart.

    The process that answers says who it is twice: as the connection begins, and when it is asked. Without a pooler both
    are the same. Two of our connections that are open at once and served by one process are pooled by transaction.
    `wanted`: settings that were sent with the first packet. Raises what connecting raises.
    """
    first = await connect()
    try:
        served_by = await first.fetchval("SELECT pg_backend_pid()")
        if served_by == first.get_server_pid():
            return None
        second = await connect()
        try:
            shared = await second.fetchval("SELECT pg_backend_pid()") == served_by
        finally:
            second.terminate()
        if shared:
            return Diagnosis(
                URL,
                "a pooler in transaction mode (PgBouncer) stands there: it is not supported, because locks, LISTEN and"
                " prepared statements need a session; name PostgreSQL itself, or set pool_mode = session",
            )
        rows = await first.fetch("SELECT name, setting FROM pg_settings WHERE name = ANY($1::text[])", CHECKED)
        found: dict[str, str] = {row["name"]: row["setting"] for row in rows}
    finally:
        first.terminate()
    dropped = [name for name in CHECKED if name in wanted and found.get(name) != wanted[name]]
    if not dropped:
        return None
    return Diagnosis(
        URL,
        f"a pooler (PgBouncer) stands there and drops {', '.join(dropped)}: name PostgreSQL itself, or set them for the"
        " role, as in ALTER ROLE … SET",
    )
