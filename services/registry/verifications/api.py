"""Verifications of persons over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query

from services.registry.deps import Registry
from services.registry.life_events.domain import PersonMerged
from services.registry.verifications.domain import FieldGroup, NothingToTakeBack, VerifiedOnWrong
from services.registry.verifications.schemas import (
    DueCount,
    DuePersonView,
    UnverifyPerson,
    VerificationsView,
    VerificationView,
    VerifyPerson,
)
from services.registry.verifications.service import KnownGroup
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Day, Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["persons"])

PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
OfArea = Annotated[AreaCode, Query(description="区划代码 area in which the persons live or are registered")]
OfGroup = Annotated[FieldGroup | None, Query(description="信息类组 only of this field group")]
DueBy = Annotated[Day | None, Query(description="截至日 what is due on this day or before; today if absent")]


@router.post(
    "/persons/{id}/verifications",
    **creates(
        "verifyPerson",
        "核实居民信息",
        "入户或见面核实居民的一类或几类信息属实，记录核实日、核实人和来源。",
        permission="person.verify",
        status=200,
        etag=False,
        refuses=(VerifiedOnWrong, PersonMerged),
    ),
)
async def verify(id: PersonId, body: VerifyPerson, principal: Authorised, registry: Registry) -> VerificationsView:
    """Somebody looked at field groups of a person, and they are so."""
    found = await registry.verifications.verify(principal, id, body.groups, on=body.verified_on, source=body.source)
    return _view(id, found)


@router.post(
    "/persons/{id}/verifications/unverify",
    **creates(
        "unverifyPerson",
        "撤销居民信息核实",
        "撤销最近一次核实，以前一次核实为准；撤销的核实保留在记录中。",
        permission="person.verify",
        status=200,
        etag=False,
        refuses=(NothingToTakeBack, PersonMerged),
    ),
)
async def unverify(id: PersonId, body: UnverifyPerson, principal: Authorised, registry: Registry) -> VerificationsView:
    """Take the last look at field groups back."""
    return _view(id, await registry.verifications.unverify(principal, id, body.groups, reason=body.reason))


@router.get(
    "/persons/{id}/verifications",
    **reads(
        "getPersonVerifications",
        "居民信息核实情况",
        "某位居民各类信息最近一次核实和应核实日；查看会记入访问记录。",
        permission="person.read",
    ),
)
async def read(id: PersonId, principal: Authorised, registry: Registry) -> VerificationsView:
    """Every field group of a person, with its last look."""
    return _view(id, await registry.verifications.read(principal, id))


@router.get(
    "/person-verifications",
    **reads(
        "listDueVerifications",
        "待核实居民列表",
        "某区域中信息已过核实有效期的居民及其待核实的类组，脱敏；查看会记入访问记录。",
        permission="person.read",
    ),
)
async def page(
    principal: Authorised,
    registry: Registry,
    page: PageQuery,
    area: OfArea,
    group: OfGroup = None,
    due_by: DueBy = None,
) -> Page[DuePersonView]:
    """Persons of an area of whom something is due to be looked at again, by id."""
    after = None if page.after is None else UUID(page.after[0])
    found = await registry.verifications.page(principal, area, _groups(group), due_by, after=after, limit=page.limit)
    shown, cursor = page.cut(found, key=lambda one: (one.person.record.id,))
    return Page(items=[DuePersonView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/person-verifications/count",
    **reads("countDueVerifications", "待核实居民计数", "按相同条件列表共有多少人。", permission="person.read"),
)
async def count(
    principal: Authorised, registry: Registry, area: OfArea, group: OfGroup = None, due_by: DueBy = None
) -> DueCount:
    """How many the list has in all: the same scope, the same filters."""
    return DueCount(count=await registry.verifications.count(principal, area, _groups(group), due_by))


def _groups(group: FieldGroup | None) -> Sequence[FieldGroup]:
    return list(FieldGroup) if group is None else [group]


def _view(id: UUID, found: Sequence[KnownGroup]) -> VerificationsView:
    return VerificationsView(person_id=id, items=[VerificationView.of(one) for one in found])
