"""Bodies of receptions by leaders (领导接访)."""

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from services.grid.receptions.domain import ReceptionStatus
from services.grid.receptions.service import NewReception, ReceptionRecord
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Day, View
from shared.reference.names import MAX_NAME, clean_name

Words = Annotated[str, StringConstraints(min_length=1, max_length=100)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]


def person_name(text: str) -> str:
    """A name of a person in its one form."""
    name = clean_name(text)
    if not name.valid:
        raise PydanticCustomError("name", "姓名不正确")
    return name.text


PersonName = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME), AfterValidator(person_name)]


class PlanReception(Body):
    """Who receives where and when."""

    area: AreaCode = Field(description="区域 town (9 digits) or county (6) whose leader receives", examples=["450481"])
    received_on: Day = Field(description="接访日 from today, within a year", examples=["2026-12-15"])
    begins: TimeOfDay = Field(description="开始时间 HH:MM", examples=["09:00"])
    ends: TimeOfDay = Field(description="结束时间 HH:MM", examples=["11:30"])
    venue: Words = Field(description="接访地点 where, in words", examples=["县人民来访接待中心"])
    leader_post: Words = Field(description="接访领导职务 post of the leader", examples=["副县长"])
    name: PersonName = Field(description="接访领导姓名 name of the leader, as the roster tells it", examples=["示例甲"])

    def content(self) -> NewReception:
        return NewReception(
            self.area, self.received_on, self.begins, self.ends, self.venue, self.leader_post, self.name
        )


class ReceptionView(View):
    """A reception as the roster tells it to everybody."""

    id: UUID = Field(description="接访标识 id of the reception", examples=["0197d0c0-b801-7d02-8e03-0f04a05b0c61"])
    version: int = Field(description="版本 counts the changes of the reception, from 1", examples=[1])
    area: AreaCode = Field(description="区域 town or county", examples=["450481"])
    received_on: date = Field(description="接访日 day", examples=["2026-12-15"])
    begins: str = Field(description="开始时间 HH:MM", examples=["09:00"])
    ends: str = Field(description="结束时间 HH:MM", examples=["11:30"])
    venue: str = Field(description="接访地点 where", examples=["县人民来访接待中心"])
    leader_post: str = Field(description="接访领导职务 post of the leader", examples=["副县长"])
    name: str = Field(description="接访领导姓名 name of the leader", examples=["示例甲"])
    status: ReceptionStatus = Field(description="状态 planned, held or cancelled", examples=["planned"])

    @classmethod
    def of(cls, record: ReceptionRecord) -> Self:
        one = record.reception
        return cls(
            id=one.id,
            version=one.version,
            area=one.area,
            received_on=one.received_on,
            begins=one.begins,
            ends=one.ends,
            venue=one.venue,
            leader_post=one.post,
            name=record.name,
            status=ReceptionStatus(one.status),
        )


class ReceptionCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])
