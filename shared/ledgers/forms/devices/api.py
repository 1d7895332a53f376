"""Devices (填报设备) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request, Response

from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.kit import kit_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.http.transaction import Context
from shared.ledgers.forms.devices.credentials import qr_code, settings_text
from shared.ledgers.forms.devices.domain import DeviceOver, TooManyDevices
from shared.ledgers.forms.devices.models import LedgerDevice
from shared.ledgers.forms.devices.schemas import DeviceView, EnrolDevice, EnrolledView
from shared.ledgers.forms.devices.service import WRITES, Devices

router = APIRouter(route_class=ServiceRoute, tags=["devices"])

DeviceId = Annotated[UUID, Path(description="设备标识 id of the device")]
OPENROSA = "openrosa"
"""Where phones find forms, below the service's version."""


async def _devices(context: Context) -> Devices:
    return Devices(context)


Used = Annotated[Devices, Depends(_devices)]


def _answer(devices: Devices, device: LedgerDevice, response: Response) -> DeviceView:
    response.headers["ETag"] = etag_of(device.version)
    return DeviceView.of(device, devices.status(device))


def server_of(request: Request) -> str:
    """The address of OpenRosa, as the caller reaches this service."""
    return f"{str(request.base_url).rstrip('/')}/{kit_of(request).spec.path}/v1/{OPENROSA}"


@router.post(
    "/devices",
    **creates(
        "enrolDevice",
        "登记填报设备",
        "登记一部用于填报台账的手机，并给出设置用的二维码。密码只显示这一次。",
        permission=WRITES,
        scope="own",
        refusals=(404, 409),
        refuses=(TooManyDevices,),
    ),
)
async def enrol(
    body: EnrolDevice, request: Request, response: Response, principal: Authorised, devices: Used
) -> EnrolledView:
    """A phone of yours for filling in forms, with the QR code by which it is set up. The password is told this once."""
    enrolled = await devices.enrol(principal, days=body.days)
    server, project = server_of(request), f"{kit_of(request).spec.title}台账填报"
    username = str(enrolled.device.id)
    settings = settings_text(server=server, device_id=enrolled.device.id, password=enrolled.password, project=project)
    return EnrolledView(
        device=_answer(devices, enrolled.device, response),
        username=username,
        password=enrolled.password,
        server_url=server,
        settings=settings,
        qr_code=qr_code(settings),
    )


@router.get(
    "/devices",
    **reads(
        "listDevices",
        "填报设备列表",
        "您的填报设备，以及您所管理区域内的设备，最新的在前。",
        permission=WRITES,
        scope="own",
        refusals=(),
    ),
)
async def list_devices(page: PageQuery, principal: Authorised, devices: Used) -> Page[DeviceView]:
    """Your devices, and those of the areas that you look after, newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await devices.page(principal, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda device: (device.id,))
    return Page(items=[DeviceView.of(one, devices.status(one)) for one in shown], next_cursor=cursor)


@router.post(
    "/devices/{id}/confirm",
    **step(
        "confirmDevice",
        "确认设备授权",
        "您已登录：设备按您今天的授权继续使用 7 天。",
        permission=WRITES,
        scope="own",
        refuses=(DeviceOver,),
    ),
)
async def confirm(
    id: DeviceId, response: Response, expected: Expected, principal: Authorised, devices: Used
) -> DeviceView:
    """You have logged in: the device carries the grants that you have today, for another 7 days."""
    return _answer(devices, await devices.confirm(principal, id, expected), response)


@router.post(
    "/devices/{id}/revoke",
    **step(
        "revokeDevice",
        "注销填报设备",
        "注销您的或您所管理区域内的设备，此后不再接收它的填报。",
        permission=WRITES,
        scope="own",
        refuses=(DeviceOver,),
    ),
)
async def revoke(
    id: DeviceId, response: Response, expected: Expected, principal: Authorised, devices: Used
) -> DeviceView:
    """A device of yours, or one of the areas that you look after: nothing is taken from it any more."""
    return _answer(devices, await devices.revoke(principal, id, expected), response)
