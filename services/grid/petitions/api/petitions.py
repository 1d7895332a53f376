"""Petitions (信访) over HTTP: registered, listed, read, withdrawn; reviews are asked for."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from services.grid.deps import Grid
from services.grid.petitions.api.answers import MOVING, PetitionId, answer
from services.grid.petitions.domain.refusals import (
    PetitionDateWrong,
    PetitionErased,
    PetitionLevelWrong,
    PetitionNothingToUndo,
    PetitionPersonWrong,
    PetitionReceptionWrong,
    PetitionReviewByAnswerer,
    PetitionTooLate,
)
from services.grid.petitions.domain.rules import HANDLE, REGISTER, PetitionFilter
from services.grid.petitions.schemas import (
    AskPetitionReview,
    PetitionCount,
    PetitionDetail,
    PetitionView,
    RegisterPetition,
    RemarkPetition,
    WithdrawPetition,
)
from services.grid.petitions.service.reads import READ
from shared.auth.access_log import Purpose
from shared.contracts.envelope import AreaCode
from shared.contracts.grid.petitions import PetitionStatus
from shared.errors import Forbidden, PurposeRequired
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["petitions"])


async def _filter(
    area: Annotated[AreaCode | None, Query(description="所属区域 only about this area")] = None,
    status: Annotated[PetitionStatus | None, Query(description="状态 only in this status")] = None,
    overdue: Annotated[
        bool | None, Query(description="超期 true: only those whose office is past the law's day; false: the others")
    ] = None,
    reception_id: Annotated[UUID | None, Query(description="接访场次 only those brought at this reception")] = None,
) -> PetitionFilter:
    return PetitionFilter(area, status, overdue, reception_id)


Wanted = Annotated[PetitionFilter, Depends(_filter)]


@router.post(
    "/petitions",
    **creates(
        "registerPetition",
        "登记信访事项",
        "登记来信、来访、网上信访、来电或领导接访反映的事项；自收到之日起 15 日内决定是否受理。",
        permission=REGISTER,
        refuses=(PetitionLevelWrong, PetitionDateWrong, PetitionReceptionWrong, PetitionPersonWrong),
    ),
)
async def register(body: RegisterPetition, principal: Authorised, grid: Grid, response: Response) -> PetitionView:
    """Register a petition."""
    return answer(await grid.petition_registering.register(principal, body.content()), response)


@router.get(
    "/petitions",
    **reads("listPetitions", "信访事项列表", "本级承办的和交由本部门办理的信访事项，最新的在前。", permission=READ),
)
async def list_petitions(page: PageQuery, wanted: Wanted, principal: Authorised, grid: Grid) -> Page[PetitionView]:
    """Petitions of your office or department, the newest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.petitions.page(principal, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.id,))
    return Page(items=[PetitionView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/petitions/count",
    **reads("countPetitions", "信访事项计数", "按相同条件列表共有多少件。", permission=READ),
)
async def count(wanted: Wanted, principal: Authorised, grid: Grid) -> PetitionCount:
    """How many the list with the same filter shows."""
    return PetitionCount(count=await grid.petitions.count(principal, wanted))


@router.get(
    "/petitions/{id}",
    **reads(
        "getPetition",
        "查询信访事项",
        "信访事项、诉求内容和办理过程；信访人信息可脱敏或完整查看，每次查看留痕。",
        permission=READ,
        etag=True,
        refuses=(PurposeRequired, Forbidden),
    ),
)
async def read(
    id: PetitionId,
    principal: Authorised,
    grid: Grid,
    response: Response,
    view: Annotated[
        Literal["masked", "full"], Query(description="视图 full shows who petitions, and needs a purpose")
    ] = "masked",
    purpose: Annotated[Purpose | None, Query(description="用途 why it is read; kept in the access log")] = None,
) -> PetitionDetail:
    """A petition with its words and its history."""
    record = await grid.petitions.read(principal, id, full=view == "full", purpose=purpose)
    response.headers["ETag"] = etag_of(record.petition.version, view)
    return PetitionDetail.of(record)


@router.post(
    "/petitions/{id}/withdraw",
    **step("withdrawPetition", "撤回信访事项", "信访人撤回，或登记有误。", permission=REGISTER, refuses=MOVING),
)
async def withdraw(
    id: PetitionId, body: WithdrawPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """It ends without an answer."""
    registering = grid.petition_registering
    return answer(await registering.withdraw(principal, id, body.reason, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/ask-review",
    **step(
        "askPetitionReview",
        "申请复查",
        "信访人自收到答复之日起 30 日内请求上一级复查。",
        permission=REGISTER,
        refuses=(*MOVING, PetitionDateWrong, PetitionTooLate),
    ),
)
async def ask_review(
    id: PetitionId, body: AskPetitionReview, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """The petitioner asks the level above."""
    registering = grid.petition_registering
    return answer(await registering.ask_review(principal, id, body.asked_on, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/ask-final-review",
    **step(
        "askFinalPetitionReview",
        "申请复核",
        "信访人自收到复查意见之日起 30 日内请求再上一级复核。",
        permission=REGISTER,
        refuses=(*MOVING, PetitionDateWrong, PetitionTooLate),
    ),
)
async def ask_final_review(
    id: PetitionId, body: AskPetitionReview, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """The petitioner asks the next level."""
    asked = grid.petition_registering.ask_final_review(principal, id, body.asked_on, body.note, expected=expected)
    return answer(await asked, response)


@router.post(
    "/petitions/{id}/undo",
    **step(
        "undoPetitionStep",
        "撤销信访上一步",
        "上一步登记有误的，撤销；再次撤销，撤销更早的一步。须用 `If-Match` 指明所见版本。",
        permission=HANDLE,
        refusals=(404, 409, 412, 428),
        refuses=(Forbidden, PetitionNothingToUndo, PetitionReviewByAnswerer, PetitionErased),
    ),
)
async def undo(
    id: PetitionId, body: RemarkPetition, expected: NamedVersion, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """The last step was entered wrong; by who may take that step."""
    return answer(await grid.petition_moving.undo(principal, id, body.note, expected=expected), response)
