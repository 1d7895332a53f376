"""Bodies and views of originals in custody (原件保管)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field

from services.services_hall.cases.domain.codes import Recipient
from services.services_hall.originals.domain import OriginalKind, OriginalStep
from services.services_hall.originals.models import OriginalVersion
from services.services_hall.originals.service.reads import CustodyChain
from shared.contracts.envelope import AreaCode
from shared.contracts.services_hall.originals import OriginalStatus
from shared.http.schemas import Body, CodeWord, Day, Instant, View


class ReceiveOriginal(Body):
    """An original that the applicant gives out of hand."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"agency_id": "0197d0c0-6421-7b21-8d4f-1b5c6d7e8f90", "kind": "household_register"}]
        }
    )

    agency_id: UUID = Field(description="代办件标识 id of the agency")
    kind: OriginalKind = Field(description="原件种类 code list `original_kinds`", examples=["household_register"])
    material: Annotated[int, Field(ge=1, le=50)] | None = Field(
        default=None, description="材料序号 which of the item's materials it is, from 1", examples=[1]
    )


class HandOverOriginal(Body):
    """The office to which it goes."""

    to_area: AreaCode = Field(description="接收地 area of the office, in the same county", examples=["450481114"])
    to_department: CodeWord | None = Field(
        default=None,
        description="接收部门 of the list departments; null: that of its holder",
        examples=["civil_affairs"],
    )


class ReturnOriginal(Body):
    """When the applicant had it back, and who signed for it."""

    returned_on: Day = Field(description="归还日 today or before", examples=["2026-11-12"])
    recipient: Recipient = Field(description="签收人 code list `case_recipients`", examples=["applicant"])


class LoseOriginal(Body):
    """When it was found to be lost."""

    lost_on: Day = Field(description="遗失日 today or before", examples=["2026-11-10"])


class TellLoss(Body):
    """When the applicant was told."""

    told_on: Day = Field(description="告知日 not before the loss", examples=["2026-11-10"])


class OriginalView(View):
    """An original in custody."""

    id: UUID = Field(description="原件标识 id of the original", examples=["0197d0c0-6431-7b21-8d4f-1b5c6d7e8f90"])
    version: int = Field(description="版本 from 1", examples=[1])
    status: OriginalStatus = Field(description="状态 held, sent, returned, lost or annulled", examples=["held"])
    area: AreaCode = Field(description="受理地 area of the case's counter", examples=["450481114201"])
    department: str = Field(description="部门 department of the case", examples=["civil_affairs"])
    agency_id: UUID = Field(description="代办件标识 id of the agency")
    case_id: UUID = Field(description="办件标识 id of the case")
    kind: OriginalKind = Field(description="原件种类 code list `original_kinds`", examples=["household_register"])
    material: int | None = Field(description="材料序号 of the item's list", examples=[1])
    holder: str | None = Field(
        description="保管人 login that answers for it; null once it is back", examples=["u-3f2a9c"]
    )
    holder_area: AreaCode | None = Field(description="保管地 where its holder is", examples=["450481114201"])
    holder_department: str | None = Field(description="保管部门 department of its holder", examples=["civil_affairs"])
    sent_area: AreaCode | None = Field(description="移交去向 to which office it is on its way", examples=[None])
    sent_department: str | None = Field(description="移交部门 to which department", examples=[None])
    hand_overs: int = Field(description="移交次数 how often it changed hands", examples=[0])
    received_at: Instant = Field(description="收讫时间 when it was received", examples=["2026-11-03T09:20:00+08:00"])
    returned_on: date | None = Field(description="归还日 when the applicant had it back", examples=[None])
    recipient: Recipient | None = Field(description="签收人 who signed for it", examples=[None])
    lost_on: date | None = Field(description="遗失日 when it was found to be lost", examples=[None])
    told_on: date | None = Field(description="告知日 when the applicant was told", examples=[None])


class CustodyLink(View):
    """A link of the chain of custody: what was done, by whom, and who answered for it from then on."""

    version: int = Field(description="版本 version of the original after the step", examples=[1])
    step: OriginalStep = Field(description="操作 code list `original_steps`", examples=["receive"])
    at: Instant = Field(description="时间 when it was done", examples=["2026-11-03T09:20:00+08:00"])
    by: str | None = Field(description="经手人 login; null: it followed from a change of areas", examples=["u-3f2a9c"])
    status: OriginalStatus = Field(description="状态 after the step", examples=["held"])
    holder: str | None = Field(description="保管人 who answered for it from then on", examples=["u-3f2a9c"])
    holder_area: AreaCode | None = Field(description="保管地 of who answered for it", examples=["450481114201"])
    receipt: str | None = Field(description="凭证编号 of the receipt; null: nothing changed hands", examples=[None])
    receipt_holds: bool = Field(description="凭证有效 false: voided with the step, or none")

    @classmethod
    def of(cls, link: OriginalVersion, chain: CustodyChain) -> Self:
        receipt = chain.receipts.get(link.version)
        return cls(
            version=link.version,
            step=OriginalStep(link.step),
            at=link.done_at,
            by=link.done_by,
            status=OriginalStatus(link.content["status"]),
            holder=link.content["holder"],
            holder_area=link.content["holder_area"],
            receipt=receipt and receipt.number,
            receipt_holds=receipt is not None and receipt.voided_at is None,
        )


class OriginalDetail(OriginalView):
    """An original with its chain of custody."""

    chain: list[CustodyLink] = Field(description="交接记录 every step so far, oldest first")

    @classmethod
    def of(cls, chain: CustodyChain) -> Self:
        view = OriginalView.model_validate(chain.original)
        links = [CustodyLink.of(link, chain) for link in chain.links]
        return cls(**{name: getattr(view, name) for name in OriginalView.model_fields}, chain=links)


class OriginalCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[12])
