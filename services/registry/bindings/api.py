"""Bindings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Response

from services.registry.bindings.domain import AccountAlreadyBound, AccountNotBound, BindingOver, BindingRecord
from services.registry.bindings.schemas import BindAccount, BindingView, EndBinding, OwnBindingView
from services.registry.deps import Registry
from services.registry.persons.service.questions import BUCKET
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["bindings"])

BindingId = Annotated[UUID, Path(description="绑定标识 id of the binding")]
PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]


@router.post(
    "/own/binding",
    **creates(
        "bindOwnAccount",
        "绑定本人账号",
        "居民凭证件号码和在村（社区）领取的一次性办事码，把本账号绑定到本人的居民登记；不符的只答未通过，所在村可见。",
        permission="person.own",
        scope="own",
        refusals=(409, 429),
        refuses=(AccountAlreadyBound,),
        also=[Depends(rate_limited(BUCKET))],
    ),
)
async def bind(body: BindAccount, principal: Authorised, registry: Registry, response: Response) -> OwnBindingView:
    """Bind the own login to the own entry: bound, or failed, whoever has the number or nobody."""
    return _own(await registry.bindings.bind(principal, body.given()), response)


@router.get(
    "/own/binding",
    **reads(
        "getOwnBinding",
        "查询本人绑定",
        "本账号现在的绑定。",
        permission="person.own",
        scope="own",
        refuses=(AccountNotBound,),
        etag=True,
    ),
)
async def read(principal: Authorised, registry: Registry, response: Response) -> OwnBindingView:
    """The binding of the own login."""
    return _own(await registry.bindings.read(principal), response)


@router.post(
    "/own/binding/end",
    **step(
        "endOwnBinding",
        "解除本人绑定",
        "解除本账号的绑定；再次绑定须重新领取办事码。",
        permission="person.own",
        scope="own",
        refuses=(AccountNotBound, BindingOver),
    ),
)
async def end_own(expected: Expected, principal: Authorised, registry: Registry, response: Response) -> OwnBindingView:
    """Take the own binding off."""
    return _own(await registry.bindings.end_own(principal, expected=expected), response)


@router.get(
    "/persons/{id}/bindings",
    **reads(
        "listBindings",
        "账号绑定记录",
        "本地某位居民绑定过的账号和未通过的尝试，最新的在前。",
        permission="person.extract",
    ),
)
async def page(id: PersonId, principal: Authorised, registry: Registry, page: PageQuery) -> Page[BindingView]:
    """Logins bound to a resident of the caller's areas, and tries that failed, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.bindings.page(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[BindingView.model_validate(one) for one in shown], next_cursor=cursor)


@router.post(
    "/bindings/{id}/end",
    **step(
        "endBinding",
        "解除账号绑定",
        "手机丢失、账号被盗或绑定有误时，由居民登记地解除其账号绑定。",
        permission="person.extract",
        refuses=(BindingOver,),
    ),
)
async def end(
    id: BindingId,
    body: EndBinding,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> BindingView:
    """Take a resident's binding off, at home."""
    ended = await registry.bindings.end(principal, id, body.reason, expected=expected)
    response.headers["ETag"] = etag_of(ended.version)
    return BindingView.model_validate(ended)


def _own(binding: BindingRecord, response: Response) -> OwnBindingView:
    response.headers["ETag"] = etag_of(binding.version)
    return OwnBindingView.of(binding)
