"""Published ledgers as other nouns read them: compiled, by code and version, and kept in memory."""

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.ext.asyncio import AsyncSession

from shared.clock import Clock, today
from shared.errors import NotFound
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.definitions.domain import LedgerRetired, LedgerStatus, NotOpenYet
from shared.ledgers.definitions.models import LedgerVersion
from shared.ledgers.definitions.repository import LedgerRepository
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.mapping import Mapping

KEPT = 300
"""Compiled versions that a process keeps."""


@dataclass(frozen=True)
class VersionStep:
    """A version, and by which mapping the records of the one before become its own; None: they do by themselves."""

    ledger: Ledger
    mapping: Mapping | None


class CompiledLedgers:
    """Compiled versions by number and digest of the definition: a version never changes."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._ledgers: OrderedDict[tuple[int, bytes], Ledger] = OrderedDict()

    async def of(self, row: LedgerVersion) -> Ledger:
        """The ledger of a version. Compiling leaves the loop free."""
        key = (row.number, bytes(row.digest))
        found = self._ledgers.get(key)
        if found is None:
            definition = Definition.model_validate(row.definition)
            found = await asyncio.to_thread(compile_ledger, definition, version=row.number)
            self._ledgers[key] = found
            while len(self._ledgers) > self._kept:
                self._ledgers.popitem(last=False)
        else:
            self._ledgers.move_to_end(key)
        return found


COMPILED = CompiledLedgers()
"""Those of this process."""


class PublishedLedgers:
    """Published ledgers of one service, in one transaction."""

    def __init__(self, session: AsyncSession, clock: Clock) -> None:
        self._ledgers = LedgerRepository(session)
        self._clock = clock

    async def published(self, code: str) -> Ledger:
        """The newest published version, whether it is open yet or retired. Raises `NotFound`."""
        row = await self._ledgers.ledger(code)
        if row is None:
            raise NotFound(code)
        return await self.version(code, row.published_version)

    async def version(self, code: str, number: int) -> Ledger:
        """A published version, however old. Raises `NotFound`."""
        row = await self._ledgers.version(code, number)
        if row is None:
            raise NotFound(code)
        return await COMPILED.of(row)

    async def newest(self, code: str) -> Ledger:
        """The version by which records are listed: the one in force, before that the first. Raises `NotFound`."""
        row = await self._ledgers.in_force(code, today(self._clock)) or await self._ledgers.version(code, 1)
        if row is None:
            raise NotFound(code)
        return await COMPILED.of(row)

    async def open_for_records(self, code: str) -> Ledger:
        """The version under which a record is opened today. Raises `NotFound`, `LedgerRetired`, `NotOpenYet`."""
        ledger = await self._ledgers.ledger(code)
        if ledger is None:
            raise NotFound(code)
        if ledger.status == LedgerStatus.RETIRED:
            raise LedgerRetired(code)
        row = await self._ledgers.in_force(code, today(self._clock))
        if row is None:
            raise NotOpenYet(code)
        return await COMPILED.of(row)

    async def in_force(self) -> Sequence[Ledger]:
        """Every ledger in which a record may be opened today, by code."""
        return [await COMPILED.of(row) for row in await self._ledgers.open_for_records(today(self._clock))]

    async def of_record(self, code: str, version: int) -> Ledger:
        """The version by which a record that was taken under `version` is handled today.

        The record's own, or the last of the open ones after it that each only add. Raises `NotFound`.
        """
        found = await self._ledgers.version(code, version)
        if found is None:
            raise NotFound(code)
        for later in await self._ledgers.opened_after(code, version, today(self._clock)):
            if not later.additive:
                break
            found = later
        return await COMPILED.of(found)

    async def steps_after(self, code: str, version: int) -> Sequence[VersionStep]:
        """The versions after one that have opened, in their order, each with what it says of the records before it."""
        rows = await self._ledgers.opened_after(code, version, today(self._clock))
        return [
            VersionStep(await COMPILED.of(row), None if row.additive else Mapping.model_validate(row.mapping or {}))
            for row in rows
        ]


def definition_json(definition: Definition) -> dict[str, Any]:
    """A definition as it is stored and shown."""
    return definition.model_dump(mode="json", by_alias=True)


def digest_of(stored: dict[str, Any]) -> bytes:
    """Digest of a stored definition, whatever the order of its keys."""
    return hashlib.sha256(orjson.dumps(stored, option=orjson.OPT_SORT_KEYS)).digest()
