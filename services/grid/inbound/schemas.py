"""Bodies of inbound events (外部来件)."""

from uuid import UUID

from pydantic import Field

from shared.contracts.county.answers import InboundStatus
from shared.http.schemas import Instant, View


class InboundRequestView(View):
    """The answer to one event of a county system, and the record that was answered last."""

    id: UUID = Field(
        description="来件结果标识 id of the inbound outcome", examples=["5c4a8a0e-7b0f-5d57-9c0a-0b1f6f1f7d11"]
    )
    version: int = Field(description="版本 counts the changes of the answer, from 1", examples=[1])
    topic: str = Field(
        description="主题 topic of the record that was answered last", examples=["county.inbound.requests"]
    )
    partition: int = Field(description="分区 partition of that record", examples=[3])
    offset: int = Field(description="位移 offset of that record", examples=[41])
    request_source: str | None = Field(
        description="来源 `source` of the event; null if it is not allowed to send",
        examples=["urn:county:450481:hotline-12345"],
    )
    request_id: str | None = Field(
        description="来件编号 `id` of the event; null if it is not one", examples=["HL-20261122-000017"]
    )
    request_id_masked: str | None = Field(
        description="来件编号（遮盖） what may be repeated of an `id` that may not", examples=[None]
    )
    coalesced: bool = Field(
        description="合并答复 true: the answer to all that were rejected for this reason and are not remembered each",
        examples=[False],
    )
    status: InboundStatus = Field(description="来件结果 accepted or rejected", examples=["rejected"])
    code: str | None = Field(
        description="拒绝代码 why it was rejected; null if it was accepted", examples=["category_unknown"]
    )
    final: bool = Field(
        description="终局 false: the same event may be sent again, and may then be accepted", examples=[False]
    )
    answered_at: Instant = Field(description="答复时间 when it was answered", examples=["2026-11-22T09:00:02+08:00"])
    repeats: int = Field(description="重复次数 how often the same event was sent again", examples=[0])
    incident_id: UUID | None = Field(
        description="事件标识 id of the incident that was made of it; null if it was rejected", examples=[None]
    )
