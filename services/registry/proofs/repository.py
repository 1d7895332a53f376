"""Queries over proofs and their codes."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.persons.models import Person
from services.registry.proofs.domain import ProofRecord, ProofSide, ProofStatus
from services.registry.proofs.models import Proof, ProofCode
from shared.auth.scope import Scope
from shared.crypto.service import BlindKey
from shared.db.compare_and_set import guarded_update
from shared.db.session import rows_of

PROOF = Base.metadata.tables[Proof.__tablename__]
CODE = Base.metadata.tables[ProofCode.__tablename__]


class ProofRepository:
    """Proofs. Each try of a number reads and writes the same, whether somebody has the number or nobody."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, proof: ProofRecord) -> None:
        """A new one, inserted with the transaction's last statement."""
        rows_of(self._session).add(PROOF, [asdict(proof)])

    async def get(self, id: UUID) -> ProofRecord | None:
        """A proof by id. The caller asks the scope."""
        row = (await self._session.execute(select(PROOF).where(PROOF.c.id == id))).one_or_none()
        return None if row is None else _record(row)

    async def move(self, seen: ProofRecord, to: ProofStatus, **changes: Any) -> ProofRecord | None:
        """Compare-and-set along the lifecycle; None if somebody else moved it first."""
        statement = guarded_update(Proof, seen, status=str(to), **changes).returning(PROOF)
        row = (await self._session.execute(statement)).one_or_none()
        return None if row is None else _record(row)

    async def used(self, id: UUID, now: datetime) -> bool:
        """Something is sealed by it; False if it serves no longer, closed at this moment perhaps."""
        serves = and_(PROOF.c.id == id, PROOF.c.status == str(ProofStatus.OPEN), PROOF.c.expires_at > now)
        statement = update(PROOF).where(serves).values(uses=PROOF.c.uses + 1).returning(PROOF.c.id)
        return (await self._session.execute(statement)).first() is not None

    async def hold(self, person_id: UUID) -> None:
        """Tries and codes of one person wait for each other until the transaction ends."""
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"proof {person_id}", 0))))

    async def failures(self, person_id: UUID, since: datetime) -> int:
        """Wrong proofs of a person's number since then; the person is held."""
        wrong = and_(
            PROOF.c.person_id == person_id, PROOF.c.status == str(ProofStatus.FAILED), PROOF.c.opened_at > since
        )
        return await self._session.scalar(select(func.count()).select_from(PROOF).where(wrong)) or 0

    async def page(self, scope: Scope, side: ProofSide, *, after: UUID | None, limit: int) -> Sequence[ProofRecord]:
        """Proofs of one side in the scope, the newest first."""
        statement = _of_side(select(PROOF), scope, side)
        if after is not None:
            statement = statement.where(PROOF.c.id < after)
        return [_record(row) for row in await self._session.execute(statement.order_by(PROOF.c.id.desc()).limit(limit))]

    async def count(self, scope: Scope, side: ProofSide) -> int:
        """How many `page` would list in all."""
        return await self._session.scalar(_of_side(select(func.count()).select_from(PROOF), scope, side)) or 0

    async def issue(
        self, id: UUID, person_id: UUID, key: BlindKey, *, by: str, now: datetime, expires_at: datetime
    ) -> None:
        """A new code; whichever the person had before serves no longer. The person is held."""
        await self._session.execute(update(CODE).where(_live(person_id, now)).values(ended_at=now))
        row = {
            "id": id,
            "person_id": person_id,
            "key_id": key.key_id,
            "digest": key.digest,
            "issued_by": by,
            "issued_at": now,
            "expires_at": expires_at,
        }
        await self._session.execute(insert(CODE).values(row))

    async def spend(self, person_id: UUID, keys: Sequence[BlindKey], now: datetime) -> str | None:
        """Who gave out this code, if the person has it now: it has served by that. None: it is not the person's."""
        right = or_(*(and_(CODE.c.key_id == key.key_id, CODE.c.digest == key.digest) for key in keys))
        statement = update(CODE).where(_live(person_id, now), right).values(ended_at=now).returning(CODE.c.issued_by)
        given_by: str | None = await self._session.scalar(statement)
        return given_by


def _live(person_id: UUID, now: datetime) -> ColumnElement[bool]:
    return and_(CODE.c.person_id == person_id, CODE.c.ended_at.is_(None), CODE.c.expires_at > now)


def _of_side(statement: Any, scope: Scope, side: ProofSide) -> Any:
    if side is ProofSide.COUNTER:
        return statement.where(scope.where(PROOF.c.place))
    held = scope.where(Person.residence_area, Person.registration_area)
    return statement.join(Person, Person.id == PROOF.c.person_id).where(held)


def _record(row: Row[Any]) -> ProofRecord:
    return ProofRecord(**row._mapping)
