"""Reconciliation (核验) over HTTP, for operators and auditors: count now, and what was found to differ."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import Field

from shared.contracts.catalogue import STATE_TOPICS
from shared.http.endpoint import creates, reads
from shared.http.kit import kit_of
from shared.http.pagination import PageQuery
from shared.http.route import ServiceRoute
from shared.http.schemas import Instant, Page, View
from shared.http.security import Authorised
from shared.http.transaction import Context, Transaction
from shared.messaging.projection.differences import DifferenceKind
from shared.reconciliation.repository import ReconciliationRepository
from shared.reconciliation.service import Checksums

router = APIRouter(route_class=ServiceRoute, tags=["reconciliation"])

NounQuery = Annotated[str | None, Query(pattern=r"^[a-z_]+\.[a-z_]+$", max_length=64, description="名词 of one noun")]
StandingQuery = Annotated[bool, Query(description="仅未消除 only differences that stand")]
TOLD = frozenset(noun for noun, topic in STATE_TOPICS.items() if topic.published)
"""Nouns whose differences are told. Of restricted ones an operator does not learn which there are."""


class ChecksumsTaken(View):
    """What was counted."""

    nouns: int = Field(description="名词数 of how many nouns the service has said what it holds", examples=[18])


class StateDifferenceView(View):
    """One state that was held in another version than its owner's. It has an id, and says nothing of what it is of."""

    number: int = Field(description="序号 grows with every difference", examples=[12])
    noun: str = Field(description="名词 noun of the state", examples=["registry.person"])
    aggregate: str = Field(
        description="标识 id of what the state is of", examples=["0197d0c0-5f1e-7c3a-9b1e-2f6f5d1c0a77"]
    )
    kind: DifferenceKind = Field(description="类别 missing, behind or surplus", examples=["behind"])
    held: int | None = Field(description="原有版本 version held until then; null if there was none", examples=[2])
    told: int | None = Field(
        description="来源版本 version that its owner announced again; null of surplus", examples=[3]
    )
    found_at: Instant = Field(description="发现时间 when the difference was found")
    mended_at: Instant | None = Field(description="消除时间 when it was gone; null while it stands")


@router.post(
    "/checksums",
    **creates(
        "takeChecksums",
        "立即核验",
        "统计本服务各类数据的数量与版本并发布，由使用方各自比对；平时每日自动进行。",
        permission="ops.reconcile",
        scope="county",
        status=202,
        etag=False,
    ),
)
async def take_checksums(request: Request, _: Authorised, context: Context) -> ChecksumsTaken:
    """Count now what is held of each noun, and announce it: whoever follows them compares."""
    spec = kit_of(request).spec
    checksums = Checksums(context, spec.name, spec.aggregates)
    return ChecksumsTaken(nouns=await checksums.take())


@router.get(
    "/state-differences",
    **reads(
        "listStateDifferences",
        "状态差异列表",
        "本服务所存的他方数据曾与来源不一致之处，最新的在前；缺少或落后的在发现时已补齐。不含受限类别。",
        permission="ops.differences",
        scope="county",
        refusals=(),
    ),
)
async def list_state_differences(
    page: PageQuery, _: Authorised, session: Transaction, noun: NounQuery = None, standing: StandingQuery = False
) -> Page[StateDifferenceView]:
    """States that were held in other versions than their owners', the newest first."""
    before = None if page.after is None else int(page.after[0])
    repository = ReconciliationRepository(session)
    rows = await repository.page(TOLD, noun, standing=standing, before=before, limit=page.limit + 1)
    shown, cursor = page.cut(rows, key=lambda one: (one.number,))
    return Page(items=[StateDifferenceView.model_validate(one) for one in shown], next_cursor=cursor)
