"""Daily check: the ledger of every village is compared with its persons."""

from datetime import timedelta

from services.registry.wiring import use_cases
from shared.messaging.context import UseCaseContext
from shared.schedules import Schedule


async def compare_books(context: UseCaseContext) -> None:
    """What differs is opened as a discrepancy, what agrees again is ended."""
    await use_cases(context).discrepancies.compare()


COMPARE_BOOKS = Schedule("books", timedelta(days=1), compare_books)
