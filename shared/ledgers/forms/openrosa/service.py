"""Use cases of OpenRosa: which forms a device may fetch, and what becomes of what it sends."""

import asyncio
import hashlib
import threading
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.principal import Principal
from shared.auth.scope import Scope
from shared.clock import Clock, today
from shared.errors import FieldError, Invalid, NotFound
from shared.files.repository import FileRepository, Received
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.forms.devices.service import WRITES, Carried
from shared.ledgers.forms.drawing.form import Form, draw
from shared.ledgers.forms.instances.instance import Filled, Head, filled_in, head_of
from shared.ledgers.forms.instances.reading import read_instance
from shared.ledgers.forms.instances.refusals import NotFilledIn
from shared.ledgers.forms.openrosa.domain import FileMissing, FilesNotTaken, FormOutdated, InstanceTaken
from shared.ledgers.forms.openrosa.messages import ListedArea
from shared.ledgers.forms.openrosa.repository import SubmissionRepository
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
    records: Callable[[UseCaseContext], RecordTaker]
    areas: AreaNames
    code_lists: Mapping[str, Mapping[str, str]]


class Drawings:
    """Forms drawn in this process, by the ledger's object: a version never changes.

    A form is drawn in a thread, one at a time: other requests are answered meanwhile, also while pyxform is loaded.
    """

    def __init__(self, kept: int = 300) -> None:
        self._kept = kept
        self._forms: dict[tuple[bool, int], tuple[Ledger, Form]] = {}
        self._drawing = threading.Lock()

    async def of(self, ledger: Ledger, lists: Mapping[str, Mapping[str, str]], *, files: bool) -> Form:
        """The form of a ledger."""
        known = self._forms.get((files, id(ledger)))
        return await asyncio.to_thread(self._drawn, ledger, lists, files) if known is None else known[1]

    def _drawn(self, ledger: Ledger, lists: Mapping[str, Mapping[str, str]], files: bool) -> Form:
        key = (files, id(ledger))
        with self._drawing:
            known = self._forms.get(key)
            if known is None:
                while len(self._forms) >= self._kept:
                    del self._forms[next(iter(self._forms))]
                known = self._forms[key] = (ledger, draw(ledger.definition, ledger.version, lists, files=files))
        return known[1]


DRAWN = Drawings()


class Forms:
    """Use cases of fetching forms. `files`: whether this deployment keeps any, so that forms may ask for them."""

    def __init__(self, session: AsyncSession, clock: Clock, parts: FormParts, *, files: bool) -> None:
        self._session = session
        self._clock = clock
        self._ledgers = parts.ledgers(session, clock)
        self._parts = parts
        self._files = files

    async def listed(self, principal: Principal) -> list[Form]:
        """The forms of the ledgers that are captured in the field and of which the worker may open records."""
        captured = [ledger for ledger in await self._ledgers.in_force() if _is_captured(ledger)]
        offered = {asked: await self._offered(principal, asked) for asked in {_write_of(one) for one in captured}}
        return [await self._drawn(ledger) for ledger in captured if offered[_write_of(ledger)]]

    async def form(self, principal: Principal, code: str) -> Form:
        """One of them. Raises `NotFound`."""
        ledger, _ = await self._captured(principal, code)
        return await self._drawn(ledger)

    async def areas(self, principal: Principal, code: str) -> Sequence[ListedArea]:
        """The areas in which the worker may open records of the ledger. Raises `NotFound`."""
        _, areas = await self._captured(principal, code)
        return areas

    async def _drawn(self, ledger: Ledger) -> Form:
        return await DRAWN.of(ledger, self._parts.code_lists, files=self._files)

    async def _captured(self, principal: Principal, code: str) -> tuple[Ledger, Sequence[ListedArea]]:
        ledger = await self._ledgers.open_for_records(code)
        areas = await self._offered(principal, _write_of(ledger)) if _is_captured(ledger) else ()
        if not areas:
            raise NotFound(code)
        return ledger, areas

    async def _offered(self, principal: Principal, permission: str) -> Sequence[ListedArea]:
        places = principal.department_scope(WRITES, permission).places()
        return await self._parts.areas(self._session, places, today(self._clock))


def _is_captured(ledger: Ledger) -> bool:
    return ledger.definition.access.captured_in_field


def _write_of(ledger: Ledger) -> str:
    return ledger.definition.access.write


@dataclass(frozen=True, slots=True)
class Arrived:
    """The record that an instance became. `again`: it had arrived before."""

    record_id: UUID
    again: bool


class Submissions:
    """Use case of sending."""

    def __init__(self, context: UseCaseContext, parts: FormParts) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._submissions = SubmissionRepository(context.session)
        self._ledgers = parts.ledgers(context.session, context.clock)
        self._records = parts.records(context)
        self._files = FileRepository(context.session, context.crypto, context.clock)

    async def submit(self, carried: Carried, instance: bytes, files: Mapping[str, Received] | None) -> Arrived:
        """A record out of an instance, in the name of the device's worker and by the worker's grants.

        `files`: those that came with it, by name, received in the worker's name; None if this deployment keeps none.
        The same instance again is the same record. Raises `NotAnInstance`, `NotFilledIn`, `InstanceTaken`,
        `FormOutdated`, `FilesNotTaken`, `FileMissing`, and what opening a record raises.
        """
        root = read_instance(instance)
        head = head_of(root)
        known = await self._submissions.held(head.instance_id)
        digests = [one.digest for one in self._crypto.blind("instance", hashlib.sha256(instance).hexdigest())]
        if known is not None:
            if known.subject != carried.principal.subject or known.digest not in digests:
                raise InstanceTaken(head.instance_id)
            return Arrived(known.record_id, again=True)
        ledger = await self._ledgers.open_for_records(head.code)
        if not _is_captured(ledger):
            raise NotFound(head.code)
        try:
            record_id = await self._take(carried.principal, ledger, filled_in(root, ledger.definition), files)
        except (Invalid, NotFilledIn) as error:
            if head.ledger_version != ledger.version:
                raise FormOutdated(head.code, errors=error.errors) from error
            raise
        self._submissions.add(self._row(carried, head, record_id, digests[0]))
        return Arrived(record_id, again=False)

    async def _take(
        self, principal: Principal, ledger: Ledger, filled: Filled, files: Mapping[str, Received] | None
    ) -> UUID:
        if filled.area is None:
            raise NotFilledIn(errors=[FieldError("area", "missing", "必填")])
        values = await self._with_files(filled, files)
        return await self._records.take(principal, ledger.code, area=filled.area, subject=filled.subject, values=values)

    async def _with_files(self, filled: Filled, files: Mapping[str, Received] | None) -> Mapping[str, Any]:
        """The values with the ids of their files, which are kept now. A file that no value names is swept away."""
        values = dict(filled.values)
        for field, column, place, attached in filled.files():
            if files is None:
                raise FilesNotTaken
            received = files.get(attached.name)
            if received is None:
                raise FileMissing(errors=[FieldError(f"values.{field}", "file_missing", "文件没有随表单提交")])
            await self._files.keep(received, name=attached.name)
            if column is None or place is None:
                values[field] = str(received.id)
            else:
                rows = [dict(row) for row in values[field]]
                rows[place][column] = str(received.id)
                values[field] = rows
        return values

    def _row(self, carried: Carried, head: Head, record_id: UUID, digest: bytes) -> dict[str, Any]:
        return {
            "instance_id": head.instance_id,
            "device_id": carried.device_id,
            "subject": carried.principal.subject,
            "ledger": head.code,
            "form_version": head.ledger_version,
            "record_id": record_id,
            "digest": digest,
            "received_at": self._clock.now(),
        }
