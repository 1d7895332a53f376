"""Receptions by leaders (领导接访): planned, held or cancelled, and told to everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.grid.receptions.domain import (
    ReceptionFilter,
    ReceptionNotYet,
    ReceptionStatus,
    require_planned,
    require_transition,
)
from services.grid.receptions.models import Reception
from services.grid.receptions.repository import ReceptionRepository
from shared.auth.principal import Principal
from shared.clock import today
from shared.db.compare_and_set import Seen, compare_and_set, require_version
from shared.errors import NotFound
from shared.ids import new_id
from shared.messaging.context import UseCaseContext

MANAGE = "reception.manage"


@dataclass(frozen=True)
class NewReception:
    """Who receives where and when. `begins`, `ends`: HH:MM."""

    area: str
    received_on: date
    begins: str
    ends: str
    venue: str
    post: str
    name: str


@dataclass(frozen=True)
class ReceptionRecord:
    """A reception with the leader's name opened."""

    reception: Reception
    name: str


class Receptions:
    """Use cases of the roster. Steps raise `NotFound`, `VersionMismatch`, `ReceptionTransitionError`."""

    def __init__(self, context: UseCaseContext) -> None:
        self._session = context.session
        self._clock = context.clock
        self._crypto = context.crypto
        self._receptions = ReceptionRepository(context.session)

    async def plan(self, principal: Principal, new: NewReception) -> ReceptionRecord:
        """排定: a leader receives on a day. Raises `NotFound`, `ReceptionWrong`, `ReceptionTaken`."""
        principal.scope(MANAGE).require(new.area)
        require_planned(new.area, new.received_on, new.begins, new.ends, today(self._clock))
        reception_id = new_id()
        reception = Reception(
            id=reception_id,
            version=1,
            area=new.area,
            received_on=new.received_on,
            begins=new.begins,
            ends=new.ends,
            venue=new.venue,
            post=new.post,
            name=self._crypto.seal(new.name, field="reception.name", owner=str(reception_id)),
            status=ReceptionStatus.PLANNED,
            entered_by=principal.subject,
            entered_at=self._clock.now(),
        )
        await self._receptions.add(reception)
        return ReceptionRecord(reception, new.name)

    async def hold(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ReceptionRecord:
        """已接访: it took place, on its day or entered later. Raises `ReceptionNotYet`."""
        reception = await self._locked(principal, id, expected, ReceptionStatus.HELD)
        if reception.received_on > today(self._clock):
            raise ReceptionNotYet(id)
        return await self._moved(reception, status=ReceptionStatus.HELD)

    async def cancel(self, principal: Principal, id: UUID, *, expected: Seen = None) -> ReceptionRecord:
        """取消: it does not take place."""
        reception = await self._locked(principal, id, expected, ReceptionStatus.CANCELLED)
        return await self._moved(reception, status=ReceptionStatus.CANCELLED)

    async def plan_again(self, principal: Principal, id: UUID, *, expected: Seen) -> ReceptionRecord:
        """恢复: what was said last was a mistake. Raises `ReceptionTaken` if another was planned instead."""
        reception = await self._locked(principal, id, expected, ReceptionStatus.PLANNED)
        return await self._moved(reception, status=ReceptionStatus.PLANNED)

    async def page(
        self, wanted: ReceptionFilter, *, after: tuple[date, UUID] | None = None, limit: int = 50
    ) -> Sequence[ReceptionRecord]:
        """The roster, the earliest day first: who receives when is told to everybody. `area`: also what is above it."""
        return [self._record(one) for one in await self._receptions.page(wanted, after=after, limit=limit)]

    async def count(self, wanted: ReceptionFilter) -> int:
        """How many `page` gives in all."""
        return await self._receptions.count(wanted)

    async def of(self, id: UUID) -> Reception | None:
        """One reception, whoever asks."""
        return await self._receptions.get(id)

    async def _locked(self, principal: Principal, id: UUID, expected: Seen, to: ReceptionStatus) -> Reception:
        reception = await self._receptions.locked(id)
        if reception is None or not principal.scope(MANAGE).allows(reception.area):
            raise NotFound(id)
        require_version(reception, expected)
        require_transition(ReceptionStatus(reception.status), to)
        return reception

    async def _moved(self, reception: Reception, **changes: Any) -> ReceptionRecord:
        moved = await compare_and_set(self._session, reception, **changes)
        assert moved is not None, "the row is locked"
        return self._record(moved)

    def _record(self, one: Reception) -> ReceptionRecord:
        return ReceptionRecord(one, self._crypto.open(one.name, field="reception.name", owner=str(one.id)))
