"""Rectifications over HTTP."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.services_hall.deps import Hall
from services.services_hall.ratings.domain import RatingTransitionError, WordsAfterErasure
from services.services_hall.rectifications.domain import (
    HANDLE,
    READ,
    REVIEW,
    AppealedAlready,
    CallNotTriedEnough,
    RectificationByHandler,
    RectificationFilter,
    RectificationNothingToUndo,
    RectificationSamePerson,
    RectificationTransitionError,
)
from services.services_hall.rectifications.models import Rectification
from services.services_hall.rectifications.schemas import (
    Appeal,
    CallBack,
    RectificationCount,
    RectificationDetailView,
    RectificationView,
    Rectify,
    Reopen,
    Review,
)
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.rectifications import RectificationStatus
from shared.errors import DomainError
from shared.http.endpoint import reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["rectifications"])

RectificationId = Annotated[UUID, Path(description="整改标识 id of the rectification")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only of offices in this area")]


async def _filter(
    status: Annotated[RectificationStatus | None, Query(description="状态 only in this status")] = None,
    overdue: Annotated[bool, Query(description="超期 only what is not put right and whose limit is over")] = False,
) -> RectificationFilter:
    return RectificationFilter(status, overdue)


Wanted = Annotated[RectificationFilter, Depends(_filter)]


def _step(operation: str, title: str, meaning: str, *refuses: type[DomainError], by: str = HANDLE) -> dict[str, Any]:
    return step(operation, title, meaning, permission=by, refuses=(RectificationTransitionError, *refuses))


def _answer(row: Rectification, response: Response) -> RectificationView:
    response.headers["ETag"] = etag_of(row.version)
    return RectificationView.model_validate(row)


@router.get(
    "/rectifications",
    **reads("listRectifications", "整改列表", "您授权范围内的差评整改，最新的在前。", permission=READ, refusals=()),
)
async def list_(
    page: PageQuery, wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None
) -> Page[RectificationView]:
    """Rectifications of offices in the caller's scope, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.rectifying.page(principal, area, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[RectificationView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/rectifications/count",
    **reads("countRectifications", "整改计数", "按相同范围和条件，列表共有多少条。", permission=READ, refusals=()),
)
async def count(wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None) -> RectificationCount:
    """How many the list has in all."""
    return RectificationCount(count=await hall.rectifying.count(principal, area, wanted))


@router.get(
    "/rectifications/{id}",
    **reads("getRectification", "查询整改", "一项整改及其过程；查看会记入访问记录。", permission=READ, etag=True),
)
async def read(id: RectificationId, principal: Authorised, hall: Hall, response: Response) -> RectificationDetailView:
    """A rectification with its steps."""
    detail = await hall.rectifying.read(principal, id)
    response.headers["ETag"] = etag_of(detail.row.version)
    return RectificationDetailView.of(detail)


@router.post(
    "/rectifications/{id}/attempt",
    **_step("attemptRectificationCall", "登记回访未接通", "回访而无人接听；仍待回访。", RectificationByHandler),
)
async def attempt(
    id: RectificationId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """Nobody answered."""
    return _answer(await hall.rectifying.attempt(principal, id, expected=expected), response)


@router.post(
    "/rectifications/{id}/call-back",
    **_step(
        "callBackRectification",
        "登记差评回访",
        "登记回访核实的结果；经办人不得回访，未接通满三次方可登记为未能联系。",
        RectificationByHandler,
        CallNotTriedEnough,
        WordsAfterErasure,
    ),
)
async def call_back(
    id: RectificationId, body: CallBack, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """Whoever rated was called back."""
    moved = await hall.rectifying.call_back(principal, id, body.outcome, body.note, expected=expected)
    return _answer(moved, response)


@router.post(
    "/rectifications/{id}/rectify",
    **_step("rectifyRating", "登记整改结果", "办理单位登记整改结果；逾期的也登记，以日期为准。", WordsAfterErasure),
)
async def rectify(
    id: RectificationId, body: Rectify, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """The office put it right."""
    return _answer(await hall.rectifying.rectify(principal, id, body.result, body.note, expected=expected), response)


@router.post(
    "/rectifications/{id}/appeal",
    **_step("appealRating", "申诉差评", "认为评价有误或恶意的申诉，只能一次。", AppealedAlready),
)
async def appeal(
    id: RectificationId, body: Appeal, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """The office says that the rating should not count."""
    return _answer(await hall.rectifying.appeal(principal, id, body.reason, expected=expected), response)


@router.post(
    "/rectifications/{id}/review",
    **_step(
        "reviewRatingAppeal",
        "复核申诉",
        "由他人复核：申诉成立的，该评价不计入；不成立的，继续整改。",
        RectificationSamePerson,
        RectificationByHandler,
        RatingTransitionError,
        WordsAfterErasure,
        by=REVIEW,
    ),
)
async def review(
    id: RectificationId, body: Review, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """Somebody else judges the appeal."""
    moved = await hall.rectifying.review(principal, id, upheld=body.upheld, note=body.note, expected=expected)
    return _answer(moved, response)


@router.post(
    "/rectifications/{id}/close",
    **_step("closeRectification", "核实办结整改", "由整改人以外的人员核实后办结。", RectificationSamePerson),
)
async def close(
    id: RectificationId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """Somebody else found it put right."""
    return _answer(await hall.rectifying.close(principal, id, expected=expected), response)


@router.post(
    "/rectifications/{id}/reopen",
    **_step("reopenRectification", "重新整改", "整改未落实或群众仍不满意的，重新整改并重新计算期限。", by=REVIEW),
)
async def reopen(
    id: RectificationId, body: Reopen, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """It was not put right: it begins anew."""
    return _answer(await hall.rectifying.reopen(principal, id, body.reason, expected=expected), response)


@router.post(
    "/rectifications/{id}/undo",
    **step(
        "undoRectification",
        "撤销整改上一步",
        "登记有误的，撤销最近一步，过程都保留。须用 `If-Match` 指明所见版本。",
        permission=HANDLE,
        refusals=(404, 409, 412, 428),
        refuses=(RectificationNothingToUndo, RatingTransitionError),
    ),
)
async def undo(
    id: RectificationId, expected: NamedVersion, principal: Authorised, hall: Hall, response: Response
) -> RectificationView:
    """Take back what was done last."""
    return _answer(await hall.rectifying.undo(principal, id, expected=expected), response)
