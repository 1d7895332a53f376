"""Devices: enrolled and confirmed by their worker, revoked by the worker or by who looks after the area."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.auth.principal import Grant, Principal
from shared.clock import Clock
from shared.db.compare_and_set import Seen, require_version
from shared.db.engine import Database
from shared.errors import NotFound, VersionMismatch
from shared.ids import new_id
from shared.ledgers.forms.devices.credentials import digest, matches, new_password, read_basic
from shared.ledgers.forms.devices.domain import (
    MAX_DEVICES,
    DeviceOver,
    DeviceStatus,
    DeviceUnconfirmed,
    DeviceUnknown,
    TooManyDevices,
    home_of,
    status_of,
)
from shared.ledgers.forms.devices.models import LedgerDevice
from shared.ledgers.forms.devices.repository import DeviceRepository
from shared.messaging.context import UseCaseContext

WRITES = "record.write"
"""What a worker must hold to fill in forms; the ledger may ask for more."""


@dataclass(frozen=True, slots=True)
class Enrolled:
    """A new device and its password, which is told this once."""

    device: LedgerDevice
    password: str


class Devices:
    """Use cases of devices."""

    def __init__(self, context: UseCaseContext) -> None:
        self._devices = DeviceRepository(context.session)
        self._clock = context.clock
        self._access = context.access

    async def enrol(self, principal: Principal, *, days: int) -> Enrolled:
        """A device of the caller's own, for so many days. Raises `TooManyDevices`."""
        now, password = self._clock.now(), new_password()
        await self._devices.hold_subject(principal.subject)
        if await self._devices.in_use(principal.subject, now) >= MAX_DEVICES:
            raise TooManyDevices
        device = LedgerDevice(
            id=new_id(),
            version=1,
            subject=principal.subject,
            secret=digest(password),
            created_at=now,
            expires_at=now + timedelta(days=days),
            **_confirmed(principal, now),
        )
        self._devices.add(device)
        self._note(principal, "enrol", device)
        return Enrolled(device, password)

    async def page(self, principal: Principal, *, after: UUID | None, limit: int) -> Sequence[LedgerDevice]:
        """The caller's own devices, and those of the areas that the caller looks after."""
        return await self._devices.page(principal.subject, principal.scope("device.manage"), after=after, limit=limit)

    async def confirm(self, principal: Principal, device_id: UUID, expected: Seen) -> LedgerDevice:
        """Its worker has logged in: the device carries the grants of today. Raises `NotFound`, `DeviceOver`."""
        device = await self._devices.get(device_id)
        if device is None or device.subject != principal.subject:
            raise NotFound(device_id)
        self._require_in_use(device, expected)
        return await self._change(principal, "confirm", device, _confirmed(principal, self._clock.now()))

    async def revoke(self, principal: Principal, device_id: UUID, expected: Seen) -> LedgerDevice:
        """From now on nothing is taken from the device. Raises `NotFound`, `DeviceOver`."""
        device = await self._devices.get(device_id)
        if device is None:
            raise NotFound(device_id)
        if device.subject != principal.subject:
            principal.scope("device.manage").require(device.area)
        self._require_in_use(device, expected)
        gone = {"revoked_at": self._clock.now(), "revoked_by": principal.subject}
        return await self._change(principal, "revoke", device, gone)

    def status(self, device: LedgerDevice) -> DeviceStatus:
        """Where it stands now."""
        return _status(device, self._clock.now())

    def _require_in_use(self, device: LedgerDevice, expected: Seen) -> None:
        require_version(device, expected)
        if self.status(device) in (DeviceStatus.EXPIRED, DeviceStatus.REVOKED):
            raise DeviceOver(device.id)

    async def _change(
        self, principal: Principal, action: str, device: LedgerDevice, changes: dict[str, object]
    ) -> LedgerDevice:
        changed = await self._devices.change(device, **changes)
        if changed is None:
            raise VersionMismatch(device.id)
        self._note(principal, action, changed)
        return changed

    def _note(self, principal: Principal, action: str, device: LedgerDevice) -> None:
        self._access.note(principal, action=action, noun="ledger.device", object_id=device.id, area=device.area or None)


@dataclass(frozen=True, slots=True)
class Carried:
    """Who sends, by which device: the worker with the grants that were last seen."""

    principal: Principal
    device_id: UUID


async def carried_by(database: Database, clock: Clock, authorization: str | None, *, caller: str) -> Carried:
    """The worker in whose name a device speaks. Raises `DeviceUnknown`, `DeviceUnconfirmed`.

    `caller`: whose share of connections the question uses: an address, for whoever invents devices.
    """
    shown = read_basic(authorization)
    if shown is None:
        raise DeviceUnknown
    now = clock.now()
    async with database.session(caller) as session:
        devices = DeviceRepository(session)
        device = await devices.get(shown.device_id)
        if device is None or not matches(shown.password, device.secret):
            raise DeviceUnknown(shown.device_id)
        match _status(device, now):
            case DeviceStatus.EXPIRED | DeviceStatus.REVOKED:
                raise DeviceUnknown(device.id)
            case DeviceStatus.UNCONFIRMED:
                raise DeviceUnconfirmed(device.id)
        carried = Carried(Principal(device.subject, tuple(Grant(**one) for one in device.grants)), device.id)
        if await devices.note_seen(device, now):
            await session.commit()
        return carried


def _confirmed(principal: Principal, now: datetime) -> dict[str, object]:
    """What a login tells of a device: the grants that open the writing of records, and no other."""
    carried = principal.only(WRITES).grants
    return {
        "grants": [asdict(grant) for grant in carried],
        "area": home_of(grant.area for grant in carried),
        "confirmed_at": now,
    }


def _status(device: LedgerDevice, now: datetime) -> DeviceStatus:
    return status_of(
        revoked_at=device.revoked_at, expires_at=device.expires_at, confirmed_at=device.confirmed_at, now=now
    )
