"""Handling of petitions (信访办理) over HTTP: accepted, assigned, extended, answered, reviewed."""

from fastapi import APIRouter, Response

from services.grid.deps import Grid
from services.grid.petitions.api.answers import MOVING, REASONED, PetitionId, answer
from services.grid.petitions.domain.refusals import (
    PetitionDateWrong,
    PetitionExtendedAlready,
    PetitionExtensionWrong,
    PetitionReviewByAnswerer,
    PetitionTooLate,
)
from services.grid.petitions.domain.rules import HANDLE, REVIEW
from services.grid.petitions.schemas import (
    AnswerPetition,
    AssignPetition,
    ExtendPetition,
    PetitionView,
    RefusePetition,
    RemarkPetition,
    ReviewPetition,
)
from shared.errors import CodeUnlisted
from shared.http.endpoint import step
from shared.http.etag import Expected
from shared.http.route import ServiceRoute
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["petitions"])


@router.post(
    "/petitions/{id}/accept",
    **step("acceptPetition", "受理信访事项", "受理；自受理之日起 60 日内办结。", permission=HANDLE, refuses=MOVING),
)
async def accept(
    id: PetitionId, body: RemarkPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """An office takes it on."""
    return answer(await grid.petition_handling.accept(principal, id, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/refuse",
    **step("refusePetition", "不予受理信访事项", "说明理由，不予受理。", permission=HANDLE, refuses=REASONED),
)
async def refuse(
    id: PetitionId, body: RefusePetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """It is not accepted."""
    handling = grid.petition_handling
    return answer(await handling.refuse(principal, id, body.reason, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/refer",
    **step("referPetition", "转送信访事项", "转送有权处理的机关。", permission=HANDLE, refuses=REASONED),
)
async def refer(
    id: PetitionId, body: RefusePetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """It is passed to the authority that is competent."""
    handling = grid.petition_handling
    return answer(await handling.refer(principal, id, body.reason, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/assign",
    **step(
        "assignPetition",
        "交办信访事项",
        "交由部门办理并答复；办结期限不变。",
        permission=HANDLE,
        refuses=(*MOVING, CodeUnlisted),
    ),
)
async def assign(
    id: PetitionId, body: AssignPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """A department is to answer."""
    handling = grid.petition_handling
    return answer(await handling.assign(principal, id, body.department, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/extend",
    **step(
        "extendPetition",
        "信访事项延期",
        "情况复杂的，经批准可延期一次，不超过 30 日，并告知信访人理由。",
        permission=HANDLE,
        refuses=(*MOVING, PetitionExtendedAlready, PetitionTooLate, PetitionExtensionWrong),
    ),
)
async def extend(
    id: PetitionId, body: ExtendPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """Its limit is extended, once."""
    handling = grid.petition_handling
    return answer(await handling.extend(principal, id, body.until, body.note, expected=expected), response)


@router.post(
    "/petitions/{id}/answer",
    **step(
        "answerPetition",
        "答复信访人",
        "书面答复信访人，登记送达日；由承办机关或承办部门办理。",
        permission=HANDLE,
        refuses=(*MOVING, PetitionDateWrong),
    ),
)
async def answered(
    id: PetitionId, body: AnswerPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """The answer is given in writing."""
    moved = await grid.petition_handling.answer(principal, id, body.outcome, body.told_on, body.note, expected=expected)
    return answer(moved, response)


@router.post(
    "/petitions/{id}/review",
    **step(
        "reviewPetition",
        "登记复查意见",
        "上一级的复查意见；撤销原答复的，由承办机关重新办理。",
        permission=REVIEW,
        refuses=(*MOVING, PetitionReviewByAnswerer, PetitionDateWrong),
    ),
)
async def review(
    id: PetitionId, body: ReviewPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """The level above reviews the answer."""
    moved = await grid.petition_handling.review(principal, id, body.opinion, body.told_on, body.note, expected=expected)
    return answer(moved, response)


@router.post(
    "/petitions/{id}/review-finally",
    **step(
        "reviewPetitionFinally",
        "登记复核意见",
        "再上一级的复核意见；此后不再受理同一事项，撤销的除外。",
        permission=REVIEW,
        refuses=(*MOVING, PetitionReviewByAnswerer, PetitionDateWrong),
    ),
)
async def review_finally(
    id: PetitionId, body: ReviewPetition, expected: Expected, principal: Authorised, grid: Grid, response: Response
) -> PetitionView:
    """The next level reviews that."""
    moved = await grid.petition_handling.review_finally(
        principal, id, body.opinion, body.told_on, body.note, expected=expected
    )
    return answer(moved, response)
