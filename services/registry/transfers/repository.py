"""Queries over transfers."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.persons.models import Person, PersonDigest
from services.registry.transfers.domain import MOVED, TransferRecord, TransferSide
from services.registry.transfers.models import Transfer, TransferMove
from shared.auth.scope import Scope
from shared.contracts.registry.transfers import TransferStatus
from shared.crypto.service import BlindKey
from shared.db.compare_and_set import guarded_update

TRANSFER = Base.metadata.tables[Transfer.__tablename__]
MOVE = Base.metadata.tables[TransferMove.__tablename__]


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody who moved by a transfer, and the life event that says so."""

    transfer_id: UUID
    number: int
    person_id: UUID
    event_id: UUID
    standing: bool


class TransferRepository:
    """Transfers. Whoever confirms one holds the lock on its persons' rows."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def holder_of(self, kind: str, keys: Sequence[BlindKey]) -> UUID | None:
        """The person with the number: one statement that reads the same whether there is one or not."""
        wanted = tuple_(PersonDigest.key_id, PersonDigest.digest).in_([(key.key_id, key.digest) for key in keys])
        found: UUID | None = await self._session.scalar(
            select(PersonDigest.person_id).where(PersonDigest.kind == kind, wanted).limit(1)
        )
        return found

    async def add(self, transfer: TransferRecord) -> None:
        """A new one."""
        row = {column.name: getattr(transfer, column.name) for column in TRANSFER.c}
        await self._session.execute(insert(TRANSFER).values({**row, "founded": list(transfer.founded)}))

    async def get(self, id: UUID) -> TransferRecord | None:
        """A transfer by id. The caller asks the scope."""
        row = (await self._session.execute(select(TRANSFER).where(TRANSFER.c.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def locked(self, id: UUID) -> TransferRecord | None:
        """The same, locked to the end of the transaction."""
        statement = select(TRANSFER).where(TRANSFER.c.id == id).with_for_update()
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def move(self, seen: TransferRecord, to: TransferStatus, **changes: Any) -> TransferRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Transfer, seen, status=str(to), **changes).returning(TRANSFER)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def page(
        self, scope: Scope, side: TransferSide, status: TransferStatus | None, *, after: UUID | None, limit: int
    ) -> Sequence[TransferRecord]:
        """Transfers of one side in the scope, in the order of ids."""
        statement = _of_side(select(TRANSFER), side).where(_listed(scope, side, status))
        if after is not None:
            statement = statement.where(TRANSFER.c.id > after)
        rows = await self._session.execute(statement.order_by(TRANSFER.c.id).limit(limit))
        return [_record(row) for row in rows]

    async def count(self, scope: Scope, side: TransferSide, status: TransferStatus | None) -> int:
        """How many `page` would list in all."""
        statement = _of_side(select(func.count()).select_from(TRANSFER), side)
        return await self._session.scalar(statement.where(_listed(scope, side, status))) or 0

    async def over(self, day: date, limit: int) -> Sequence[TransferRecord]:
        """Requests whose limit has passed, the oldest first."""
        waiting = and_(TRANSFER.c.status == str(TransferStatus.REQUESTED), TRANSFER.c.due_on < day)
        statement = select(TRANSFER).where(waiting).order_by(TRANSFER.c.due_on, TRANSFER.c.id).limit(limit)
        return [_record(row) for row in await self._session.execute(statement)]

    async def waiting_locked(self) -> Sequence[TransferRecord]:
        """All requests that wait, locked in the order of ids."""
        waiting = TRANSFER.c.status == str(TransferStatus.REQUESTED)
        statement = select(TRANSFER).where(waiting).order_by(TRANSFER.c.id).with_for_update()
        return [_record(row) for row in await self._session.execute(statement)]

    async def locked_after(self, id: UUID | None, limit: int) -> Sequence[TransferRecord]:
        """The next transfers in id order, locked."""
        statement = select(TRANSFER).order_by(TRANSFER.c.id).limit(limit).with_for_update()
        if id is not None:
            statement = statement.where(TRANSFER.c.id > id)
        return [_record(row) for row in await self._session.execute(statement)]

    async def add_moves(self, moves: Collection[Move]) -> None:
        """Who moved by a transfer."""
        rows = [{column.name: getattr(one, column.name) for column in MOVE.c} for one in moves]
        await self._session.execute(insert(MOVE).values(rows))

    async def moves_of(self, transfer_id: UUID) -> Sequence[Move]:
        """Who moved by a transfer, in the order of leaving."""
        statement = select(MOVE).where(MOVE.c.transfer_id == transfer_id).order_by(MOVE.c.number)
        return [Move(**row._mapping) for row in await self._session.execute(statement)]

    async def move_by(self, event_id: UUID) -> Move | None:
        """Who moved by this life event, if it was by a transfer."""
        row = (await self._session.execute(select(MOVE).where(MOVE.c.event_id == event_id))).one_or_none()
        return None if row is None else Move(**row._mapping)

    async def change_move(self, move: Move, **changes: Any) -> None:
        """The life event got another id, or was taken back. The person's row is locked."""
        one = and_(MOVE.c.transfer_id == move.transfer_id, MOVE.c.number == move.number)
        await self._session.execute(update(MOVE).where(one).values(**changes))


def _of_side(statement: Any, side: TransferSide) -> Any:
    if side is TransferSide.ASKING:
        return statement
    return statement.join(Person, Person.id == TRANSFER.c.person_id)


def _listed(scope: Scope, side: TransferSide, status: TransferStatus | None) -> ColumnElement[bool]:
    if side is TransferSide.ASKING:
        within = scope.where(TRANSFER.c.area)
    else:
        moved = TRANSFER.c.status.in_([str(one) for one in MOVED])
        held = scope.where(Person.residence_area, Person.registration_area)
        left = scope.where(TRANSFER.c.left_residence, TRANSFER.c.left_registration)
        within = or_(and_(moved, left), and_(~moved, held))
    return within if status is None else and_(within, TRANSFER.c.status == str(status))


def _record(row: Row[Any]) -> TransferRecord:
    record = TransferRecord(**row._mapping)
    return replace(record, founded=tuple(record.founded))
