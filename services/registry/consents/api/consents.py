"""Consents over HTTP for whoever looks after the person: entered from paper, read, withdrawn, annulled, undone."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.consents.domain import (
    ConsentByGuardian,
    ConsentDatesWrong,
    ConsentDoesNotCover,
    ConsentFilter,
    ConsentGuardianWrong,
    ConsentKnown,
    ConsentNothingToUndo,
    ConsentOfOwnWish,
    ConsentRecord,
    ConsentTransitionError,
)
from services.registry.consents.schemas import (
    ConsentCount,
    ConsentStepView,
    ConsentsView,
    ConsentView,
    RecordConsent,
    TakeConsentBack,
    WithdrawConsent,
)
from services.registry.deps import Registry
from services.registry.life_events.domain import PersonDeceased, PersonErased, PersonNotActive
from shared.contracts.envelope import AreaCode
from shared.contracts.registry.consents import ConsentPurpose
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["consents"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
ConsentId = Annotated[UUID, Path(description="同意标识 id of the consent")]
OfArea = Annotated[AreaCode, Query(description="区划代码 area in which the persons live or are registered")]
OfPurpose = Annotated[ConsentPurpose | None, Query(description="处理目的 only those for this purpose")]
OnDay = Annotated[Day | None, Query(description="截面日 what held on that day; today if absent")]

GIVING = (
    *(ConsentDoesNotCover, ConsentDatesWrong, ConsentByGuardian, ConsentGuardianWrong, ConsentKnown),
    *(PersonDeceased, PersonNotActive),
)
"""What giving is refused for, at every door."""


async def wanted(processed_for: OfPurpose = None, on: OnDay = None) -> ConsentFilter:
    """What a list and its count ask for."""
    return ConsentFilter(processed_for, on)


Wanted = Annotated[ConsentFilter, Depends(wanted)]


@router.post(
    "/persons/{id}/consents",
    **creates(
        "recordConsent",
        "登记书面同意",
        "登记居民本人或其监护人签字的书面同意；每一目的单独登记，同一目的在同一天只有一件。",
        permission="consent.manage",
        location=True,
        refuses=GIVING,
    ),
)
async def record(
    id: PersonId, body: RecordConsent, principal: Authorised, registry: Registry, response: Response
) -> ConsentView:
    """Enter a consent that was signed on paper."""
    made = await registry.consents.record(principal, id, body.fields(), body.paper(), body.by())
    response.headers["Location"] = f"/registry/v1/consents/{made.id}"
    return _answer(made, response)


@router.get(
    "/persons/{id}/consents",
    **reads(
        "listConsentsOfPerson",
        "某人的同意",
        "某位居民曾作出的各项同意，含已撤回、已终止的，最早的在前；查看会记入访问记录。",
        permission="consent.read",
    ),
)
async def of_person(id: PersonId, principal: Authorised, registry: Registry) -> ConsentsView:
    """A person's consents, the earliest first."""
    return ConsentsView(items=[ConsentView.of(one) for one in await registry.consent_reads.of_person(principal, id)])


@router.get(
    "/consents",
    **reads(
        "listConsents",
        "同意列表",
        "某区域居民在某日有效的同意；可只列某一目的；查看会记入访问记录。",
        permission="consent.read",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, wanted: Wanted
) -> Page[ConsentView]:
    """Consents of an area's persons that hold on a day, by id."""
    after = None if page.after is None else UUID(page.after[0])
    found = await registry.consent_reads.page(principal, area, wanted, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.consent.id,))
    return Page(items=[ConsentView.of(one.consent) for one in shown], next_cursor=cursor)


@router.get(
    "/consents/count",
    **reads("countConsents", "同意计数", "按相同条件列表共有多少件。", permission="consent.read"),
)
async def count(principal: Authorised, registry: Registry, area: OfArea, wanted: Wanted) -> ConsentCount:
    """How many the list has in all: the same scope, the same filters."""
    return ConsentCount(count=await registry.consent_reads.count(principal, area, wanted))


@router.get(
    "/consents/{id}",
    **reads("getConsent", "查询同意", "一件同意；查看会记入访问记录。", permission="consent.read", etag=True),
)
async def read(id: ConsentId, principal: Authorised, registry: Registry, response: Response) -> ConsentView:
    """One consent; the look is noted in the access log."""
    return _answer(await registry.consent_reads.read(principal, id), response)


@router.get(
    "/consents/{id}/history",
    **reads(
        "listConsentSteps",
        "同意办理记录",
        "一件同意的每一步办理：方式、核验或书面编号、原因、办理人，最早的在前。",
        permission="consent.read",
    ),
)
async def history(id: ConsentId, principal: Authorised, registry: Registry, page: PageQuery) -> Page[ConsentStepView]:
    """What was done to it, the first step first."""
    after = 0 if page.after is None else int(page.after[0])
    rows = await registry.consent_reads.history(principal, id, after=after, limit=page.limit)
    shown, cursor = page.cut(rows, key=lambda one: (one.version,))
    return Page(items=[ConsentStepView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/consents/{id}/withdraw",
    **step(
        "withdrawConsent",
        "登记书面撤回",
        "登记居民本人或其监护人书面撤回同意，自撤回日起不再据此处理。",
        permission="consent.manage",
        refuses=(ConsentTransitionError, ConsentDatesWrong, PersonErased),
    ),
)
async def withdraw(
    id: ConsentId,
    body: WithdrawConsent,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> ConsentView:
    """It was withdrawn on paper."""
    return _answer(await registry.consents.withdraw(principal, id, body.paper(), expected=expected), response)


@router.post(
    "/consents/{id}/annul",
    **step(
        "annulConsent",
        "作废误登的同意",
        "作废误登的同意；本人用账号作出的，由本人撤回，在窗口作出的，由受理人作废。",
        permission="consent.manage",
        refuses=(ConsentTransitionError, ConsentOfOwnWish, PersonErased),
    ),
)
async def annul(
    id: ConsentId,
    body: TakeConsentBack,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> ConsentView:
    """It was entered by mistake."""
    return _answer(await registry.consents.annul(principal, id, body.reason, expected=expected), response)


@router.post(
    "/consents/{id}/undo",
    **step(
        "undoConsent",
        "撤销上一步",
        "撤销对同意的最近一步办理，须注明原因；本人用账号撤回的不能撤销。须用 `If-Match` 指明所见版本，以免撤销两步。",
        permission="consent.manage",
        refusals=(404, 409, 412, 428),
        refuses=(ConsentNothingToUndo, ConsentOfOwnWish, ConsentKnown, PersonErased),
    ),
)
async def undo(
    id: ConsentId,
    body: TakeConsentBack,
    expected: NamedVersion,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> ConsentView:
    """Take back what was done last."""
    return _answer(await registry.consents.undo(principal, id, body.reason, expected=expected), response)


def _answer(one: ConsentRecord, response: Response) -> ConsentView:
    response.headers["ETag"] = etag_of(one.version)
    return ConsentView.of(one)
