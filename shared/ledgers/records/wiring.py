"""Use cases of records put together, the same way for every door."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock
from shared.http.kit import part_of
from shared.http.transaction import Context
from shared.ledgers.records.service.deadlines import RecordDeadlines
from shared.ledgers.records.service.disclosing import RecordDisclosure
from shared.ledgers.records.service.filling import IndexFilling
from shared.ledgers.records.service.following import RecordFollowing
from shared.ledgers.records.service.handling import RecordHandling
from shared.ledgers.records.service.ledgers import Ledgers
from shared.ledgers.records.service.opening import RecordOpening
from shared.ledgers.records.service.reading_files import RecordFileReads
from shared.ledgers.records.service.reads import RecordReads
from shared.ledgers.records.surroundings import Surroundings
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True)
class LedgerParts:
    """What a service gives its ledgers: where definitions are read, and what it knows of the county."""

    ledgers: Callable[[AsyncSession, Clock], Ledgers]
    surroundings: Surroundings


@dataclass(frozen=True)
class RecordUseCases:
    """Everything that a door may ask of records."""

    opening: RecordOpening
    handling: RecordHandling
    reads: RecordReads
    files: RecordFileReads
    disclosure: RecordDisclosure
    deadlines: RecordDeadlines
    filling: IndexFilling
    following: RecordFollowing


def record_use_cases(context: UseCaseContext, parts: LedgerParts) -> RecordUseCases:
    """In the context's transaction."""
    ledgers, surroundings = parts.ledgers(context.session, context.clock), parts.surroundings
    reads = RecordReads(context, ledgers)
    return RecordUseCases(
        opening=RecordOpening(context, ledgers, surroundings),
        handling=RecordHandling(context, ledgers, surroundings),
        reads=reads,
        files=RecordFileReads(context, reads),
        disclosure=RecordDisclosure(context, ledgers),
        deadlines=RecordDeadlines(context, ledgers, surroundings),
        filling=IndexFilling(context, ledgers),
        following=RecordFollowing(context, ledgers, surroundings),
    )


async def _records(request: Request, context: Context) -> RecordUseCases:
    return record_use_cases(context, part_of(request, LedgerParts))


Records = Annotated[RecordUseCases, Depends(_records)]
"""The use cases of records, for endpoints."""
