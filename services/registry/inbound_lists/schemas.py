"""Bodies of inbound lists (名单来件)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.contracts.county.answers import InboundStatus
from shared.contracts.county.lists import ListKind
from shared.contracts.registry.list_outcomes import RowResult
from shared.http.schemas import Instant, View


class RowOutcomeView(View):
    """What became of one row."""

    row: str = Field(description="行号 the sender's name of the row", examples=["DB-0017"])
    result: RowResult = Field(description="行结果 applied, unchanged, unknown or refused", examples=["applied"])
    code: str | None = Field(description="原因代码 why a row was refused; else null", examples=[None])


class ListOutcomeView(View):
    """The answer to one part of a list, and the record that was answered last."""

    id: UUID = Field(description="名单结果标识 id of the outcome", examples=["5c4a8a0e-7b0f-5d57-9c0a-0b1f6f1f7d11"])
    version: int = Field(description="版本 counts the changes of the answer, from 1", examples=[1])
    topic: str = Field(description="主题 topic of the record that was answered last", examples=["county.inbound.lists"])
    partition: int = Field(description="分区 partition of that record", examples=[3])
    offset: int = Field(description="位移 offset of that record", examples=[41])
    request_source: str | None = Field(
        description="来源 `source` of the event; null if it is not allowed to send",
        examples=["urn:county:450481:civil-affairs"],
    )
    request_id: str | None = Field(
        description="来件编号 `id` of the event; null if it is not one", examples=["DB-2026-11.1"]
    )
    request_id_masked: str | None = Field(
        description="来件编号（遮盖） what may be repeated of an `id` that may not", examples=[None]
    )
    coalesced: bool = Field(
        description="合并答复 true: the answer to all that were rejected for this reason and are not remembered each",
        examples=[False],
    )
    status: InboundStatus = Field(description="名单结果 accepted or rejected", examples=["rejected"])
    code: str | None = Field(
        description="拒绝代码 why it was rejected; null if it was accepted", examples=["list_outdated"]
    )
    final: bool = Field(
        description="终局 false: the same event may be sent again, and may then be accepted", examples=[False]
    )
    answered_at: Instant = Field(description="答复时间 when it was answered", examples=["2026-11-22T09:00:02+08:00"])
    repeats: int = Field(description="重复次数 how often the same event was sent again", examples=[0])
    kind: ListKind | None = Field(description="名单类别 of an accepted part; else null", examples=["minimum_living"])
    list_id: str | None = Field(description="名单编号 of an accepted part; else null", examples=["DB-2026-11"])
    area: str | None = Field(description="区划代码 of an accepted part; else null", examples=["450481"])
    as_of: date | None = Field(description="数据日期 of an accepted part; else null", examples=["2026-11-20"])
    part: int | None = Field(description="第几部分 of an accepted part; else null", examples=[1])
    complete: bool = Field(description="名单齐全 true: with this part the list was complete", examples=[True])
    missing: int = Field(description="待核停人数 how many are proposed to be ended since", examples=[2])
    rows: list[RowOutcomeView] = Field(description="行结果 what became of each row")
