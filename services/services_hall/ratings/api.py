"""Ratings over HTTP: links, what somebody gives by one, what is entered, lists."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response

from services.services_hall.cases.api.answers import CaseId
from services.services_hall.deps import Hall
from services.services_hall.ratings.domain import (
    RatingByHandler,
    RatingContactNotYet,
    RatingFilter,
    RatingFollowed,
    RatingGivenAlready,
    RatingLinkOver,
    RatingNotEntered,
    RatingTransitionError,
    WordsAfterErasure,
)
from services.services_hall.ratings.schemas.bodies import (
    IssueRatingLink,
    RateContact,
    RatedContactView,
    RatingCount,
    RatingDetail,
    RatingLinkView,
    RatingReceipt,
    RatingView,
    RecordRating,
    ShownLink,
)
from services.services_hall.ratings.schemas.page import PAGE, POLICY
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.ratings import RatingChannel, RatingContact, RatingStatus
from shared.errors import FieldError, Invalid
from shared.http.endpoint import creates, endpoint, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.papers import answers_page
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["ratings"])

RatingId = Annotated[UUID, Path(description="评价标识 id of the rating")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only of counters in this area")]
PER_MINUTE = 20
OPEN: dict[str, Any] = {
    "permission": None,
    "scope": "open",
    "also": [Depends(rate_limited("contact_rating", per_minute=PER_MINUTE))],
    "refusals": (404, 429),
}
BY_LINK = (RatingLinkOver, RatingContactNotYet)


async def _filter(
    status: Annotated[RatingStatus | None, Query(description="状态 only in this status")] = None,
    channel: Annotated[RatingChannel | None, Query(description="评价渠道 only what came so")] = None,
    contact: Annotated[RatingContact | None, Query(description="评价环节 only of this contact")] = None,
    low: Annotated[bool, Query(description="差评 only the two lowest levels")] = False,
) -> RatingFilter:
    return RatingFilter(status, channel, contact, low)


Wanted = Annotated[RatingFilter, Depends(_filter)]


@router.post(
    "/cases/{id}/rating-links",
    **creates(
        "issueRatingLink",
        "生成评价链接",
        "为一次办事生成评价链接，三十天内有效，只能评价一次；重新生成的，原链接即失效。",
        permission="case.handle",
        refuses=(RatingContactNotYet, RatingGivenAlready),
        etag=False,
    ),
)
async def issue(
    id: CaseId, body: IssueRatingLink, request: Request, principal: Authorised, hall: Hall
) -> RatingLinkView:
    """A link for one contact of a case."""
    return RatingLinkView.of(await hall.ratings.issue(principal, id, body.contact), request.app.state.public_address)


@router.get(
    "/rate", **answers_page(reads("showRatingPage", "评价页面", "评价链接所指的页面；无需登录，限次。", **OPEN))
)
async def page(_: Authorised) -> Response:
    """The page to which a link leads; what it is about is asked by its script."""
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    return Response(PAGE, 200, headers, "text/html; charset=utf-8")


@router.post(
    "/contact-ratings/look",
    **reads("lookAtRatingLink", "查看评价链接", "评价链接对应的事项和环节；无需登录，限次。", refuses=BY_LINK, **OPEN),
)
async def look(body: ShownLink, _: Authorised, hall: Hall) -> RatedContactView:
    """What a link is about."""
    return RatedContactView.of(await hall.ratings.look(body.token))


@router.post(
    "/contact-ratings",
    **endpoint(
        "rateContact",
        "评价",
        "凭评价链接评价一次办事；无需登录，限次。差评自动生成整改。",
        status=201,
        refuses=(*BY_LINK, RatingGivenAlready),
        **OPEN,
    ),
)
async def rate(body: RateContact, _: Authorised, hall: Hall) -> RatingReceipt:
    """Rate a contact by its link."""
    return RatingReceipt.model_validate(await hall.ratings.rate(body.token, body.given()))


@router.post(
    "/contact-ratings/withdraw",
    **endpoint(
        "withdrawContactRating",
        "撤回评价",
        "凭评价链接撤回自己的评价，可重新评价；已开始整改的不能撤回。无需登录，限次。",
        refuses=(*BY_LINK, RatingFollowed, RatingTransitionError),
        **OPEN,
    ),
)
async def withdraw(body: ShownLink, _: Authorised, hall: Hall) -> RatingReceipt:
    """Take back what was given by a link."""
    return RatingReceipt.model_validate(await hall.ratings.withdraw(body.token))


@router.post(
    "/cases/{id}/ratings",
    **creates(
        "recordRating",
        "登记评价",
        "登记当事人以电话或书面作出的评价；经办人不得登记。",
        permission="rating.record",
        refuses=(RatingContactNotYet, RatingGivenAlready, RatingByHandler, WordsAfterErasure),
    ),
)
async def record(id: CaseId, body: RecordRating, principal: Authorised, hall: Hall, response: Response) -> RatingView:
    """What somebody said by phone or letter."""
    if body.channel is RatingChannel.LINK:
        raise Invalid(errors=[FieldError("channel", "enum", "评价链接由当事人自行使用，请选择电话或书面")])
    rating = await hall.ratings.record(principal, id, body.contact, body.channel, body.given())
    response.headers["ETag"] = etag_of(rating.version)
    return RatingView.model_validate(rating)


@router.get(
    "/ratings",
    **reads(
        "listRatings", "评价列表", "您授权范围内的评价，最新的在前，不含意见。", permission="rating.read", refusals=()
    ),
)
async def list_(
    page: PageQuery, wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None
) -> Page[RatingView]:
    """Ratings of counters in the caller's scope, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.ratings.page(principal, area, wanted, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(found, key=lambda one: (one.id,))
    return Page(items=[RatingView.model_validate(one) for one in shown], next_cursor=cursor)


@router.get(
    "/ratings/count",
    **reads("countRatings", "评价计数", "按相同范围和条件，列表共有多少条。", permission="rating.read", refusals=()),
)
async def count(wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None) -> RatingCount:
    """How many the list has in all."""
    return RatingCount(count=await hall.ratings.count(principal, area, wanted))


@router.get(
    "/ratings/{id}",
    **reads("getRating", "查询评价", "一条评价及意见；查看会记入访问记录。", permission="rating.read", etag=True),
)
async def read(id: RatingId, principal: Authorised, hall: Hall, response: Response) -> RatingDetail:
    """A rating with what was said."""
    rating, remark = await hall.ratings.read(principal, id)
    response.headers["ETag"] = etag_of(rating.version)
    return RatingDetail.with_remark(rating, remark)


@router.post(
    "/ratings/{id}/take-back",
    **step(
        "takeBackRating",
        "撤回登记的评价",
        "登记有误的撤回；群众自行作出的评价不能由工作人员撤回。",
        permission="rating.record",
        refuses=(RatingNotEntered, RatingFollowed, RatingTransitionError),
    ),
)
async def take_back(
    id: RatingId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> RatingView:
    """What was entered is taken back."""
    rating = await hall.ratings.take_back(principal, id, expected=expected)
    response.headers["ETag"] = etag_of(rating.version)
    return RatingView.model_validate(rating)
