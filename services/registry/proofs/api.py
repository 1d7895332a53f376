"""Proofs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response

from services.registry.deps import Registry
from services.registry.extracts.schemas import ExtractView
from services.registry.persons.service.questions import BUCKET
from services.registry.proofs.domain import ProofDecided, ProofOver, ProofSide
from services.registry.proofs.schemas import OpenProof, ProofCodeView, ProofCount, ProofView
from services.registry.proofs.service.proofs import ShownProof
from shared.contracts.envelope import AreaCode
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.limits import rate_limited
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Page
from shared.http.security import Authorised
from shared.reference.areas import VILLAGE_DIGITS

router = APIRouter(route_class=ServiceRoute, tags=["proofs"])

ProofId = Annotated[UUID, Path(description="核验标识 id of the proof")]
PersonId = Annotated[UUID, Path(description="居民标识 id of the person in the register")]
OfArea = Annotated[AreaCode, Query(max_length=VILLAGE_DIGITS, description="区划代码 area of that side")]
OfSide = Annotated[ProofSide, Query(description="方向 counter: at the counters of the area; home: of its persons")]


@router.post(
    "/proofs",
    **creates(
        "openProof",
        "本人核验",
        "居民在任一窗口出示证件并说出登记电话或一次性办事码；相符的，十五分钟内可在本窗口办理，不符的只答未通过，两者都记入居民登记地。",
        permission="person.extract",
        refusals=(404, 429),
        location=True,
        also=[Depends(rate_limited(BUCKET))],
    ),
)
async def open_proof(body: OpenProof, principal: Authorised, registry: Registry, response: Response) -> ProofView:
    """Try a proof at a counter: open for fifteen minutes, or failed, whoever has the number or nobody."""
    made = await registry.proofs.open(principal, body.given())
    response.headers["Location"] = f"/registry/v1/proofs/{made.record.id}"
    return _view(made, response)


@router.get(
    "/proofs",
    **reads(
        "listProofs",
        "核验记录",
        "某区域窗口受理的，或涉及其居民的本人核验（含未通过的），最新的在前。",
        permission="person.extract",
    ),
)
async def page(
    principal: Authorised, registry: Registry, page: PageQuery, area: OfArea, side: OfSide
) -> Page[ProofView]:
    """Proofs at the counters of an area, or of its persons, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    found = await registry.proofs.page(principal, area, side, after=after, limit=page.limit)
    shown, cursor = page.cut(found, lambda one: (str(one.record.id),))
    return Page(items=[ProofView.of(one) for one in shown], next_cursor=cursor)


@router.get(
    "/proofs/count",
    **reads("countProofs", "核验计数", "同一条件下共有多少次核验。", permission="person.extract"),
)
async def count(principal: Authorised, registry: Registry, area: OfArea, side: OfSide) -> ProofCount:
    """How many the list gives in all."""
    return ProofCount(count=await registry.proofs.count(principal, area, side))


@router.get(
    "/proofs/{id}",
    **reads("getProof", "查询核验", "一次本人核验及其使用情况。", permission="person.extract", etag=True),
)
async def read(id: ProofId, principal: Authorised, registry: Registry, response: Response) -> ProofView:
    """One proof, for the counter or for those who look after the person."""
    return _view(await registry.proofs.read(principal, id), response)


@router.post(
    "/proofs/{id}/extract",
    **creates(
        "signProvenExtract",
        "凭核验签发身份摘要",
        "核验通过后，由受理人为本窗口签发该用途所需的身份摘要，凭此在一站式代办收件。",
        permission="person.extract",
        refusals=(404, 429),
        refuses=(ProofOver,),
        etag=False,
        also=[Depends(rate_limited("person_extract"))],
    ),
)
async def extract(id: ProofId, principal: Authorised, registry: Registry) -> ExtractView:
    """Seal what the purpose needs of who has proven themselves, for the counter of the proof."""
    sealed = await registry.proofs.extract(principal, id)
    return ExtractView(extract=sealed.text, expires_at=sealed.expires_at)


@router.post(
    "/proofs/{id}/close",
    **step(
        "closeProof",
        "结束核验",
        "办理完毕或有疑问时结束核验；受理窗口和居民登记地均可办理。",
        permission="person.extract",
        refuses=(ProofDecided,),
    ),
)
async def close(
    id: ProofId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> ProofView:
    """End an open proof, at the counter or at home."""
    return _view(await registry.proofs.close(principal, id, expected=expected), response)


@router.post(
    "/persons/{id}/proof-codes",
    **creates(
        "issueProofCode",
        "发放办事码",
        "为本地居民发放一次性办事码，十五分钟内凭证件和此码可在任一窗口核验；再次发放则前一码作废。",
        permission="person.extract",
        refusals=(404, 429),
        etag=False,
        also=[Depends(rate_limited("person_extract"))],
    ),
)
async def issue_code(id: PersonId, principal: Authorised, registry: Registry) -> ProofCodeView:
    """A code for a resident of the caller's areas, who tells it at another counter."""
    issued = await registry.proofs.issue_code(principal, id)
    return ProofCodeView(code=issued.code, expires_at=issued.expires_at)


def _view(shown: ShownProof, response: Response) -> ProofView:
    response.headers["ETag"] = etag_of(shown.record.version)
    return ProofView.of(shown)
