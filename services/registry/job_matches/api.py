"""Matching of job seekers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.deps import Registry
from services.registry.job_matches.domain.refusals import (
    JobOfferNothingToUndo,
    JobOfferStands,
    JobSeekerMovedOn,
    JobSeekerNotSeeking,
    JobSeekerUnknown,
    VacancyNotOpen,
)
from services.registry.job_matches.schemas import (
    AnswerJobOffer,
    ConfirmJobMatch,
    JobOfferView,
    PromiseView,
    SuggestedSeekersView,
    SuggestedSeekerView,
    SuggestedVacanciesView,
    SuggestedVacancyView,
    UndoJobOffer,
)
from services.registry.job_matches.service.offering import ShownOffer
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, NamedVersion, etag_of
from shared.http.limits import counted
from shared.http.route import ServiceRoute
from shared.http.security import Authorised
from shared.ledgers.definitions.domain import LedgerRetired, NotOpenYet
from shared.ledgers.records.domain import STEPPING, WRITING, RecordNotAcceptedHere
from shared.ledgers.records.schemas import RecordView
from shared.ledgers.records.service.writing import BUCKET

router = APIRouter(route_class=ServiceRoute, tags=["job matches"])

SeekerId = Annotated[UUID, Path(description="求职人员记录 record of the job seeker")]
VacancyId = Annotated[UUID, Path(description="岗位记录 record of the vacancy")]
OfferId = Annotated[UUID, Path(description="推荐记录 record of the offer")]
Most = Annotated[int, Query(ge=1, le=50, description="最多条数 how many at most")]


@router.get(
    "/job-seekers/{id}/vacancies",
    **reads(
        "suggestVacancies",
        "为求职人员推荐岗位",
        "按工种、路程、工资、学历、工时、培训比较在招岗位，逐项说明理由和不符之处，分高的在前；年龄只按岗位注明依据的条件比较。",
        permission="record.read",
    ),
)
async def suggest_vacancies(
    id: SeekerId, principal: Authorised, registry: Registry, limit: Most = 10
) -> SuggestedVacanciesView:
    """Vacancies for a job seeker, best first, each with its reasons and what speaks against it."""
    seeker, promise, found = await registry.job_suggesting.vacancies(principal, id, limit=limit)
    return SuggestedVacanciesView(
        seeker=RecordView.of(seeker),
        promise=PromiseView.of(promise),
        items=[SuggestedVacancyView.of(one) for one in found],
    )


@router.get(
    "/vacancies/{id}/job-seekers",
    **reads(
        "suggestJobSeekers",
        "为岗位推荐求职人员",
        "从您辖区内的求职人员中为一个在招岗位推荐，逐项说明理由和不符之处，分高的在前；查看会记入访问记录。",
        permission="record.read",
    ),
)
async def suggest_seekers(
    id: VacancyId, principal: Authorised, registry: Registry, limit: Most = 10
) -> SuggestedSeekersView:
    """Job seekers of your areas for a vacancy, best first, masked; each look is noted."""
    vacancy, values, found = await registry.job_suggesting.seekers(principal, id, limit=limit)
    return SuggestedSeekersView(
        vacancy_id=vacancy.id, values=dict(values), items=[SuggestedSeekerView.of(one) for one in found]
    )


@router.post(
    "/job-offers",
    **creates(
        "confirmJobMatch",
        "确认推荐",
        "把一个在招岗位推荐给一名求职人员：在就业推荐台账登记一条，上岗承诺的时限自此起算。",
        permission="record.write",
        refusals=(403, 404, 409, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(
            *(JobSeekerNotSeeking, VacancyNotOpen, JobOfferStands),
            *(*WRITING, RecordNotAcceptedHere, LedgerRetired, NotOpenYet),
        ),
    ),
)
async def confirm(body: ConfirmJobMatch, principal: Authorised, registry: Registry, response: Response) -> JobOfferView:
    """Offer a vacancy to a job seeker."""
    shown = await registry.job_offering.confirm(
        principal, body.seeker_id, body.vacancy_id, number=body.number, note=body.note
    )
    return _answer(shown, response)


@router.get(
    "/job-offers/{id}",
    **reads(
        "getJobOffer",
        "查询推荐",
        "一条推荐、求职人员现在的状态和承诺情况；查看会记入访问记录。",
        permission="record.read",
        etag=True,
    ),
)
async def read(id: OfferId, principal: Authorised, registry: Registry, response: Response) -> JobOfferView:
    """An offer, where its job seeker stands, and the promise; the look is noted."""
    return _answer(await registry.job_offering.read(principal, id), response)


@router.post(
    "/job-offers/{id}/answer",
    **step(
        "answerJobOffer",
        "登记推荐结果",
        "登记录用、上岗、本人未接受（岗位是否适合）或单位未录用；上岗的，求职人员同时转为已安置。",
        permission="record.write",
        refusals=(403, 404, 409, 412, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(JobSeekerUnknown, JobSeekerNotSeeking, *WRITING, *STEPPING),
    ),
)
async def answer(
    id: OfferId,
    body: AnswerJobOffer,
    expected: Expected,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> JobOfferView:
    """Say what came of an offer; who started is placed in the ledger of job seekers."""
    return _answer(await registry.job_offering.answer(principal, id, body.fields(), expected=expected), response)


@router.post(
    "/job-offers/{id}/undo",
    **step(
        "undoJobOffer",
        "撤销推荐结果",
        "撤销最近一次登记的结果，随之安置的求职人员恢复原状；再次撤销则退回更早一步。须用 `If-Match` 指明所见版本。",
        permission="record.write",
        refusals=(403, 404, 409, 412, 428, 429),
        also=[Depends(counted(BUCKET))],
        refuses=(JobOfferNothingToUndo, JobSeekerMovedOn, *WRITING, *STEPPING),
    ),
)
async def undo(
    id: OfferId,
    body: UndoJobOffer,
    expected: NamedVersion,
    principal: Authorised,
    registry: Registry,
    response: Response,
) -> JobOfferView:
    """Take the last answer back, and the placement with it."""
    return _answer(await registry.job_offering.undo(principal, id, reason=body.reason, expected=expected), response)


def _answer(shown: ShownOffer, response: Response) -> JobOfferView:
    response.headers["ETag"] = etag_of(shown.offer.record.version, "masked")
    return JobOfferView.of(shown)
