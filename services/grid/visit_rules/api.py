"""Visit rules (走访规则) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from services.grid.deps import Grid
from services.grid.visit_rules.domain import (
    VisitRuleCategoryUnknown,
    VisitRuleEndWrong,
    VisitRuleLedgerWrong,
    VisitRuleMissedHalf,
    VisitRuleNotEnded,
    VisitRuleTaken,
)
from services.grid.visit_rules.models import VisitRule
from services.grid.visit_rules.schemas import EndVisitRule, EnterVisitRule, VisitRuleCount, VisitRuleView
from services.grid.visit_rules.service import MANAGE, READ
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["visit-rules"])

VisitRuleId = Annotated[UUID, Path(description="规则标识 id of the rule")]
TagFilter = Annotated[CodeWord | None, Query(description="标签代码 only of this tag")]


def _answer(rule: VisitRule, response: Response) -> VisitRuleView:
    response.headers["ETag"] = etag_of(rule.version)
    return VisitRuleView.model_validate(rule)


@router.post(
    "/visit-rules",
    **creates(
        "enterVisitRule",
        "登记走访规则",
        "按标签和等级登记走访间隔、首访天数、逾期生成事件的天数和走访记录表；次日起排定。",
        permission=MANAGE,
        scope="county",
        refuses=(VisitRuleMissedHalf, VisitRuleCategoryUnknown, VisitRuleLedgerWrong, VisitRuleTaken),
    ),
)
async def enter(body: EnterVisitRule, principal: Authorised, grid: Grid, response: Response) -> VisitRuleView:
    """Enter how people with a tag are visited."""
    setting = grid.visit_rules
    return _answer(await setting.enter(principal, body.tag_code, body.level, body.terms(), body.valid_from), response)


@router.get(
    "/visit-rules",
    **reads("listVisitRules", "走访规则列表", "走访规则，含已终止的。", permission=READ, scope="open", refusals=()),
)
async def list_rules(page: PageQuery, _: Authorised, grid: Grid, tag_code: TagFilter = None) -> Page[VisitRuleView]:
    """Rules of visits, ended ones too."""
    after = None if page.after is None else UUID(page.after[0])
    rows = await grid.visit_rules.page(tag_code, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda rule: (rule.id,))
    return Page(items=[VisitRuleView.model_validate(rule) for rule in shown], next_cursor=cursor)


@router.get(
    "/visit-rules/count",
    **reads(
        "countVisitRules", "走访规则计数", "按相同条件列表共有多少条。", permission=READ, scope="open", refusals=()
    ),
)
async def count(_: Authorised, grid: Grid, tag_code: TagFilter = None) -> VisitRuleCount:
    """How many the list with the same filter shows."""
    return VisitRuleCount(count=await grid.visit_rules.count(tag_code))


@router.post(
    "/visit-rules/{id}/end",
    **step(
        "endVisitRule",
        "终止走访规则",
        "终止一条规则；终止日等于起始日的，视为从未生效。次日起，没有规则的走访取消。",
        permission=MANAGE,
        scope="county",
        refuses=(VisitRuleEndWrong,),
    ),
)
async def end(
    id: VisitRuleId, body: EndVisitRule, expected: Expected, _: Authorised, grid: Grid, response: Response
) -> VisitRuleView:
    """End a rule."""
    return _answer(await grid.visit_rules.end(id, body.ends_on, expected=expected), response)


@router.post(
    "/visit-rules/{id}/resume",
    **step(
        "resumeVisitRule",
        "恢复走访规则",
        "终止有误的，恢复该规则。",
        permission=MANAGE,
        scope="county",
        refuses=(VisitRuleNotEnded, VisitRuleTaken),
    ),
)
async def resume(id: VisitRuleId, expected: Expected, _: Authorised, grid: Grid, response: Response) -> VisitRuleView:
    """Take the end of a rule back."""
    return _answer(await grid.visit_rules.resume(id, expected=expected), response)
