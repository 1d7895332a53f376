"""Consents of the person's own hand over HTTP: by the own login below `/own`, at a counter below a proof."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Response

from services.registry.bindings.domain import AccountNotBound
from services.registry.consents.api.consents import GIVING, router
from services.registry.consents.domain import ConsentRecord, ConsentTransitionError
from services.registry.consents.schemas import (
    GiveConsentByProof,
    GiveOwnConsent,
    OwnConsentsView,
    OwnConsentView,
    WithdrawConsentByProof,
)
from services.registry.deps import LIMITED, MINE, SERVING_STILL, ProofId, Registry
from services.registry.life_events.domain import PersonErased
from services.registry.proofs.domain import SERVING
from shared.http.endpoint import creates, reads, step
from shared.http.etag import Expected, etag_of
from shared.http.security import Authorised

__all__ = ["router"]

ConsentId = Annotated[UUID, Path(description="同意标识 id of the consent")]


@router.get(
    "/own/consents",
    **reads(
        "listOwnConsents",
        "本人的同意",
        "本人曾作出的各项同意及其目的、法律依据、信息类别和期限，含已撤回的，最早的在前。",
        permission="person.own",
        scope="own",
        refusals=(404, 429),
        refuses=(AccountNotBound,),
        also=LIMITED,
    ),
)
async def own(principal: Authorised, registry: Registry) -> OwnConsentsView:
    """What the caller has consented to, ever."""
    return OwnConsentsView(items=[OwnConsentView.of(one) for one in await registry.own_consents.own(principal)])


@router.post(
    "/own/consents",
    **creates(
        "giveOwnConsent",
        "本人同意",
        "本人同意为某一目的处理所列信息，自今日起；可随时撤回，不同意或撤回不影响公共服务。",
        permission="person.own",
        scope="own",
        refusals=(404, 409, 429),
        refuses=(AccountNotBound, *GIVING),
        also=MINE,
    ),
)
async def give(body: GiveOwnConsent, principal: Authorised, registry: Registry, response: Response) -> OwnConsentView:
    """Consent to a purpose, from today on."""
    return _answer(await registry.own_consents.give(principal, body.fields()), response)


@router.post(
    "/own/consents/{id}/withdraw",
    **step(
        "withdrawOwnConsent",
        "本人撤回同意",
        "本人撤回同意，自今日起不再据此处理；无论当初以何种方式作出。",
        permission="person.own",
        scope="own",
        refusals=(404, 409, 412, 429),
        refuses=(AccountNotBound, ConsentTransitionError),
        also=MINE,
    ),
)
async def withdraw(
    id: ConsentId, expected: Expected, principal: Authorised, registry: Registry, response: Response
) -> OwnConsentView:
    """Consent no more, from today on, however it was given."""
    return _answer(await registry.own_consents.withdraw(principal, id, expected=expected), response)


@router.post(
    "/proofs/{id}/consents",
    **creates(
        "giveConsentByProof",
        "凭核验登记同意",
        "登记窗口前的居民本人的同意，或其作为监护人为被监护人作出的同意；监护关系须在底册中有据。",
        permission="person.extract",
        refusals=(404, 409, 429),
        refuses=(*SERVING, *GIVING, PersonErased),
        also=SERVING_STILL,
    ),
)
async def give_by_proof(
    id: ProofId, body: GiveConsentByProof, principal: Authorised, registry: Registry, response: Response
) -> OwnConsentView:
    """Enter what somebody at the counter consents to."""
    made = await registry.own_consents.give_by_proof(principal, id, body.fields(), body.whose())
    return _answer(made, response)


@router.post(
    "/proofs/{id}/consents/withdraw",
    **creates(
        "withdrawConsentByProof",
        "凭核验撤回同意",
        "窗口前的居民为本人或被监护人撤回对某一目的的同意，自今日起。",
        permission="person.extract",
        status=200,
        refusals=(404, 409, 429),
        refuses=(*SERVING, ConsentTransitionError, PersonErased),
        also=SERVING_STILL,
    ),
)
async def withdraw_by_proof(
    id: ProofId, body: WithdrawConsentByProof, principal: Authorised, registry: Registry, response: Response
) -> OwnConsentView:
    """Somebody at the counter consents to a purpose no more."""
    withdrawn = await registry.own_consents.withdraw_by_proof(principal, id, body.purpose, body.whose())
    return _answer(withdrawn, response)


def _answer(one: ConsentRecord, response: Response) -> OwnConsentView:
    response.headers["ETag"] = etag_of(one.version)
    return OwnConsentView.of(one)
