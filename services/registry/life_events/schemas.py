"""Bodies of life events (人口事项): births, and what was recorded of a person."""

from datetime import date
from typing import Self
from uuid import UUID

from pydantic import Field

from services.registry.life_events.domain import (
    Delivery,
    DeliveryAttendance,
    DeliveryPlace,
    LifeEventKind,
    RecordedEvent,
    ResidenceKind,
)
from shared.contracts.registry.postings import Book
from shared.http.schemas import Body, Instant, View
from shared.reference.named_code import NamedCode


class Entry(NamedCode):
    """The way into the register."""

    BIRTH = "birth", "出生"
    MOVE_IN = "move_in", "迁入"
    ENROLLED = "enrolled", "登记在册"


class Birth(Body):
    """Where and how a child was born, and the parents as far as they stand in the register."""

    place: DeliveryPlace | None = Field(
        default=None, description="分娩地点 facility (医疗机构), home (家中) or elsewhere", examples=["facility"]
    )
    attendance: DeliveryAttendance | None = Field(
        default=None, description="接生方式 trained (新法接生), untrained or nobody", examples=["trained"]
    )
    mother_id: UUID | None = Field(default=None, description="母亲 id of the mother in the register")
    father_id: UUID | None = Field(default=None, description="父亲 id of the father in the register")

    def delivery(self) -> Delivery:
        return Delivery(self.place, self.attendance, self.mother_id, self.father_id)


class PlaceView(View):
    """Place to which a life event brought a person."""

    area: str = Field(description="区划代码 village or grid of the county, or a place elsewhere down to the town")
    kind: ResidenceKind | None = Field(
        description="居住类别 as it was said; null if it follows from both places, or is a 户籍地"
    )


class DeliveryView(View):
    """Where a child was born, who attended the birth, and the parents in the register."""

    place: DeliveryPlace | None = Field(description="分娩地点 facility, home or elsewhere; null if not known")
    attendance: DeliveryAttendance | None = Field(
        description="接生方式 trained (新法接生), untrained or nobody; null if not known"
    )
    mother_id: UUID | None = Field(description="母亲 id of the mother in the register; null if not known")
    father_id: UUID | None = Field(description="父亲 id of the father in the register; null if not known")


class LifeEventView(View):
    """A life event as it was recorded, and whether it was taken back."""

    id: UUID = Field(description="人口事项标识 id of the life event")
    kind: LifeEventKind = Field(
        description="事项类别 birth, enrolled, move_in, move_out, missing, found, death, merged, boundary"
    )
    occurred_on: date = Field(description="发生日 day on which it happened")
    reported_on: date = Field(description="申报日 day on which it was reported")
    recorded_at: Instant = Field(description="登记时间 when it was recorded")
    residence: PlaceView | None = Field(
        description="居住地 where the person lives from that day; null if it says nothing"
    )
    registration: PlaceView | None = Field(
        description="户籍地 where the person is registered from that day; null if it says nothing"
    )
    leaves: list[Book] = Field(description="迁出的账簿 the books that a move-out leaves")
    delivery: DeliveryView | None = Field(description="分娩 of a birth; null if nothing is known of it")
    maternal: bool = Field(description="孕产妇死亡 true of the death of a woman in pregnancy or soon after")
    merged_into: UUID | None = Field(description="合并至 of a merge, id of the person who goes on; null otherwise")
    stands: bool = Field(description="有效 false if it was taken back, or stands with another day under another id")
    reversal_id: UUID | None = Field(
        description="撤销 id of the reversal that waits or was done; null if there is none"
    )
    replaced_by: UUID | None = Field(description="更正后的事项 id under which it stands with the right day")

    @classmethod
    def of(cls, one: RecordedEvent) -> Self:
        event = one.event
        residence, registration = event.residence, event.registration
        return cls(
            id=event.id,
            kind=event.kind,
            occurred_on=event.occurred_on,
            reported_on=event.reported_on,
            recorded_at=one.recorded_at,
            residence=PlaceView(area=residence.area, kind=residence.kind) if residence else None,
            registration=PlaceView(area=registration.area, kind=None) if registration else None,
            leaves=sorted(event.leaves),
            delivery=DeliveryView.model_validate(event.delivery) if event.delivery else None,
            maternal=event.maternal,
            merged_into=event.merged_into,
            stands=one.stands,
            reversal_id=one.reversal_id,
            replaced_by=one.replaced_by,
        )


class LifeEventsView(View):
    """Life events of a person."""

    items: list[LifeEventView] = Field(description="人口事项 in the order of recording")
