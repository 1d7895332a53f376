"""Scan for warnings: every ten minutes, by one worker at a time, until nothing is left to warn about."""

from datetime import timedelta

from services.services_hall.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule

AT_ONCE = 500
"""Warnings of each rule in one transaction."""


async def scan(context: UseCaseContext) -> bool:
    """Warn about the next cases; True if there may be more."""
    return await use_cases(context).warning_scan.scan(AT_ONCE)


CASE_WARNINGS = Schedule("case_warnings", every=timedelta(minutes=10), run=scan)
