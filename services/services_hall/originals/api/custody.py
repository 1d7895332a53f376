"""Originals in custody: received, handed over and taken, returned, lost."""

from fastapi import APIRouter, Response

from services.services_hall.cases.domain.refusals import MaterialUnknown
from services.services_hall.deps import Hall
from services.services_hall.documents.domain import DocumentErased
from services.services_hall.originals.api.answers import OF_THE_HOLDER, OF_THE_RECEIVER, OriginalId, view
from services.services_hall.originals.domain import (
    HOLD,
    OriginalAgencyEnded,
    OriginalDatesWrong,
    OriginalNothingToUndo,
    OriginalPlaceWrong,
    OriginalsTooMany,
    OriginalTransitionError,
)
from services.services_hall.originals.schemas import (
    HandOverOriginal,
    LoseOriginal,
    OriginalView,
    ReceiveOriginal,
    ReturnOriginal,
    TellLoss,
)
from shared.errors import CodeUnlisted, Forbidden
from shared.http.endpoint import creates, step
from shared.http.etag import Expected, NamedVersion
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["originals"])


@router.post(
    "/originals",
    **creates(
        "receiveOriginal",
        "收讫原件",
        "从申请人手中收取原件，自动出具收讫凭证；由登记人保管。",
        permission=HOLD,
        refuses=(OriginalAgencyEnded, OriginalsTooMany, MaterialUnknown, DocumentErased),
    ),
)
async def receive(body: ReceiveOriginal, principal: Authorised, hall: Hall, response: Response) -> OriginalView:
    """Receive an original."""
    return view(await hall.originals.receive(principal, body.agency_id, body.kind, body.material), response)


@router.post(
    "/originals/{id}/hand-over",
    **step(
        "handOverOriginal",
        "移交原件",
        "保管人移交给本县某一单位；对方签收之前仍由移交人保管。",
        permission=HOLD,
        refuses=(*OF_THE_HOLDER, OriginalPlaceWrong, CodeUnlisted),
    ),
)
async def hand_over(
    id: OriginalId, body: HandOverOriginal, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """Hand it over to an office."""
    to, department = body.to_area, body.to_department
    sent = await hall.originals.hand_over(principal, id, area=to, department=department, expected=expected)
    return view(sent, response)


@router.post(
    "/originals/{id}/take",
    **step(
        "takeOriginal",
        "签收原件",
        "接收单位的人员签收，自动出具移交凭证；自此由签收人保管。",
        permission=HOLD,
        refuses=(*OF_THE_RECEIVER, DocumentErased),
    ),
)
async def take(
    id: OriginalId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """Take it."""
    return view(await hall.originals.take(principal, id, expected=expected), response)


@router.post(
    "/originals/{id}/decline",
    **step(
        "declineOriginal",
        "拒收原件",
        "接收单位不予接收；原件仍由移交人保管。",
        permission=HOLD,
        refuses=OF_THE_RECEIVER,
    ),
)
async def decline(
    id: OriginalId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """It is not taken."""
    return view(await hall.originals.decline(principal, id, expected=expected), response)


@router.post(
    "/originals/{id}/return",
    **step(
        "giveBackOriginal",
        "归还原件",
        "保管人归还申请人，自动出具归还凭证。",
        permission=HOLD,
        refuses=(*OF_THE_HOLDER, OriginalDatesWrong, DocumentErased),
    ),
)
async def give_back(
    id: OriginalId, body: ReturnOriginal, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """The applicant has it back."""
    on, recipient = body.returned_on, body.recipient
    back = await hall.originals.give_back(principal, id, on=on, recipient=recipient, expected=expected)
    return view(back, response)


@router.post(
    "/originals/{id}/lose",
    **step(
        "loseOriginal",
        "登记原件遗失",
        "保管人登记原件遗失；须告知申请人。",
        permission=HOLD,
        refuses=(*OF_THE_HOLDER, OriginalDatesWrong),
    ),
)
async def lose(
    id: OriginalId, body: LoseOriginal, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """It cannot be found."""
    return view(await hall.originals.lose(principal, id, on=body.lost_on, expected=expected), response)


@router.post(
    "/originals/{id}/tell-loss",
    **step(
        "tellOriginalLoss",
        "登记告知遗失",
        "已告知申请人原件遗失。",
        permission=HOLD,
        refuses=(OriginalTransitionError, OriginalDatesWrong),
    ),
)
async def tell_loss(
    id: OriginalId, body: TellLoss, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """The applicant was told."""
    return view(await hall.originals.tell_loss(principal, id, on=body.told_on, expected=expected), response)


@router.post(
    "/originals/{id}/find",
    **step(
        "findOriginal",
        "登记原件找回",
        "遗失的原件已经找回。",
        permission=HOLD,
        refuses=(*OF_THE_HOLDER, OriginalAgencyEnded),
    ),
)
async def find(
    id: OriginalId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """It was found."""
    return view(await hall.originals.find(principal, id, expected=expected), response)


@router.post(
    "/originals/{id}/annul",
    **step(
        "annulOriginal",
        "作废原件登记",
        "并未收取、登记有误的，由登记人作废；其收讫凭证随之作废。",
        permission=HOLD,
        refuses=OF_THE_HOLDER,
    ),
)
async def annul(
    id: OriginalId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """It was never received."""
    return view(await hall.originals.annul(principal, id, expected=expected), response)


@router.post(
    "/originals/{id}/undo",
    **step(
        "undoOriginal",
        "撤销原件操作",
        "由操作人或监管人员撤销上一步，该步骤的凭证随之作废；须用 `If-Match` 指明所见版本。",
        permission=HOLD,
        refusals=(404, 409, 412, 428),
        refuses=(OriginalNothingToUndo, OriginalAgencyEnded, Forbidden),
    ),
)
async def undo(
    id: OriginalId, expected: NamedVersion, principal: Authorised, hall: Hall, response: Response
) -> OriginalView:
    """Take the last step back."""
    return view(await hall.originals.undo(principal, id, expected=expected), response)
