"""Doors of records that are not HTTP: schedules of warnings and of the index, the calendar, announcing again."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import SystemClock
from shared.contracts.envelope import Fact
from shared.contracts.registry.calendar import CalendarState
from shared.contracts.registry.households import HouseholdState
from shared.contracts.registry.persons import PersonState
from shared.ledgers.grammar.words import Subject
from shared.ledgers.records.repository.records import RecordRepository
from shared.ledgers.records.service.writing import fact_of
from shared.ledgers.records.surroundings import place_of_person
from shared.ledgers.records.wiring import LedgerParts, record_use_cases
from shared.messaging.context import UseCaseContext
from shared.messaging.projection.routes import Change, ConsumerContext, Hook
from shared.rotation.indexes import BlindIndex
from shared.schedules import Schedule
from shared.service import Restate


def warnings(parts: LedgerParts) -> Schedule:
    """Every minute: warnings of limits that are due."""

    async def run(context: UseCaseContext) -> bool:
        return await record_use_cases(context, parts).deadlines.warn()

    return Schedule("ledger_warnings", timedelta(minutes=1), run)


def index_filling(parts: LedgerParts) -> Schedule:
    """Every minute: the index of fields that became search fields is filled, a step at a time."""

    async def run(context: UseCaseContext) -> bool:
        return await record_use_cases(context, parts).filling.next()

    return Schedule("ledger_index_filling", timedelta(minutes=1), run)


def record_indexes(parts: LedgerParts) -> BlindIndex:
    """What records are found by and what may stand once, for another index key."""

    async def remake(context: UseCaseContext, after: str | None, limit: int) -> str | None:
        return await record_use_cases(context, parts).indexes.remake(after, limit)

    return BlindIndex("ledger_records", {"ledger_index", "ledger_keys"}, remake)


def calendar_set(parts: LedgerParts) -> Hook:
    """Years of the calendar were set: the limits that rest on them are computed again."""

    async def hook(context: ConsumerContext, changes: Sequence[Change[CalendarState]]) -> None:
        if not context.rebuilding:
            await record_use_cases(context, parts).deadlines.reschedule([change.new.year for change in changes])

    return hook


def persons_moved(parts: LedgerParts) -> Hook:
    """People moved, left or came back: the records that follow them do."""

    async def hook(context: ConsumerContext, changes: Sequence[Change[PersonState]]) -> None:
        moved = [one.id for one in changes if one.old and place_of_person(one.old) != place_of_person(one.new)]
        if not context.rebuilding:
            await record_use_cases(context, parts).following.follow(Subject.PERSON, moved)

    return hook


def households_moved(parts: LedgerParts) -> Hook:
    """Households came to lie elsewhere: the records that follow them do."""

    async def hook(context: ConsumerContext, changes: Sequence[Change[HouseholdState]]) -> None:
        moved = [one.id for one in changes if one.old and one.old.area != one.new.area]
        if not context.rebuilding:
            await record_use_cases(context, parts).following.follow(Subject.HOUSEHOLD, moved)

    return hook


def restate_records(parts: LedgerParts, *, restricted: bool) -> Restate:
    """The next records' states of one topic, rows locked."""

    async def restate(session: AsyncSession, after: str | None, limit: int) -> Sequence[Fact[Any]]:
        ledgers = parts.ledgers(session, SystemClock())  # of a version no day is asked
        rows = await RecordRepository(session).locked_after(
            None if after is None else UUID(after), limit, restricted=restricted
        )
        return [fact_of(await ledgers.version(row.ledger, row.ledger_version), row, "restated") for row in rows]

    return restate
