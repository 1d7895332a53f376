"""Use cases of records put together, the same way for every door."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.http.kit import kit_of, part_of
from shared.http.transaction import Context
from shared.ledgers.records.service.deadlines import RecordDeadlines
from shared.ledgers.records.service.disclosing import RecordDisclosure
from shared.ledgers.records.service.filling import IndexFilling
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.service.handling import RecordHandling
from shared.ledgers.records.service.history import RecordHistory
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.opening import RecordOpening
from shared.ledgers.records.service.reading_files import RecordFileReads
from shared.ledgers.records.service.reads import RecordReads
from shared.ledgers.records.service.rotation import RecordIndexes
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class LedgerParts:
    """What a service gives its ledgers: where definitions are read, and what it knows of the county."""

    ledgers: Callable[[AsyncSession, Clock], Ledgers]
    surroundings: Surroundings

    def in_county(self, departments: Collection[str]) -> "LedgerParts":
        """The same in a county that has these departments."""
        return replace(self, surroundings=replace(self.surroundings, departments=departments))


def ledger_parts(request: Request) -> LedgerParts:
    """What endpoints of ledgers have of their service and its county."""
    return part_of(request, LedgerParts).in_county(kit_of(request).code_lists["departments"].names)


@dataclass(frozen=True)
class RecordUseCases:
    """Everything that a door may ask of records."""

    opening: RecordOpening
    handling: RecordHandling
    reads: RecordReads
    history: RecordHistory
    files: RecordFileReads
    disclosure: RecordDisclosure
    deadlines: RecordDeadlines
    filling: IndexFilling
    following: RecordFollowing
    indexes: RecordIndexes


def record_use_cases(context: UseCaseContext, parts: LedgerParts) -> RecordUseCases:
    """In the context's transaction."""
    ledgers, surroundings = parts.ledgers(context.session, context.clock), parts.surroundings
    reads = RecordReads(context, ledgers)
    return RecordUseCases(
        opening=RecordOpening(context, ledgers, surroundings),
        handling=RecordHandling(context, ledgers, surroundings),
        reads=reads,
        history=RecordHistory(context, ledgers, reads),
        files=RecordFileReads(context, reads),
        disclosure=RecordDisclosure(context, ledgers),
        deadlines=RecordDeadlines(context, ledgers, surroundings),
        filling=IndexFilling(context, ledgers),
        following=RecordFollowing(context, ledgers, surroundings),
        indexes=RecordIndexes(context, ledgers),
    )


async def _records(request: Request, context: Context) -> RecordUseCases:
    return record_use_cases(context, ledger_parts(request))


Records = Annotated[RecordUseCases, Depends(_records)]
"""The use cases of records, for endpoints."""
