"""Terms over HTTP: who holds a post is public by office to whoever works in its area, the phone is not."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.deps import Registry
from services.registry.life_events.domain import PLACING, PersonDeceased, PersonErased, PersonNotActive
from services.registry.terms.domain import (
    Body,
    Post,
    TermDatesWrong,
    TermDoesNotFit,
    TermFilter,
    TermNothingToUndo,
    TermOfOtherVillage,
    TermOverlaps,
    TermStatus,
    TermTransitionError,
    TermUnchanged,
)
from services.registry.terms.schemas import (
    CommitteeView,
    EndTerm,
    TermBody,
    TermCount,
    TermVersionView,
    TermView,
    VacancyView,
)
from services.registry.terms.service.handling import ShownTerm
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["terms"])

TermId = Annotated[UUID, Path(description="任职标识 id of the term")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only inside this area")]
OfArea = Annotated[AreaCode, Query(description="区划代码 villages of this area")]
OfVillage = Annotated[AreaCode, Query(description="村或社区 code of 12 digits")]
OnDay = Annotated[Day | None, Query(description="截面日 who held the post on that day; today if absent")]
FITTING = (TermDoesNotFit, TermDatesWrong, TermOverlaps, PersonDeceased, PersonNotActive, *PLACING)


async def wanted(
    post: Annotated[Post | None, Query(description="职务 only of this post")] = None,
    body: Annotated[Body | None, Query(description="所属组织 only of posts of this body")] = None,
    status: Annotated[TermStatus | None, Query(description="状态 only in this status")] = None,
    on: Annotated[Day | None, Query(description="截面日 only who was in office on that day")] = None,
    ends_by: Annotated[Day | None, Query(description="届满 only whose term is over by that day, as foreseen")] = None,
) -> TermFilter:
    """What a list and its count ask for."""
    return TermFilter(post, body, status, on, ends_by)


Wanted = Annotated[TermFilter, Depends(wanted)]


@router.post(
    "/terms",
    **creates(
        "enterTerm",
        "登记任职",
        "登记村（社区）、网格、小组、下属委员会等职务由谁担任；同一时间只能一人担任的职务，须先结束前任。",
        permission="term.manage",
        location=True,
        refuses=FITTING,
    ),
)
async def enter(body: TermBody, principal: Authorised, registry: Registry, response: Response) -> TermView:
    """Enter who holds a post."""
    shown = await registry.terms.enter(principal, body.fields())
    response.headers["Location"] = f"/registry/v1/terms/{shown.id}"
    return _answer(shown, response)


@router.get(
    "/terms",
    **reads(
        "listTerms",
        "任职列表",
        "您辖区内的任职，先登记的在前；姓名因职务公开，电话按权限脱敏。",
        permission="term.read",
    ),
)
async def list_(
    principal: Authorised, registry: Registry, page: PageQuery, wanted: Wanted, area: AreaFilter = None
) -> Page[TermView]:
    """Terms in the caller's scope, oldest first."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await registry.term_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.id,))
    return Page(items=[TermView.of(row) for row in shown], next_cursor=cursor)


@router.get("/terms/count", **reads("countTerms", "任职计数", "按相同条件列表共有多少条。", permission="term.read"))
async def count(principal: Authorised, registry: Registry, wanted: Wanted, area: AreaFilter = None) -> TermCount:
    """How many the list has in all: the same scope, the same filters."""
    return TermCount(count=await registry.term_reads.count(principal, area, wanted))


@router.get(
    "/terms/committee",
    **reads(
        "getCommittee",
        "村社班子",
        "某村（社区）在某日的各类任职、空缺、是否一肩挑、委员会人数和女性人数，以及法律所说的一般范围。",
        permission="term.read",
    ),
)
async def committee(principal: Authorised, registry: Registry, area: OfVillage, on: OnDay = None) -> CommitteeView:
    """Who holds which post of a village on a day, and what the law says of it."""
    return CommitteeView.of(await registry.term_reads.committee(principal, area, on))


@router.get(
    "/terms/vacancies",
    **reads(
        "listVacancies",
        "职务空缺",
        "某区域各村（社区）在某日无人担任的书记、主任、监督委员会主任。",
        permission="term.read",
    ),
)
async def vacancies(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, on: OnDay = None
) -> Page[VacancyView]:
    """Posts that each village has and that nobody holds, by village."""
    after = None if page.after is None else (page.after[0], page.after[1])
    rows = await registry.term_reads.vacancies(principal, area, on, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda row: (row.area, row.post))
    return Page(items=[VacancyView.of(row) for row in shown], next_cursor=cursor)


@router.get(
    "/terms/vacancies/count",
    **reads("countVacancies", "职务空缺计数", "按相同条件列表共有多少项。", permission="term.read"),
)
async def count_vacancies(principal: Authorised, registry: Registry, area: OfArea, on: OnDay = None) -> TermCount:
    """How many the list has in all: the same scope."""
    return TermCount(count=await registry.term_reads.count_vacancies(principal, area, on))


@router.get(
    "/terms/{id}",
    **reads("getTerm", "查询任职", "一条任职；查看会记入访问记录。", permission="term.read", etag=True),
)
async def read(id: TermId, principal: Authorised, registry: Registry, response: Response) -> TermView:
    """One term; the look is noted in the access log."""
    return _answer(await registry.term_reads.read(principal, id), response)


@router.get(
    "/terms/{id}/history",
    **reads(
        "listTermVersions",
        "任职办理记录",
        "一条任职的每一步办理及办理后的内容，最早的在前。",
        permission="term.read",
    ),
)
async def history(id: TermId, principal: Authorised, registry: Registry, page: PageQuery) -> Page[TermVersionView]:
    """What was done to it, the first step first."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await registry.term_reads.history(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.term.version,))
    return Page(items=[TermVersionView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/terms/{id}/correct",
    **step(
        "correctTerm",
        "更正任职",
        "更正任职的全部内容；所在地只能在本村内调整网格。",
        permission="term.manage",
        refuses=(TermTransitionError, TermUnchanged, TermOfOtherVillage, PersonErased, *FITTING),
    ),
)
async def correct(
    id: TermId,
    body: TermBody,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TermView:
    """Set right what is known of a term."""
    return _answer(await registry.terms.correct(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/terms/{id}/end",
    **step(
        "endTerm",
        "登记离任",
        "登记某人自某日起不再担任该职务及原因。",
        permission="term.manage",
        refuses=(TermTransitionError, TermDatesWrong),
    ),
)
async def end(
    id: TermId,
    body: EndTerm,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> TermView:
    """Somebody is in office no more."""
    shown = await registry.terms.end(principal, id, ended_on=body.ended_on, reason=body.reason, expected=expected)
    return _answer(shown, response)


@router.post(
    "/terms/{id}/withdraw",
    **step(
        "withdrawTerm",
        "撤回任职",
        "撤回误登的任职。",
        permission="term.manage",
        refuses=(TermTransitionError,),
    ),
)
async def withdraw(
    id: TermId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> TermView:
    """It was entered by mistake."""
    return _answer(await registry.terms.withdraw(principal, id, expected=expected), response)


@router.post(
    "/terms/{id}/undo",
    **step(
        "undoTerm",
        "撤销上一步",
        "撤销对任职的最近一步办理；再次撤销的，撤销其前一步。须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission="term.manage",
        refusals=(404, 409, 412, 428),
        refuses=(TermTransitionError, TermNothingToUndo, TermOverlaps, *PLACING),
    ),
)
async def undo(
    id: TermId, expected: NamedVersion, principal: Authorised, registry: Registry, response: Response
) -> TermView:
    """Take back what was done last."""
    return _answer(await registry.terms.undo(principal, id, expected=expected), response)


def _answer(shown: ShownTerm, response: Response) -> TermView:
    response.headers["ETag"] = etag_of(shown.version)
    return TermView.of(shown)
