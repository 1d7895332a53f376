"""Bodies of devices."""

from typing import Self
from uuid import UUID

from pydantic import Field

from shared.http.schemas import Body, Instant, View
from shared.ledgers.forms.devices.domain import MAX_DAYS, DeviceStatus
from shared.ledgers.forms.devices.models import LedgerDevice

_ID = "0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"


class EnrolDevice(Body):
    """A phone of the caller's own."""

    days: int = Field(
        default=90, ge=1, le=MAX_DAYS, description="有效天数 after which it ends by itself", examples=[90]
    )


class DeviceView(View):
    """A device. Its password is never shown again."""

    id: UUID = Field(description="设备标识 id of the device, and its name when it signs in", examples=[_ID])
    version: int = Field(description="版本 number of changes", examples=[1])
    worker: str = Field(description="使用人 subject in whose name it sends", examples=["worker-1"])
    area: str = Field(description="所属区域 the area that holds all of its grants", examples=["450481114201"])
    status: DeviceStatus = Field(description="状态 whether it may be used", examples=["active"])
    created_at: Instant = Field(description="登记时间 when it was enrolled", examples=["2026-11-02T09:00:00+08:00"])
    confirmed_at: Instant = Field(
        description="授权确认时间 when the worker last logged in for it: grants hold for 7 days from then",
        examples=["2026-11-02T09:00:00+08:00"],
    )
    expires_at: Instant = Field(description="到期时间 when it ends", examples=["2027-01-31T09:00:00+08:00"])
    seen_at: Instant | None = Field(
        description="最近使用时间 to the hour; null: never yet", examples=["2026-11-03T10:00:00+08:00"]
    )
    revoked_at: Instant | None = Field(description="注销时间 null: it is not", examples=[None])

    @classmethod
    def of(cls, device: LedgerDevice, status: DeviceStatus) -> Self:
        names = ("id", "version", "area", "created_at", "confirmed_at", "expires_at", "seen_at", "revoked_at")
        return cls(worker=device.subject, status=status, **{name: getattr(device, name) for name in names})


class EnrolledView(View):
    """A new device with what its phone needs; told this once."""

    device: DeviceView = Field(description="设备 the device")
    username: str = Field(description="用户名 for HTTP Basic", examples=[_ID])
    password: str = Field(description="密码 for HTTP Basic; kept nowhere", examples=["Zm9yIGV4YW1wbGUgb25seQ"])
    server_url: str = Field(description="服务器地址 of OpenRosa", examples=["https://xiangli.example/grid/v1/openrosa"])
    settings: str = Field(
        description="设置 text of the QR code: JSON, zlib, base64, as ODK Collect reads it", examples=["eJyrVkrPTy9W"]
    )
    qr_code: str = Field(description="二维码 the same as an SVG image", examples=["<svg/>"])
