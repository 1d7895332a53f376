"""`dead-letters list|show|replay|drop`: dead letters of a service."""

import argparse
import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from shared.auth.access_log import AccessLog, AccessNotes, Detail, Purpose, SystemActor
from shared.clock import SystemClock
from shared.commands.database import database_of
from shared.commands.package import Package, Refused
from shared.crypto.service import CannotOpen, Crypto
from shared.db.engine import raw_dsn
from shared.ids import new_id
from shared.messaging.dead_letters.store import OPEN, DeadLetter, DeadLetterStatus, Replayed, StoredRecord, opened
from shared.messaging.inbound.factory import inbound_processor
from shared.messaging.inbound.replay import InboundReplayer
from shared.messaging.projection.processor import StateProcessor
from shared.messaging.projection.projector import Projector
from shared.messaging.projection.replay import DeadLetterReplayer
from shared.observability import logging
from shared.settings import ServiceSettings


def show_all(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Print the dead letters, one line each."""
    statuses = tuple(DeadLetterStatus) if arguments.all else OPEN
    letters = asyncio.run(_list(package, settings, statuses, arguments.limit))
    for letter in letters:
        where = f"{letter.topic}/{letter.partition}/{letter.record_offset}"
        print(f"{letter.id} {letter.created_at:%Y-%m-%dT%H:%M:%SZ} {letter.status} {letter.code} {where}")
    print(f"{package.service}: {len(letters)} records")
    return 0


def show_one(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Print one dead letter with its bytes. A sealed one may hold personal data: that it was opened is in the access
    log before anything is printed."""
    _log_to_stderr(package, settings)
    letter, record = asyncio.run(_show(package, settings, _id(arguments)))
    for name in ("id", "status", "code", "attempts", "topic", "partition", "record_offset", "noun", "aggregate"):
        print(f"{name}: {getattr(letter, name)}")
    print(f"sealed: {'yes' if letter.sealed else 'no'}")
    print(f"key: {_text(record.key)}")
    for header, value in record.headers:
        print(f"header {header}: {_text(value)}")
    print(f"value: {_text(record.value)}")
    return 0


def replay(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Replay one; exit code 1 if it was refused again."""
    _log_to_stderr(package, settings)
    return _print_result(package, asyncio.run(_replay(package, settings, _id(arguments))))


def drop(package: Package, settings: ServiceSettings, arguments: argparse.Namespace) -> int:
    """Drop one; exit code 1 if something that was parked behind it was refused."""
    _log_to_stderr(package, settings)
    return _print_result(package, asyncio.run(_drop(package, settings, _id(arguments))))


def _log_to_stderr(package: Package, settings: ServiceSettings) -> None:
    """Log to stderr: stdout is for people and pipes."""
    logging.configure(service=package.service, process="dead-letters", level=settings.log_level, stream=sys.stderr)


def _print_result(package: Package, outcome: Replayed) -> int:
    print(f"{package.service}: {outcome.processed} records taken", end="")
    if outcome.stopped_at is None:
        print()
        return 0
    print(f", stopped at {outcome.stopped_at}: {outcome.code}")
    return 1


async def _list(
    package: Package, settings: ServiceSettings, statuses: tuple[DeadLetterStatus, ...], limit: int
) -> list[DeadLetter]:
    async with _replayer(package, settings) as replayer:
        return list(await replayer.dead_letters(statuses=statuses, limit=limit))


async def _show(package: Package, settings: ServiceSettings, letter_id: UUID) -> tuple[DeadLetter, StoredRecord]:
    async with _replayer(package, settings) as replayer:
        letter = await replayer.dead_letter(letter_id)
        try:
            record = opened(letter, Crypto.from_settings(settings))
        except CannotOpen:
            raise Refused("the record was sealed under a key that XIANGLI_FIELD_KEYS does not hold") from None
        if letter.sealed:
            await _note_opened(package, settings, letter)
        return letter, record


async def _note_opened(package: Package, settings: ServiceSettings, letter: DeadLetter) -> None:
    notes = AccessNotes(SystemClock())
    notes.note(
        SystemActor("system:command-line"),
        action="open_dead_letter",
        noun=letter.noun or "",
        object_id=letter.id,
        area=None,
        purpose=Purpose.VERIFICATION,
        detail=Detail.FULL,
    )
    async with _access_log(package, settings) as access_log:
        await access_log.write(notes.drain())


@asynccontextmanager
async def _access_log(package: Package, settings: ServiceSettings) -> AsyncIterator[AccessLog]:
    writer = f"{package.service}-cli-{new_id().hex}"
    access_log = AccessLog(raw_dsn(settings.database_url.get_secret_value()), writer=writer, clock=SystemClock())
    await access_log.start()
    try:
        yield access_log
    finally:
        await access_log.stop()


async def _replay(package: Package, settings: ServiceSettings, letter_id: UUID) -> Replayed:
    async with _replayer(package, settings) as replayer:
        letter = await replayer.dead_letter(letter_id)
        if letter.sealed:
            async with _access_log(package, settings) as access_log:
                return await _inbound(package, settings, replayer, access_log).replay(letter)
        return await replayer.replay(letter_id)


async def _drop(package: Package, settings: ServiceSettings, letter_id: UUID) -> Replayed:
    async with _replayer(package, settings) as replayer:
        letter = await replayer.dead_letter(letter_id)
        if letter.sealed:
            return await InboundReplayer.drop(replayer.database, SystemClock(), letter)
        return await replayer.drop(letter_id)


def _inbound(
    package: Package, settings: ServiceSettings, replayer: DeadLetterReplayer, access_log: AccessLog
) -> InboundReplayer:
    door = package.inbound(settings)
    if door is None:
        raise Refused("the door for county systems is shut: XIANGLI_INBOUND_PRIVATE_KEYS is not set")
    crypto, clock = Crypto.from_settings(settings), SystemClock()
    return InboundReplayer(
        inbound_processor(
            package.service,
            settings,
            door,
            database=replayer.database,
            crypto=crypto,
            clock=clock,
            access_log=access_log,
        )
    )


@asynccontextmanager
async def _replayer(package: Package, settings: ServiceSettings) -> AsyncIterator[DeadLetterReplayer]:
    async with database_of(package, settings) as database:
        projector = Projector(
            database,
            package.routes,
            owner=package.spec.name,
            clock=SystemClock(),
            crypto=Crypto.from_settings(settings),
            reader=settings.group(package.service),
        )
        yield DeadLetterReplayer(StateProcessor(projector, prefix=settings.topic_prefix))


def _id(arguments: argparse.Namespace) -> UUID:
    try:
        return UUID(arguments.id)
    except ValueError as error:
        raise Refused(f"{arguments.id} is not an id") from error


def _text(value: bytes | None) -> str:
    return "-" if value is None else value.decode("utf-8", "backslashreplace")
