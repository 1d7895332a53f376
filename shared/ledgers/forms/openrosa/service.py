"""Use cases of OpenRosa: which forms a device may fetch."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import Clock, today
from shared.errors import NotFound
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.forms.devices.service import WRITES
from shared.ledgers.forms.drawing.form import Form, draw
from shared.ledgers.forms.drawing.questions import DEPARTMENTS
from shared.ledgers.forms.openrosa.messages import ListedArea
from shared.messaging.context import UseCaseContext


class FormLedgers(Protocol):
    """Published ledgers, as forms ask for them."""

    async def open_for_records(self, code: str) -> Ledger:
        """The version in force today. Raises `NotFound`, and a refusal of its own for a retired ledger."""
        ...

    async def in_force(self) -> Sequence[Ledger]:
        """Every ledger that records may be opened in today."""
        ...


class RecordTaker(Protocol):
    """Opens records."""

    async def take(
        self, principal: Principal, code: str, *, area: str, subject: str | None, values: Mapping[str, Any]
    ) -> UUID:
        """The id of the new record. Raises what opening one raises."""
        ...


AreaNames = Callable[[AsyncSession, Scope, date], Awaitable[Sequence[ListedArea]]]
"""The areas of a day that lie in a scope, with their names."""


@dataclass(frozen=True)
class FormParts:
    """What a service gives its forms: ledgers, records, and the names of areas."""

    ledgers: Callable[[AsyncSession, Clock], FormLedgers]
    records: Callable[[UseCaseContext, Collection[str]], RecordTaker]
    areas: AreaNames
    code_lists: Mapping[str, Mapping[str, str]]


class Drawings:
    """Forms drawn in this process, by the ledger's object: a version never changes.

    A form is drawn in a thread, one at a time: other requests are answered meanwhile, also while pyxform is loaded.
    """

    def __init__(self, kept: int = 300) -> None:
        self._kept = kept
        self._forms: dict[tuple[bool, int, tuple[tuple[str, str], ...]], tuple[Ledger, Form]] = {}
        self._drawing = threading.Lock()

    async def of(self, ledger: Ledger, lists: Mapping[str, Mapping[str, str]], *, files: bool) -> Form:
        """The form of a ledger."""
        known = self._forms.get(_key(ledger, lists, files))
        return await asyncio.to_thread(self._drawn, ledger, lists, files) if known is None else known[1]

    def _drawn(self, ledger: Ledger, lists: Mapping[str, Mapping[str, str]], files: bool) -> Form:
        key = _key(ledger, lists, files)
        with self._drawing:
            known = self._forms.get(key)
            if known is None:
                while len(self._forms) >= self._kept:
                    del self._forms[next(iter(self._forms))]
                known = self._forms[key] = (ledger, draw(ledger.definition, ledger.version, lists, files=files))
        return known[1]


def _key(
    ledger: Ledger, lists: Mapping[str, Mapping[str, str]], files: bool
) -> tuple[bool, int, tuple[tuple[str, str], ...]]:
    return files, id(ledger), tuple(lists[DEPARTMENTS].items())


DRAWN = Drawings()


class Forms:
    """Use cases of fetching forms. `departments`: of the county, by code; `files`: whether this deployment keeps any,
    so that forms may ask for them.
    """

    def __init__(
        self, session: AsyncSession, clock: Clock, parts: FormParts, *, departments: Mapping[str, str], files: bool
    ) -> None:
        self._session = session
        self._clock = clock
        self._ledgers = parts.ledgers(session, clock)
        self._parts = parts
        self._lists = {**parts.code_lists, DEPARTMENTS: departments}
        self._files = files

    async def listed(self, principal: Principal) -> list[Form]:
        """The forms of the ledgers that are captured in the field and of which the worker may open records."""
        captured = [ledger for ledger in await self._ledgers.in_force() if is_captured(ledger)]
        offered = {asked: await self._offered(principal, asked) for asked in {write_of(one) for one in captured}}
        return [await self._drawn(ledger) for ledger in captured if offered[write_of(ledger)]]

    async def form(self, principal: Principal, code: str) -> Form:
        """One of them. Raises `NotFound`."""
        ledger, _ = await self._captured(principal, code)
        return await self._drawn(ledger)

    async def areas(self, principal: Principal, code: str) -> Sequence[ListedArea]:
        """The areas in which the worker may open records of the ledger. Raises `NotFound`."""
        _, areas = await self._captured(principal, code)
        return areas

    async def _drawn(self, ledger: Ledger) -> Form:
        return await DRAWN.of(ledger, self._lists, files=self._files)

    async def _captured(self, principal: Principal, code: str) -> tuple[Ledger, Sequence[ListedArea]]:
        ledger = await self._ledgers.open_for_records(code)
        areas = await self._offered(principal, write_of(ledger)) if is_captured(ledger) else ()
        if not areas:
            raise NotFound(code)
        return ledger, areas

    async def _offered(self, principal: Principal, permission: str) -> Sequence[ListedArea]:
        places = principal.department_scope(WRITES, permission).places()
        return await self._parts.areas(self._session, places, today(self._clock))


def is_captured(ledger: Ledger) -> bool:
    """Whether records of the ledger are filled in on phones."""
    return ledger.definition.access.captured_in_field


def write_of(ledger: Ledger) -> str:
    """The permission with which records of the ledger are opened."""
    return ledger.definition.access.write
