"""Checks of the database: does it answer, is it new enough and migrated, has the role its rights, is the clock ours."""

from collections.abc import Sequence
from datetime import UTC

import asyncpg

from shared.clock import Clock
from shared.db import versions
from shared.db.diagnosis import URL, diagnose_database
from shared.db.engine import CONNECT_TIMEOUT, GONE, raw_dsn, server_settings
from shared.db.pooler import diagnose_pooler
from shared.diagnostics import Diagnosis
from shared.doctor.findings import Check, Finding, fault, fine
from shared.doctor.sentences import DATABASE, told
from shared.migration.kit_schema import KIT
from shared.migration.migrate import rights_of
from shared.service import ServiceSpec
from shared.settings import ServiceSettings

OLDEST = 16
"""The first release of PostgreSQL that is tested."""
CLOCKS_MAY_DIFFER = 5.0
"""Seconds. Tokens may be off by 60; deadlines and the order of events should not be."""

_LACKS = """
    SELECT count(*) OVER () AS lacking, name, right_ FROM unnest($1::text[], $2::text[]) AS wanted (name, right_)
    WHERE to_regclass(format('public.%I', name)) IS NOT NULL
      AND NOT has_table_privilege(format('public.%I', name), right_)
    ORDER BY name LIMIT 1
"""
_OVER = "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"


async def check_database(spec: ServiceSpec, settings: ServiceSettings, clock: Clock) -> Sequence[Finding]:
    """Findings about the database, as the service's own role sees it; one alone if it cannot be reached."""
    limits = server_settings(f"{spec.name}-doctor", 10_000, 3_000)
    try:
        connection = await asyncpg.connect(
            raw_dsn(settings.database_url.get_secret_value()), timeout=CONNECT_TIMEOUT, server_settings=limits
        )
    except GONE as error:
        diagnosis = diagnose_database(error) or Diagnosis(URL, f"no connection ({type(error).__name__})")
        return [told(Check.DATABASE, diagnosis, DATABASE)]
    try:
        pooler = await diagnose_pooler(lambda: _again(settings, limits), limits)
        if pooler is not None:
            return [told(Check.DATABASE, pooler, DATABASE)]
        return [
            fine(Check.DATABASE, "数据库可以连接。", "the database can be reached."),
            _version(connection),
            await _schema(connection, spec),
            await _rights(connection, spec),
            await _clock(connection, clock),
        ]
    finally:
        await connection.close()


async def _again(settings: ServiceSettings, limits: dict[str, str]) -> asyncpg.Connection:
    dsn = raw_dsn(settings.database_url.get_secret_value())
    connection: asyncpg.Connection = await asyncpg.connect(
        dsn, timeout=CONNECT_TIMEOUT, server_settings=limits, statement_cache_size=0
    )
    return connection


def _version(connection: asyncpg.Connection) -> Finding:
    found = connection.get_server_version().major
    if found >= OLDEST:
        return fine(Check.VERSION, f"PostgreSQL {found}。", f"PostgreSQL {found}.")
    return fault(
        Check.VERSION,
        f"PostgreSQL {found} 过旧，需要 {OLDEST} 或更新。请升级数据库后再运行 migrate。",
        f"PostgreSQL {found} is too old, {OLDEST} or newer is needed; upgrade the server, then run `migrate`.",
    )


async def _schema(connection: asyncpg.Connection, spec: ServiceSpec) -> Finding:
    try:
        present = await versions.current(connection)
    except asyncpg.InsufficientPrivilegeError:
        present = frozenset()
    wanted = versions.heads(spec.migrations)
    if present == wanted:
        step = ", ".join(sorted(present))
        return fine(Check.SCHEMA, f"库结构为最新（{step}）。", f"the schema is current ({step}).")
    if not present:
        said = "库结构尚未建立，或本服务的角色看不到", "the schema was never made, or this role may not see it"
    else:
        steps = ", ".join(sorted(present)), ", ".join(sorted(wanted))
        said = (
            f"库结构为 {steps[0]}，本程序需要 {steps[1]}",
            f"the schema is at {steps[0]}, this program wants {steps[1]}",
        )
    return fault(Check.SCHEMA, f"{said[0]}。请运行 migrate。", f"{said[1]}; run `migrate`.")


async def _rights(connection: asyncpg.Connection, spec: ServiceSpec) -> Finding:
    if await connection.fetchval(_OVER):
        return fault(
            Check.RIGHTS,
            f"{URL}：该用户是数据库超级用户，权限过大。请改用本服务自己的角色。",
            f"{URL}: its user is a superuser; use the role of this service.",
        )
    wanted = [
        (table.name, right)
        for target in (KIT, spec.metadata)
        for table in target.sorted_tables
        for right in rights_of(table)
    ]
    lacks = await connection.fetchrow(_LACKS, [name for name, _ in wanted], [right for _, right in wanted])
    if lacks is None:
        return fine(Check.RIGHTS, "对各表的权限齐全。", "it has its rights on every table.")
    first = f"{lacks['right_']} {lacks['name']}"
    return fault(
        Check.RIGHTS,
        f"{URL}：该用户缺少 {lacks['lacking']} 项表权限，例如 {first}。请运行 migrate，它会重新授权。",
        f"{URL}: its user lacks {lacks['lacking']} rights on tables, such as {first}; run `migrate`: it grants them.",
    )


async def _clock(connection: asyncpg.Connection, clock: Clock) -> Finding:
    before = clock.now()
    theirs = (await connection.fetchval("SELECT clock_timestamp()")).astimezone(UTC)
    ours = before + (clock.now() - before) / 2
    return clocks(theirs.timestamp() - ours.timestamp(), CLOCKS_MAY_DIFFER, "数据库", "the database")


def clocks(off: float, limit: float, chinese: str, english: str) -> Finding:
    """Finding about another clock that is `off` seconds ahead of ours."""
    if abs(off) <= limit:
        return fine(Check.CLOCK, f"时钟与{chinese}一致。", f"the clock agrees with that of {english}.")
    return fault(
        Check.CLOCK,
        f"本机时钟与{chinese}相差 {abs(off):.0f} 秒。请在两边启用时间同步（NTP）。",
        f"the clock differs from that of {english} by {abs(off):.0f} s; turn on time synchronisation (NTP) on both.",
    )
