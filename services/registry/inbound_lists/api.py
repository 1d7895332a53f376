"""Lists of departments (名单来件) over HTTP: the keys to encrypt to, and the operators' list of answers."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request

from services.registry.deps import Registry
from services.registry.inbound_lists.schemas import ListOutcomeView
from shared.contracts.county.answers import InboundStatus
from shared.http.endpoint import reads
from shared.http.key_sets import KeySetView
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import CodeWord, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["inbound"])


async def _public_keys(request: Request) -> dict[str, Any]:
    found: dict[str, Any] = request.app.state.inbound_keys
    return found


@router.get(
    "/inbound/keys",
    **reads(
        "getListKeys",
        "查询名单加密公钥",
        "各部门加密名单上证件号码所用的公钥（JWK 集），无需登录。",
        permission=None,
        scope="open",
        refusals=(),
    ),
)
async def keys(key_set: Annotated[dict[str, Any], Depends(_public_keys)]) -> KeySetView:
    """The deployment's public keys as a JWK set: what county systems encrypt personal data to. Needs no login."""
    return KeySetView.model_validate(key_set)


@router.get(
    "/inbound/lists",
    **reads(
        "listInboundLists",
        "名单答复列表",
        "对各部门名单的答复，逐行列出结果，最新的在前；不含个人信息。",
        permission="ops.dead_letters",
        scope="county",
        refusals=(),
    ),
)
async def list_lists(
    page: PageQuery,
    principal: Authorised,
    registry: Registry,
    status: Annotated[InboundStatus | None, Query(description="名单结果 only accepted or only rejected")] = None,
    code: Annotated[CodeWord | None, Query(description="拒绝代码 only those rejected with this code")] = None,
    source: Annotated[str | None, Query(max_length=200, description="来源 only events of this `source`")] = None,
) -> Page[ListOutcomeView]:
    """What departments were answered to their lists, the newest first. Says nothing of people."""
    after = None if page.after is None else (datetime.fromisoformat(page.after[0]), UUID(page.after[1]))
    rows = await registry.list_outcomes.page(status=status, code=code, source=source, after=after, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda outcome: (outcome.answered_at, outcome.id))
    return Page(items=[ListOutcomeView.model_validate(outcome) for outcome in shown], next_cursor=cursor)
