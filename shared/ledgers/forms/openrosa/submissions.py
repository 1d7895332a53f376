"""Use case of sending: what becomes of what a device sends."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.auth.principal import Principal
from shared.errors import FieldError, Invalid, NotFound
from shared.files.repository import FileRepository, Received
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.forms.devices.service import WRITES, Carried
from shared.ledgers.forms.instances.instance import Filled, Head, filled_in, head_of
from shared.ledgers.forms.instances.reading import read_instance
from shared.ledgers.forms.instances.refusals import NotFilledIn
from shared.ledgers.forms.openrosa.domain import FileMissing, FilesNotTaken, FormOutdated, InstanceTaken
from shared.ledgers.forms.openrosa.repository import SubmissionRepository
from shared.ledgers.forms.openrosa.service import FormParts, is_captured, write_of
from shared.messaging.context import UseCaseContext


@dataclass(frozen=True, slots=True)
class Arrived:
    """The record that an instance became. `again`: it had arrived before."""

    record_id: UUID
    again: bool


class Submissions:
    """Use case of sending. `departments`: codes of the county's."""

    def __init__(self, context: UseCaseContext, parts: FormParts, departments: Collection[str]) -> None:
        self._clock = context.clock
        self._crypto = context.crypto
        self._submissions = SubmissionRepository(context.session)
        self._ledgers = parts.ledgers(context.session, context.clock)
        self._records = parts.records(context, departments)
        self._files = FileRepository(context.session, context.crypto, context.clock)

    async def submit(self, carried: Carried, instance: bytes, files: Mapping[str, Received] | None) -> Arrived:
        """A record out of an instance, in the name of the device's worker and by the worker's grants.

        `files`: those that came with it, by name, received in the worker's name; None if this deployment keeps none.
        The same instance again is the same record. Raises `NotAnInstance`, `NotFilledIn`, `InstanceTaken`,
        `FormOutdated`, `FilesNotTaken`, `FileMissing`, and what opening a record raises.
        """
        root, by = read_instance(instance), carried.principal
        head, digests = head_of(root), self._digests(instance)
        known = await self._known(by, head, digests)
        if known is not None:
            return Arrived(known, again=True)
        ledger = await self._captured(head.code)
        waiting = await self._submissions.waiting(head.instance_id, by.subject, digests)
        with _by_its_form(head, ledger):
            record_id = await self._take(by, ledger, head, filled_in(root, ledger.definition), files, waiting)
        await self._submissions.wait_no_more(head.instance_id)
        self._submissions.add(self._row(carried, head, record_id, digests[0]))
        return Arrived(record_id, again=False)

    async def part(
        self, carried: Carried, instance: bytes, files: Mapping[str, Received] | None
    ) -> tuple[UUID | None, Collection[UUID]]:
        """A part of a submission of which more comes: its files wait for the rest, as the worker's own uploads.

        Answers the record if the instance is one already, and which of the files waited before: they are kept once.
        Raises what `submit` raises of the instance itself; its files are judged when all are there.
        """
        root, by = read_instance(instance), carried.principal
        head, digests = head_of(root), self._digests(instance)
        known = await self._known(by, head, digests)
        if known is not None:
            return known, [one.id for one in (files or {}).values()]
        ledger = await self._captured(head.code)
        with _by_its_form(head, ledger):
            area = _area_of(filled_in(root, ledger.definition))
        by.department_scope(WRITES, write_of(ledger)).require_area(area)
        if files is None:
            raise FilesNotTaken
        waiting = await self._submissions.waiting(head.instance_id, by.subject, digests)
        again: list[UUID] = []
        for name, received in files.items():
            names = self._names(head, name)
            if waiting.keys() & set(names):
                again.append(received.id)
                continue
            await self._files.keep(received, name=name)
            row = {"instance_id": head.instance_id, "digest": digests[0], "name": names[0]}
            self._submissions.wait({**row, "subject": by.subject, "file_id": received.id})
        return None, again

    async def _known(self, by: Principal, head: Head, digests: Sequence[bytes]) -> UUID | None:
        """The record that the instance became already. Raises `InstanceTaken`."""
        known = await self._submissions.held(head.instance_id)
        if known is None:
            return None
        if known.subject != by.subject or known.digest not in digests:
            raise InstanceTaken(head.instance_id)
        return known.record_id

    async def _captured(self, code: str) -> Ledger:
        ledger = await self._ledgers.open_for_records(code)
        if not is_captured(ledger):
            raise NotFound(code)
        return ledger

    def _digests(self, instance: bytes) -> Sequence[bytes]:
        return [one.digest for one in self._crypto.blind("instance", hashlib.sha256(instance).hexdigest())]

    def _names(self, head: Head, name: str) -> Sequence[bytes]:
        return [one.digest for one in self._crypto.blind(f"instance.{head.instance_id}", name)]

    async def _take(
        self,
        principal: Principal,
        ledger: Ledger,
        head: Head,
        filled: Filled,
        files: Mapping[str, Received] | None,
        waiting: Mapping[bytes, UUID],
    ) -> UUID:
        area = _area_of(filled)
        there = {
            attached.name: file
            for _, _, _, attached in filled.files()
            for digest in self._names(head, attached.name)
            if (file := waiting.get(digest)) is not None
        }
        values = await self._with_files(filled, files, there)
        return await self._records.take(principal, ledger.code, area=area, subject=filled.subject, values=values)

    async def _with_files(
        self, filled: Filled, files: Mapping[str, Received] | None, waiting: Mapping[str, UUID]
    ) -> Mapping[str, Any]:
        """The values with the ids of their files, which are kept now or wait already. What no value names is swept."""
        values = dict(filled.values)
        for field, column, place, attached in filled.files():
            if files is None:
                raise FilesNotTaken
            received, file = files.get(attached.name), waiting.get(attached.name)
            if file is None and received is not None:
                await self._files.keep(received, name=attached.name)
                file = received.id
            if file is None:
                raise FileMissing(errors=[FieldError(f"values.{field}", "file_missing", "文件没有随表单提交")])
            if column is None or place is None:
                values[field] = str(file)
            else:
                rows = [dict(row) for row in values[field]]
                rows[place][column] = str(file)
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


@contextmanager
def _by_its_form(head: Head, ledger: Ledger) -> Iterator[None]:
    """What does not fit because it was filled in by an older form is refused as such."""
    try:
        yield
    except (Invalid, NotFilledIn) as error:
        if head.ledger_version != ledger.version:
            raise FormOutdated(head.code, errors=error.errors) from error
        raise


def _area_of(filled: Filled) -> str:
    """The area that was chosen. Raises `NotFilledIn`."""
    if filled.area is None:
        raise NotFilledIn(errors=[FieldError("area", "missing", "必填")])
    return filled.area
