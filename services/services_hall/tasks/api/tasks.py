"""Tasks over HTTP: pools, list, count; claimed, assigned, released; 即办件 in batches; search."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.services_hall.cases.domain.codes import CasePost, Desk
from services.services_hall.deps import Hall
from services.services_hall.tasks.domain import (
    Assigned,
    CaseNotAtOnce,
    OfficerAbsent,
    OfficerNotOnPost,
    SearchWithoutWords,
    TaskFilter,
    TaskFree,
    TaskTaken,
)
from services.services_hall.tasks.models import Task
from services.services_hall.tasks.schemas import (
    AssignTask,
    CompleteCases,
    CompletedCasesView,
    CompletedCaseView,
    FoundCaseView,
    SearchCases,
    Subject,
    TaskCount,
    TaskPoolsView,
    TaskPoolView,
    TaskView,
)
from services.services_hall.tasks.service.searching import BUCKET
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.cases import CaseStatus
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["tasks"])

TaskId = Annotated[UUID, Path(description="待办标识 id of the task")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only what waits at offices in this area")]


async def _filter(
    principal: Authorised,
    hall: Hall,
    level: Annotated[
        Literal["6", "9", "12"] | None,
        Query(description="层级 only offices of this level: 6 county, 9 town, 12 village"),
    ] = None,
    department: Annotated[CodeWord | None, Query(description="部门 only offices of this department")] = None,
    kind: Annotated[Desk | None, Query(description="待办类型 code list `case_desks`: held, arriving or asked")] = None,
    post: Annotated[CasePost | None, Query(description="岗位 code list `case_posts`")] = None,
    assigned: Annotated[Assigned | None, Query(description="经办 free, mine or taken")] = None,
    officer: Annotated[Subject | None, Query(description="经办人 only what this officer works on")] = None,
    status: Annotated[CaseStatus | None, Query(description="状态 only cases in this status")] = None,
    item_id: Annotated[UUID | None, Query(description="事项 only cases of this item")] = None,
    due_by: Annotated[Day | None, Query(description="到期日不晚于 only what ends on this day or before")] = None,
) -> TaskFilter:
    digits = None if level is None else int(level)
    day = hall.tasks.day()
    return TaskFilter(
        principal.subject, day, digits, department, kind, post, assigned, officer, status, item_id, due_by
    )


Wanted = Annotated[TaskFilter, Depends(_filter)]


@router.get(
    "/tasks",
    **reads(
        "listTasks",
        "待办列表",
        "您授权范围内各单位的待办，先到期的在前；查看会记入访问记录。",
        permission="case.read",
        refusals=(),
    ),
)
async def page(
    page: PageQuery, wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None
) -> Page[TaskView]:
    """Tasks of the offices in the caller's scope, what ends first at first."""
    after = (date.fromisoformat(page.after[0]), UUID(page.after[1])) if page.after else None
    found = await hall.tasks.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.desk.ends_on, one.desk.id))
    return Page(items=[TaskView.of(one, wanted.today) for one in shown], next_cursor=cursor)


@router.get(
    "/tasks/count",
    **reads("countTasks", "待办计数", "按相同范围和条件，列表共有多少条。", permission="case.read", refusals=()),
)
async def count(wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None) -> TaskCount:
    """How many the list has in all."""
    return TaskCount(count=await hall.tasks.count(principal, area, wanted))


@router.get(
    "/task-pools",
    **reads(
        "listTaskPools",
        "待办池",
        "按层级、部门和岗位，相同条件的待办各有多少、多少待认领、多少超期。",
        permission="case.read",
        refusals=(),
    ),
)
async def pools(wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None) -> TaskPoolsView:
    """How many wait in each pool; they come to the count of the list."""
    found = await hall.tasks.pools(principal, area, wanted)
    return TaskPoolsView(items=[TaskPoolView.model_validate(one) for one in found])


@router.post(
    "/tasks/{id}/claim",
    **step(
        "claimTask", "认领待办", "由您办理；他人已认领的不能再认领。", permission="case.handle", refuses=(TaskTaken,)
    ),
)
async def claim(id: TaskId, expected: Expected, principal: Authorised, hall: Hall, response: Response) -> TaskView:
    """认领: the caller works on it."""
    return _view(await hall.tasks.claim(principal, id, expected=expected), hall.tasks.day(), response)


@router.post(
    "/tasks/{id}/assign",
    **step(
        "assignTask",
        "分派待办",
        "分派或改派给在岗且可办理此事的人员。",
        permission="case.assign",
        refuses=(OfficerNotOnPost, OfficerAbsent),
    ),
)
async def assign(
    id: TaskId,
    body: AssignTask,
    expected: Expected,
    principal: Authorised,
    hall: Hall,
    response: Response,
) -> TaskView:
    """分派: somebody who is at work there works on it."""
    return _view(await hall.tasks.assign(principal, id, body.officer, expected=expected), hall.tasks.day(), response)


@router.post(
    "/tasks/{id}/release",
    **step(
        "releaseTask",
        "释放待办",
        "退回待办池，由他人认领；只能由经办人本人或有分派权的人员释放。",
        permission="case.handle",
        refuses=(TaskFree, TaskTaken),
    ),
)
async def release(id: TaskId, expected: Expected, principal: Authorised, hall: Hall, response: Response) -> TaskView:
    """释放: it is free again."""
    return _view(await hall.tasks.release(principal, id, expected=expected), hall.tasks.day(), response)


@router.post(
    "/cases/search",
    **reads(
        "searchCases",
        "查找办件",
        "按编号、申请人证件、居民、事项、状态或到期日查找您授权范围内的办件，申请人脱敏；限次，查找会记入访问记录。",
        permission="case.read",
        refusals=(404, 429),
        refuses=(SearchWithoutWords,),
        also=[Depends(rate_limited(BUCKET))],
    ),
)
async def search(body: SearchCases, page: PageQuery, principal: Authorised, hall: Hall) -> Page[FoundCaseView]:
    """Cases that match, the newest first, applicants masked."""
    after = None if page.after is None else UUID(page.after[0])
    found = await hall.case_search.search(
        principal, body.area, body.sought(), body.purpose, after=after, limit=page.limit
    )
    shown, cursor = page.cut(found, key=lambda one: (one.case.id,))
    left = await hall.case_reads.remaining([one.case for one in shown])
    return Page(items=[FoundCaseView.found(one, left[one.case.id]) for one in shown], next_cursor=cursor)


@router.post(
    "/cases/complete-at-once",
    **creates(
        "completeCasesAtOnce",
        "批量办结即办件",
        "对即办件依次收件、受理、准予并结案；每件各有结果，一件被拒不影响其他。",
        permission="case.decide",
        refusals=(),
        refuses=(CaseNotAtOnce,),
        status=200,
        etag=False,
    ),
)
async def complete(body: CompleteCases, principal: Authorised, hall: Hall) -> CompletedCasesView:
    """Each case is received, accepted, granted and closed, or refused with its reason."""
    done = await hall.cases_at_once.complete(principal, [one.wished() for one in body.cases])
    return CompletedCasesView(items=[CompletedCaseView.of(one) for one in done])


def _view(task: Task, day: date, response: Response) -> TaskView:
    response.headers["ETag"] = etag_of(task.desk.version)
    return TaskView.of(task, day)
