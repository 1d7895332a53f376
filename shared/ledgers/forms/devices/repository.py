"""Every query about devices."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from shared.auth.scope import Scope
from shared.db.compare_and_set import compare_and_set
from shared.ledgers.forms.devices.models import LedgerDevice

SEEN_EVERY = timedelta(hours=1)
"""How exactly it is kept when a device was last used."""


class DeviceRepository:
    """Devices by their worker and their area."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, device: LedgerDevice) -> None:
        self._session.add(device)

    async def get(self, device_id: UUID) -> LedgerDevice | None:
        return await self._session.get(LedgerDevice, device_id)

    async def hold_subject(self, subject: str) -> None:
        """Until the transaction ends nobody else enrols a device of this worker."""
        statement = text("SELECT pg_advisory_xact_lock(hashtextextended('devices:' || :subject, 0))")
        await self._session.execute(statement, {"subject": subject})

    async def in_use(self, subject: str, now: datetime) -> int:
        """How many devices of a worker are neither over nor revoked."""
        mine = (LedgerDevice.subject == subject, LedgerDevice.revoked_at.is_(None), LedgerDevice.expires_at > now)
        return await self._session.scalar(select(func.count()).select_from(LedgerDevice).where(*mine)) or 0

    async def page(self, subject: str, scope: Scope, *, after: UUID | None, limit: int) -> Sequence[LedgerDevice]:
        """The worker's own devices and those of the scope, newest first."""
        seen = or_(LedgerDevice.subject == subject, scope.where(LedgerDevice.area))
        statement = select(LedgerDevice).where(seen).order_by(LedgerDevice.id.desc()).limit(limit)
        if after is not None:
            statement = statement.where(LedgerDevice.id < after)
        return (await self._session.scalars(statement)).all()

    async def change(self, seen: LedgerDevice, **changes: Any) -> LedgerDevice | None:
        """The device after the change, or None if somebody else changed it since."""
        return await compare_and_set(self._session, seen, **changes)

    async def note_seen(self, device: LedgerDevice, now: datetime) -> bool:
        """Keep that a device is in use, once an hour; whether anything was to be kept."""
        if device.seen_at is not None and now - device.seen_at < SEEN_EVERY:
            return False
        await self._session.execute(update(LedgerDevice).where(LedgerDevice.id == device.id).values(seen_at=now))
        return True
