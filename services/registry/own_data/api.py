"""Own data over HTTP: by the own login below `/own`, at a counter below its proof."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Response

from services.registry.bindings.domain import AccountNotBound
from services.registry.corrections.domain import CorrectionDecided, CorrectionPending
from services.registry.corrections.schemas import RequestCorrection
from services.registry.corrections.service.reads import ShownCorrection
from services.registry.deps import LIMITED, MINE, SERVING_STILL, ProofId, Registry
from services.registry.own_data.schemas import (
    CopyView,
    MadeCopyView,
    OwnAccessView,
    OwnCorrectionView,
    OwnDataView,
)
from services.registry.own_data.service.own_data import Look, Place
from services.registry.persons.domain import PROPOSING
from services.registry.proofs.domain import SERVING
from shared.files.domain import FileAttached, WrongKind
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, IfMatch, etag_of
from shared.http.files import FilesOf
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised

router = APIRouter(route_class=ServiceRoute, tags=["own_data"])

CorrectionId = Annotated[UUID, Path(description="更正申请标识 id of the request")]
ASKING = (*PROPOSING, CorrectionPending, WrongKind, FileAttached)


@router.get(
    "/own/data",
    **reads(
        "getOwnData",
        "查询本人信息",
        "本人在居民底册中的登记内容，完整显示；只能查本人。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        etag=True,
        also=LIMITED,
    ),
)
async def read(principal: Authorised, registry: Registry, response: Response) -> OwnDataView:
    """What is kept about the caller, in full; nobody else can be named."""
    data = await registry.own_data.read(principal)
    response.headers["ETag"] = etag_of(data.version, "own")
    return OwnDataView.of(data)


@router.get(
    "/own/accesses",
    **reads(
        "listOwnAccesses",
        "谁看过我的信息",
        "对本人信息的每次查看和变更，最新的在前：岗位、地点、用途和时间，不含经办人姓名。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        also=LIMITED,
    ),
)
async def accesses(principal: Authorised, registry: Registry, page: PageQuery) -> Page[OwnAccessView]:
    """Who looked at the caller, the newest first: role, place, purpose and time, no name."""
    return _looks(page, await registry.own_data.accesses(principal, after=_place(page), limit=page.limit))


@router.post(
    "/own/copies",
    **creates(
        "makeOwnCopy",
        "取得本人信息副本",
        "生成本人信息的副本，供程序和供人阅读的各一份；何时取得留有记录。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        etag=False,
        also=MINE,
    ),
)
async def copy(principal: Authorised, registry: Registry) -> MadeCopyView:
    """A copy to take away, for programs and for people."""
    return MadeCopyView.made(await registry.own_data.copy(principal))


@router.get(
    "/own/copies",
    **reads(
        "listOwnCopies",
        "本人信息副本记录",
        "本人信息的副本何时、由谁的岗位、在何处提供过，最新的在前。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        also=LIMITED,
    ),
)
async def copies(principal: Authorised, registry: Registry, page: PageQuery) -> Page[CopyView]:
    """Copies that the caller has been given, the newest first."""
    found = await registry.own_data.copies(principal, after=_after(page), limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.id),))
    return Page(items=[CopyView.of(one) for one in shown], next_cursor=cursor)


@router.post(
    "/own/corrections",
    **creates(
        "requestOwnCorrection",
        "申请更正本人信息",
        "居民对本人信息提出更正申请，须带您看到的版本；工作人员核对批准后才更正。",
        permission="person.own",
        scope="own",
        refusals=(404, 409, 412, 428, 429),
        refuses=(AccountNotBound, *ASKING),
        also=MINE,
    ),
)
async def request_correction(
    body: RequestCorrection,
    expected: IfMatch,
    principal: Authorised,
    registry: Registry,
    files: FilesOf,
    response: Response,
) -> OwnCorrectionView:
    """Ask for a correction of what is kept about the caller; needs the version that the caller saw."""
    made = await registry.own_data.request_correction(
        principal,
        expected,
        body.changes.correction(),
        reason=body.reason,
        remark=body.note,
        evidence=body.evidence,
        files=files,
    )
    return _correction(made, principal.subject, response)


@router.get(
    "/own/corrections",
    **reads(
        "listOwnCorrections",
        "本人更正申请",
        "对本人信息提出过的更正申请及其办理情况，最新的在前。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        also=LIMITED,
    ),
)
async def corrections(principal: Authorised, registry: Registry, page: PageQuery) -> Page[OwnCorrectionView]:
    """Corrections that were asked for of the caller, by anybody, the newest first."""
    found = await registry.own_data.corrections(principal, after=_after(page), limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[OwnCorrectionView.of(one, principal.subject) for one in shown], next_cursor=cursor)


@router.post(
    "/own/corrections/{id}/withdraw",
    **step(
        "withdrawOwnCorrection",
        "撤回本人更正申请",
        "撤回本账号提出、尚未办结的更正申请。",
        permission="person.own",
        scope="own",
        refusals=(404, 409, 412, 429),
        refuses=(AccountNotBound, CorrectionDecided),
        also=MINE,
    ),
)
async def withdraw(
    id: CorrectionId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> OwnCorrectionView:
    """Take back what the caller has asked for."""
    withdrawn = await registry.own_data.withdraw_correction(principal, id, expected=expected)
    return _correction(withdrawn, principal.subject, response)


@router.post(
    "/proofs/{id}/copies",
    **creates(
        "makeCopyByProof",
        "凭核验提供信息副本",
        "为窗口前的居民本人提供其信息副本；办事码须由另一位工作人员发放，提供记入居民登记地。",
        permission="person.extract",
        refusals=(404, 429),
        refuses=SERVING,
        etag=False,
        also=SERVING_STILL,
    ),
)
async def copy_by_proof(id: ProofId, principal: Authorised, registry: Registry) -> MadeCopyView:
    """A copy for who stands at the counter and has no phone."""
    return MadeCopyView.made(await registry.own_data.copy_by_proof(principal, id))


@router.post(
    "/proofs/{id}/accesses",
    **reads(
        "listAccessesByProof",
        "凭核验告知查看记录",
        "告知窗口前的居民谁看过其信息：岗位、地点、用途和时间；每查一页用核验一次。",
        permission="person.extract",
        refusals=(404, 429),
        refuses=SERVING,
        also=LIMITED,
    ),
)
async def accesses_by_proof(
    id: ProofId, principal: Authorised, registry: Registry, page: PageQuery
) -> Page[OwnAccessView]:
    """Who looked at the person at the counter; each page uses the proof once."""
    return _looks(page, await registry.own_data.accesses_by_proof(principal, id, after=_place(page), limit=page.limit))


@router.post(
    "/proofs/{id}/corrections",
    **creates(
        "requestCorrectionByProof",
        "凭核验申请更正",
        "代窗口前的居民提出更正申请，须带副本中的版本；受理人不得批准其中任何一步。",
        permission="person.extract",
        refusals=(404, 409, 412, 428, 429),
        refuses=(*SERVING, *ASKING),
        also=SERVING_STILL,
    ),
)
async def request_correction_by_proof(
    id: ProofId,
    body: RequestCorrection,
    expected: IfMatch,
    principal: Authorised,
    registry: Registry,
    files: FilesOf,
    response: Response,
) -> OwnCorrectionView:
    """Ask for a correction in the name of who stands at the counter."""
    made = await registry.own_data.request_correction_by_proof(
        principal,
        id,
        expected,
        body.changes.correction(),
        reason=body.reason,
        remark=body.note,
        evidence=body.evidence,
        files=files,
    )
    return _correction(made, principal.subject, response)


def _after(page: PageQuery) -> UUID | None:
    return UUID(page.after[0]) if page.after else None


def _place(page: PageQuery) -> Place:
    if not page.after:
        return None
    at, writer, batch, position = page.after
    return datetime.fromisoformat(at), str(writer), int(batch), int(position)


def _looks(page: PageQuery, found: Sequence[Look]) -> Page[OwnAccessView]:
    shown, cursor = page.cut(found, lambda one: (one.at, one.writer, one.batch, one.position))
    return Page(items=[OwnAccessView.model_validate(one) for one in shown], next_cursor=cursor)


def _correction(shown: ShownCorrection, subject: str, response: Response) -> OwnCorrectionView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return OwnCorrectionView.of(shown, subject)
