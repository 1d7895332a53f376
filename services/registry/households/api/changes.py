"""Whole households over HTTP: split, merge, dissolve, restore."""

from fastapi import Response

from services.registry.deps import Registry
from services.registry.households.api.households import RELATIONS_WRONG, HouseholdId, router, view_of
from services.registry.households.domain import (
    LEAVING,
    HeadAlready,
    HouseholdDissolvedAlready,
    HouseholdNeedsOneHead,
    HouseholdNotDissolved,
    HouseholdsNotAlike,
    MemberElsewhere,
    MemberNotOfThisPlace,
    MembershipDatesWrong,
    NobodyStays,
    SuccessionIncomplete,
    SuccessionNamesOthers,
)
from services.registry.households.schemas import (
    ChangeHead,
    DissolveHousehold,
    HouseholdView,
    MergeHouseholds,
    SplitHousehold,
    SplitView,
)
from services.registry.life_events.domain import PLACING
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.security import Authorised

__all__ = ["router"]


@router.post(
    "/households/{id}/split",
    **step(
        "splitHousehold",
        "分户",
        "部分成员自某日起另立一户；户主在其中的，须指定原户的新户主。",
        permission="household.manage",
        refuses=(
            HouseholdDissolvedAlready,
            HouseholdNeedsOneHead,
            NobodyStays,
            MemberNotOfThisPlace,
            *PLACING,
            *LEAVING,
        ),
    ),
)
async def split(
    id: HouseholdId,
    body: SplitHousehold,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> SplitView:
    """Some members leave together and are a household of their own."""
    household, founded = await registry.household_changes.split(
        principal,
        id,
        [one.content() for one in body.members],
        on=body.on,
        area=body.area,
        succession=body.new_head.succession() if body.new_head else None,
        expected=expected,
    )
    return SplitView(household=view_of(household, response), founded=HouseholdView.model_validate(founded))


@router.post(
    "/households/{id}/change-head",
    **step(
        "changeHouseholdHead",
        "户主变更",
        "自某日起由另一名成员任户主，原户主仍在户内；同日改回即为撤销。",
        permission="household.manage",
        refuses=(
            HouseholdDissolvedAlready,
            HeadAlready,
            MembershipDatesWrong,
            SuccessionIncomplete,
            SuccessionNamesOthers,
            *RELATIONS_WRONG,
        ),
    ),
)
async def change_head(
    id: HouseholdId,
    body: ChangeHead,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> HouseholdView:
    """Another member is the head from a day on; the one of before stays. The same day the other way round undoes it."""
    household = await registry.household_changes.change_head(
        principal, id, body.new_head.succession(), on=body.on, expected=expected
    )
    return view_of(household, response)


@router.post(
    "/households/{id}/merge",
    **step(
        "mergeHouseholds",
        "并户",
        "同村同类的另一户全部成员自某日起并入本户，另一户注销。",
        permission="household.manage",
        refuses=(
            HouseholdDissolvedAlready,
            HouseholdNeedsOneHead,
            HouseholdsNotAlike,
            MembershipDatesWrong,
            *RELATIONS_WRONG,
        ),
    ),
)
async def merge(
    id: HouseholdId,
    body: MergeHouseholds,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> HouseholdView:
    """All who remain in another household join this one, and the other one ends."""
    told = [one.content() for one in body.relations]
    household = await registry.household_changes.merge(
        principal, id, body.household_id, told, on=body.on, expected=expected
    )
    return view_of(household, response)


@router.post(
    "/households/{id}/dissolve",
    **step(
        "dissolveHousehold",
        "销户",
        "全部成员自某日起离户，该户注销。",
        permission="household.manage",
        refuses=(HouseholdDissolvedAlready, MembershipDatesWrong),
    ),
)
async def dissolve(
    id: HouseholdId,
    body: DissolveHousehold,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> HouseholdView:
    """Everybody leaves, and the household ends."""
    household = await registry.household_changes.dissolve(principal, id, on=body.on, expected=expected)
    return view_of(household, response)


@router.post(
    "/households/{id}/restore",
    **step(
        "restoreHousehold",
        "恢复住户",
        "撤销注销：至注销日为止的成员重新属于该户；须仍在本村且未另入他户。",
        permission="household.manage",
        refuses=(HouseholdNotDissolved, MemberNotOfThisPlace, MemberElsewhere),
    ),
)
async def restore(
    id: HouseholdId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> HouseholdView:
    """Undo a dissolution."""
    return view_of(await registry.household_changes.restore(principal, id, expected=expected), response)
