"""Bodies of transfers (迁移申请)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from services.registry.households.domain import HouseholdKind
from services.registry.households.schemas import NewHead
from services.registry.life_events.domain import ReversalReason
from services.registry.life_events.schemas import PlaceView
from services.registry.persons.domain import Identity
from services.registry.persons.schemas import NameView, Registration, Residence
from services.registry.transfers.domain import AfterLimit, NewTransfer, RefusalReason
from services.registry.transfers.service.transfers import ShownTransfer
from shared.contracts.registry.transfers import TransferStatus
from shared.http.schemas import Body, Day, Instant, View
from shared.reference.documents import DocumentType

FreeText = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]


class RequestTransfer(Body):
    """Somebody who stands in the register elsewhere has moved here: the side that holds the person is asked."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "document_number": "45048119900307019X",
                    "occurred_on": "2026-03-16",
                    "residence": {"area": "450481100201"},
                }
            ]
        }
    )

    document_type: DocumentType = Field(
        default=DocumentType.CITIZEN_ID, description="证件类型 kind of identity document"
    )
    document_number: str = Field(
        min_length=1, max_length=64, description="证件号码 number of the document", examples=["45048119900307019X"]
    )
    occurred_on: Day = Field(description="发生日 day on which the person moved")
    reported_on: Day | None = Field(default=None, description="申报日 day on which it was reported; today if absent")
    residence: Residence | None = Field(
        default=None, description="新居住地 where the person lives from that day; absent: the residence stays"
    )
    registration: Registration | None = Field(
        default=None, description="新户籍地 village of registration from that day; absent: the registration stays"
    )
    household: HouseholdKind | None = Field(
        default=None, description="整户迁移 legal or living: the whole household of this kind moves; absent: one person"
    )

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.residence is None and self.registration is None:
            raise PydanticCustomError("somewhere", "居住地与户籍地至少填写一项")
        return self

    def transfer(self) -> NewTransfer:
        return NewTransfer(
            document=Identity(self.document_type, self.document_number),
            residence=self.residence.place() if self.residence else None,
            registration=self.registration.place() if self.registration else None,
            household=self.household,
            occurred_on=self.occurred_on,
            reported_on=self.reported_on,
        )


class ConfirmTransfer(Body):
    """The holding side agrees."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    new_head: NewHead | None = Field(default=None, description="新户主 needed if a head leaves members behind")


class RefuseTransfer(Body):
    """The holding side does not agree."""

    reason: RefusalReason = Field(description="不同意原因 why not; the asking side reads it", examples=["did_not_move"])


class ReverseTransfer(Body):
    """A confirmed transfer is taken back."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "not_happened"}]})

    reason: ReversalReason = Field(description="撤销原因 why it is taken back", examples=["wrong_person"])
    note: FreeText | None = Field(
        default=None, description="说明 in words; kept encrypted", examples=["与同名邻居混淆"]
    )


class TransferCount(View):
    """Length of the list of transfers."""

    count: int = Field(description="数量 transfers that the list has in all")


class TransferView(View):
    """A transfer. Whom it means is shown to who may look at that person; the asking side learns nothing of it."""

    id: UUID = Field(description="迁移申请标识 id of the transfer")
    version: int = Field(description="版本 grows with every step")
    status: TransferStatus = Field(
        description="状态 requested, confirmed, refused, withdrawn, lapsed or reversed", examples=["requested"]
    )
    area: str = Field(description="迁入地 village or grid that asks", examples=["450481100201"])
    residence: PlaceView | None = Field(description="新居住地 new residence; null if the residence stays")
    registration: PlaceView | None = Field(description="新户籍地 new registered place; null if the registration stays")
    household: HouseholdKind | None = Field(description="整户迁移 kind of the household that moves; null: one person")
    occurred_on: date = Field(description="发生日 day of the move")
    reported_on: date = Field(description="申报日 day on which it was reported")
    requested_by: str = Field(description="申请人 subject of the token that asked for it", examples=["clerk-7"])
    requested_at: Instant = Field(description="申请时间 when it was asked for")
    due_on: date = Field(description="期限 last day on which the holding side can decide, by work days")
    after_limit: AfterLimit = Field(description="逾期处理 what follows when the limit has passed: lapse or confirm")
    decided_by: str | None = Field(
        description="办理人 subject of the token that decided; null while it waits, and if it ended by rule"
    )
    decided_at: Instant | None = Field(description="办结时间 when it ended; null while it waits")
    reason: RefusalReason | None = Field(description="不同意原因 why it was refused; null if it was not")
    moved: int = Field(description="迁入人数 how many have moved by it")
    person: NameView | None = Field(
        description="居民 whom it means, masked, to who may look at that person; null for everybody else"
    )

    @classmethod
    def of(cls, shown: ShownTransfer) -> Self:
        one = shown.record
        residence, registration = one.residence, one.registration
        return cls(
            id=one.id,
            version=one.version,
            status=TransferStatus(one.status),
            area=one.area,
            residence=PlaceView(area=residence.area, kind=residence.kind) if residence else None,
            registration=PlaceView(area=registration.area, kind=None) if registration else None,
            household=HouseholdKind(one.household) if one.household else None,
            occurred_on=one.occurred_on,
            reported_on=one.reported_on,
            requested_by=one.requested_by,
            requested_at=one.requested_at,
            due_on=one.due_on,
            after_limit=AfterLimit(one.after_limit),
            decided_by=one.decided_by,
            decided_at=one.decided_at,
            reason=RefusalReason(one.reason) if one.reason else None,
            moved=one.moved,
            person=NameView.of(shown.person) if shown.person else None,
        )
