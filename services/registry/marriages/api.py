"""Marriages over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.registry.deps import Registry
from services.registry.households.domain import (
    LEAVING,
    HouseholdDissolvedAlready,
    HouseholdHasHead,
    MemberElsewhere,
)
from services.registry.life_events.domain import (
    HAPPENING,
    PLACING,
    PersonAlreadyActive,
    PersonDeceased,
    PersonMerged,
    PersonMissing,
    PersonNotActive,
)
from services.registry.marriages.domain import (
    DivorceIncomplete,
    HouseholdNotShared,
    MarriageDatesWrong,
    MarriageEnded,
    MarriageNotEnded,
    MarriageOfNearKin,
    MarriageOfSameSex,
    MarriageRestedOn,
    MarriageUnderAge,
    MarriedAlready,
    RelationDisagreesWithMarriage,
    SpouseInRegister,
    SpouseNotInHousehold,
    SpouseTwice,
)
from services.registry.marriages.schemas import (
    MarriagesView,
    MarriageView,
    RecordDivorce,
    RecordSpouseDeath,
    RegisterMarriage,
    TakeBack,
)
from services.registry.marriages.service.reads import ShownMarriage
from services.registry.postings.domain import BookOfAnotherPlace
from services.registry.reversals.domain import REVERSING
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["marriages"])

MarriageId = Annotated[UUID, Path(description="婚姻标识 id of the marriage")]
PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]

SETTLING = (
    *HAPPENING,
    *PLACING,
    *LEAVING,
    BookOfAnotherPlace,
    HouseholdDissolvedAlready,
    HouseholdHasHead,
    MemberElsewhere,
    PersonAlreadyActive,
    RelationDisagreesWithMarriage,
)
"""What joining, leaving and moving are refused for."""
UNDOING = (
    *REVERSING,
    *PLACING,
    *LEAVING,
    BookOfAnotherPlace,
    MarriageRestedOn,
    PersonAlreadyActive,
    PersonNotActive,
)
"""What taking back is refused for."""


@router.post(
    "/marriages",
    **creates(
        "registerMarriage",
        "登记结婚",
        "登记在册居民结婚，可一并办理一方加入另一方的户（含迁入）；配偶不在册或由外村登记的，按册外配偶登记，迁入另提迁移申请。",
        permission="life_event.record",
        refusals=(404,),
        location=True,
        refuses=(
            *SETTLING,
            *(MarriageDatesWrong, MarriageOfNearKin, MarriageOfSameSex, MarriageUnderAge, MarriedAlready),
            *(PersonDeceased, PersonMerged, PersonMissing, SpouseNotInHousehold, SpouseTwice),
        ),
    ),
)
async def register(
    body: RegisterMarriage, principal: Authorised, registry: Registry, response: Response
) -> MarriageView:
    """Record a marriage, and which household one of them joins."""
    made = await registry.marriage_registering.register(principal, body.marriage())
    response.headers["Location"] = f"/registry/v1/marriages/{made.record.id}"
    return _view(made, response)


@router.get(
    "/persons/{id}/marriages",
    **reads(
        "listMarriages",
        "居民的婚姻",
        "某位居民的全部婚姻登记（含已撤回的）及由此得出的婚姻状况。",
        permission="person.read",
    ),
)
async def of_person(id: PersonId, principal: Authorised, registry: Registry) -> MarriagesView:
    """All marriages of a person, and the marital status that follows from them."""
    return MarriagesView.of(await registry.marriage_reads.of_person(principal, id))


@router.get(
    "/marriages/{id}",
    **reads("getMarriage", "查询婚姻", "一件婚姻登记、其经过和引起的户内变更。", permission="person.read", etag=True),
)
async def read(id: MarriageId, principal: Authorised, registry: Registry, response: Response) -> MarriageView:
    """One marriage."""
    return _view(await registry.marriage_reads.read(principal, id), response)


@router.post(
    "/marriages/{id}/divorce",
    **step(
        "recordDivorce",
        "登记离婚",
        "登记离婚，并说明双方共同所在的每一户由谁离户（另立或加入他户）或改为何种关系。",
        permission="life_event.record",
        refuses=(*SETTLING, DivorceIncomplete, HouseholdNotShared, MarriageDatesWrong, MarriageEnded),
    ),
)
async def divorce(
    id: MarriageId,
    body: RecordDivorce,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> MarriageView:
    """Record a divorce, and who leaves each household in which both are."""
    arrangements = [one.arrangement() for one in body.households]
    done = await registry.marriages.divorce(
        principal, id, body.divorced_on, body.households_on, arrangements, body.succession(), expected=expected
    )
    return _view(done, response)


@router.post(
    "/marriages/{id}/spouse-died",
    **step(
        "recordSpouseDeath",
        "登记册外配偶死亡",
        "登记不在册的配偶死亡；配偶在册的，在其本人档案办理死亡登记。",
        permission="life_event.record",
        refuses=(MarriageDatesWrong, MarriageEnded, SpouseInRegister),
    ),
)
async def spouse_died(
    id: MarriageId,
    body: RecordSpouseDeath,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> MarriageView:
    """Record the death of a spouse who is not in the register."""
    return _view(await registry.marriages.spouse_died(principal, id, body.died_on, expected=expected), response)


@router.post(
    "/marriages/{id}/restore",
    **step(
        "restoreMarriage",
        "恢复婚姻",
        "撤销登记有误的离婚或册外配偶死亡，婚姻继续存续，离婚引起的户内变更一并恢复。",
        permission="life_event.record",
        refuses=(*UNDOING, MarriageNotEnded),
    ),
)
async def restore(
    id: MarriageId, body: TakeBack, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> MarriageView:
    """Take a divorce, or the death of an outside spouse, back."""
    return _view(await registry.marriages.restore(principal, id, body.reason, expected=expected), response)


@router.post(
    "/marriages/{id}/withdraw",
    **step(
        "withdrawMarriage",
        "撤回婚姻登记",
        "撤回登记有误的婚姻；存续中的，其引起的迁入和户内变更一并恢复。",
        permission="life_event.record",
        refuses=(*UNDOING, MarriageEnded),
    ),
)
async def withdraw(
    id: MarriageId, body: TakeBack, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> MarriageView:
    """Take a marriage back that was an entry by mistake."""
    return _view(await registry.marriages.withdraw(principal, id, body.reason, expected=expected), response)


def _view(shown: ShownMarriage, response: Response) -> MarriageView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return MarriageView.of(shown)
