"""Rules of devices: how long they hold, whose grants they carry, what is refused."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import ClassVar

from shared.errors import DomainError, ErrorKind, Unauthenticated
from shared.reference.named_code import NamedCode

MAX_DAYS, MAX_DEVICES = 180, 10
"""Days for which a device may be enrolled, and how many of one worker may be in use."""

CONFIRMED_FOR = timedelta(days=7)
"""How long grants are taken for the worker's own after the worker last logged in for the device."""

_LEVELS = (15, 12, 9, 6, 4, 2)


class DeviceStatus(NamedCode):
    """A device is in use until it ends by itself or is revoked; unconfirmed, it waits for its worker to log in."""

    ACTIVE = "active", "使用中"
    UNCONFIRMED = "unconfirmed", "待确认授权"
    EXPIRED = "expired", "已到期"
    REVOKED = "revoked", "已注销"


class DeviceUnknown(Unauthenticated):
    """Refusal: no device in use has this name and password. Which of them is wrong is not told."""

    challenge: ClassVar = 'Basic realm="xiangli", charset="UTF-8"'
    code: ClassVar = "device_unknown"
    title: ClassVar = "设备凭证无效、已到期或已注销"
    advice: ClassVar = "请重新登记设备，再用手机扫描新的二维码；未发送的表单会保留在手机上"


class DeviceUnconfirmed(DomainError):
    """Refusal: nobody has logged in for the device lately, so that it is not known what its worker may do today."""

    kind: ClassVar = ErrorKind.FORBIDDEN
    code: ClassVar = "device_unconfirmed"
    title: ClassVar = "设备授权超过 7 天未确认"
    advice: ClassVar = "请登录一次并确认设备，再重新发送；未发送的表单会保留在手机上"


class DeviceOver(DomainError):
    """Refusal: the device has expired or was revoked; a new one is enrolled instead."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "device_over"
    title: ClassVar = "设备已到期或已注销"
    advice: ClassVar = "请重新登记设备"


class TooManyDevices(DomainError):
    """Refusal: the worker has as many devices in use as one may have."""

    kind: ClassVar = ErrorKind.CONFLICT
    code: ClassVar = "too_many_devices"
    title: ClassVar = f"使用中的设备已达 {MAX_DEVICES} 台"
    advice: ClassVar = "请先注销不再使用的设备"


def status_of(
    *, revoked_at: datetime | None, expires_at: datetime, confirmed_at: datetime, now: datetime
) -> DeviceStatus:
    """Where a device stands now."""
    if revoked_at is not None:
        return DeviceStatus.REVOKED
    if now >= expires_at:
        return DeviceStatus.EXPIRED
    return DeviceStatus.UNCONFIRMED if now - confirmed_at > CONFIRMED_FOR else DeviceStatus.ACTIVE


def home_of(areas: Iterable[str]) -> str:
    """The smallest area that holds them all; empty if there is none.

    Who looks after devices there may revoke this one.
    """
    several = sorted(set(areas))
    heads = ({area[:digits] for area in several} for digits in _LEVELS if several and digits <= len(several[0]))
    return next((head for (head, *others) in heads if not others), "")
