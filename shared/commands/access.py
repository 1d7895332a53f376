"""Verb `access-log verify`."""

import argparse
import asyncio
from datetime import timedelta
from pathlib import Path

from shared.auth.access_verify import Verified, read_heads
from shared.auth.access_verify import verify as verify_log
from shared.auth.tables import KEEP_DAYS
from shared.clock import SystemClock
from shared.commands.database import database_of
from shared.commands.package import Package
from shared.settings import ServiceSettings


def verify(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Print the findings; exit code 1 if there are any."""
    heads = Path(arguments.heads).read_text().splitlines() if arguments.heads else []
    verified = asyncio.run(_verify(package, settings, heads))
    for finding in verified.findings:
        print(f"{finding.damage.value}: writer {finding.writer} batch {finding.number}")
    sound = "sound" if verified.sound else "NOT sound"
    print(f"{package.service}: {verified.rows} rows in {verified.batches} batches, {sound}")
    return 0 if verified.sound else 1


async def _verify(package: Package, settings: ServiceSettings, heads: list[str]) -> Verified:
    kept_from = SystemClock().now() - timedelta(days=KEEP_DAYS)
    async with database_of(package, settings) as database:
        connection = await database.connect_raw(purpose="verify", statement_timeout_ms=0)
        try:
            return await verify_log(connection, announced=read_heads(heads), kept_from=kept_from)
        finally:
            await connection.close()
