"""Agents' files (代办员档案) over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.services_hall.agents.domain import (
    AgentAwayAlready,
    AgentDatesWrong,
    AgentFilter,
    AgentKnown,
    AgentNotAway,
    AgentNothingToUndo,
    AgentNotOfVillage,
    AgentStillCarries,
    AgentTransitionError,
    SubstituteWrong,
)
from services.services_hall.agents.schemas import (
    Account,
    AgentCount,
    AgentView,
    AppointAgent,
    EndAgent,
    LeaveAgent,
    ReviseAgent,
)
from services.services_hall.agents.service.agents import MANAGE, READ, ShownAgent
from services.services_hall.deps import Hall
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.agents import AgentStatus
from shared.errors import NotYet
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["agents"])

AgentId = Annotated[UUID, Path(description="代办员标识 id of the file")]
AreaFilter = Annotated[AreaCode | None, Query(description="区划代码 only agents of villages in this area")]


async def _filter(
    status: Annotated[AgentStatus | None, Query(description="状态 only in this status")] = None,
    account: Annotated[Account | None, Query(description="登录账号 only of this login")] = None,
) -> AgentFilter:
    return AgentFilter(status, account)


Wanted = Annotated[AgentFilter, Depends(_filter)]


def _view(shown: ShownAgent, response: Response) -> AgentView:
    response.headers["ETag"] = etag_of(shown.agent.version)
    return AgentView.of(shown)


@router.post(
    "/agents",
    **creates(
        "appointAgent",
        "任用代办员",
        "任用一个村的代办员或替岗代办员；姓名和电话加密保存。",
        permission=MANAGE,
        refuses=(AgentKnown, AgentNotOfVillage, AgentDatesWrong, NotYet),
    ),
)
async def appoint(body: AppointAgent, principal: Authorised, hall: Hall, response: Response) -> AgentView:
    """Appoint an agent."""
    return _view(await hall.agents.appoint(principal, body.new()), response)


@router.get(
    "/agents",
    **reads("listAgents", "代办员列表", "您辖区内各村的代办员，姓名和电话已隐去部分。", permission=READ, refusals=()),
)
async def page(
    page: PageQuery, wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None
) -> Page[AgentView]:
    """Agents of villages in the caller's scope."""
    after = UUID(page.after[0]) if page.after else None
    found = await hall.agents.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.agent.id,))
    return Page(items=[AgentView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/agents/count",
    **reads("countAgents", "代办员计数", "按相同范围和条件，列表共有多少条。", permission=READ, refusals=()),
)
async def count(wanted: Wanted, principal: Authorised, hall: Hall, area: AreaFilter = None) -> AgentCount:
    """How many the list has in all."""
    return AgentCount(count=await hall.agents.count(principal, area, wanted))


@router.get(
    "/agents/{id}",
    **reads("getAgent", "查询代办员", "一名代办员的档案；查看会记入访问记录。", permission=READ, etag=True),
)
async def read(id: AgentId, principal: Authorised, hall: Hall, response: Response) -> AgentView:
    """One file."""
    return _view(await hall.agents.read(principal, id), response)


@router.post(
    "/agents/{id}/revise",
    **step(
        "reviseAgent",
        "更正代办员信息",
        "更正姓名和电话；原来误登的不再保存。",
        permission=MANAGE,
        refuses=(AgentTransitionError,),
    ),
)
async def revise(
    id: AgentId, body: ReviseAgent, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgentView:
    """Put name and phone right."""
    revised = await hall.agents.revise(principal, id, name=body.name, phone=body.phone, expected=expected)
    return _view(revised, response)


@router.post(
    "/agents/{id}/leave",
    **step(
        "leaveAgent",
        "登记离岗",
        "登记离岗日期和替岗人；期间其代办件由替岗人办理，原件须逐件移交。",
        permission=MANAGE,
        refuses=(AgentTransitionError, AgentAwayAlready, AgentDatesWrong, AgentStillCarries, SubstituteWrong),
    ),
)
async def leave(
    id: AgentId, body: LeaveAgent, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgentView:
    """Away for some days."""
    return _view(await hall.agents.leave(principal, id, body.absence(), expected=expected), response)


@router.post(
    "/agents/{id}/return",
    **step(
        "resumeAgent",
        "登记返岗",
        "提前返岗：自今日起由本人办理。",
        permission=MANAGE,
        refuses=(AgentTransitionError, AgentNotAway),
    ),
)
async def come_back(
    id: AgentId, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgentView:
    """Back before the last day away."""
    return _view(await hall.agents.come_back(principal, id, expected=expected), response)


@router.post(
    "/agents/{id}/end",
    **step(
        "endAgent",
        "登记卸任",
        "不再担任代办员；尚有代办件、原件或替岗任务的，须先交接。",
        permission=MANAGE,
        refuses=(AgentTransitionError, AgentDatesWrong, AgentStillCarries),
    ),
)
async def end(
    id: AgentId, body: EndAgent, expected: Expected, principal: Authorised, hall: Hall, response: Response
) -> AgentView:
    """The agent serves no longer."""
    return _view(await hall.agents.end(principal, id, until=body.until, expected=expected), response)


@router.post(
    "/agents/{id}/annul",
    **step(
        "annulAgent",
        "作废代办员档案",
        "任用登记有误的，作废；已承接代办件的不能作废。",
        permission=MANAGE,
        refuses=(AgentTransitionError, AgentStillCarries),
    ),
)
async def annul(id: AgentId, expected: Expected, principal: Authorised, hall: Hall, response: Response) -> AgentView:
    """The file was entered by mistake."""
    return _view(await hall.agents.annul(principal, id, expected=expected), response)


@router.post(
    "/agents/{id}/undo",
    **step(
        "undoAgent",
        "撤销代办员操作",
        "撤销上一步；须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission=MANAGE,
        refusals=(404, 409, 412, 428),
        refuses=(AgentNothingToUndo, AgentStillCarries, SubstituteWrong, AgentKnown),
    ),
)
async def undo(id: AgentId, expected: NamedVersion, principal: Authorised, hall: Hall, response: Response) -> AgentView:
    """Take the last step back."""
    return _view(await hall.agents.undo(principal, id, expected=expected), response)
