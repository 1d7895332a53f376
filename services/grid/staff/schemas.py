"""Bodies of staff of grids (网格人员)."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.grid.grids.schemas.grids import GridCode
from services.grid.staff.domain import Employment, NewStaff, StaffDuty, StaffPost, StaffStatus
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, Day, View, without_number

Login = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(without_number)]


class AppointStaff(Body):
    """Somebody who works in a grid from a day on."""

    grid: GridCode = Field(description="网格代码 code of the grid")
    worker: Login = Field(
        description="登录账号 login by which they work, as the issuer of tokens names it; no number of a person",
        examples=["u-3f2a9c"],
    )
    post: StaffPost = Field(description="岗位 head, worker or instructor", examples=["worker"])
    employment: Employment | None = Field(
        default=None, description="用工性质 of a worker: full_time or part_time", examples=["full_time"]
    )
    duty: StaffDuty = Field(
        default=StaffDuty.ASSISTING,
        description="职责 responsible (one at any time), substitute (stands in for them), assisting",
        examples=["responsible"],
    )
    since: Day = Field(description="起始日 first day", examples=["2026-11-01"])
    until: Day | None = Field(
        default=None, description="截止日 first day on which it holds no more; null: open", examples=["2027-01-01"]
    )

    def content(self) -> NewStaff:
        return NewStaff(self.grid, self.worker, self.post, self.duty, self.since, self.until, self.employment)


class EndStaff(Body):
    """The end of an appointment."""

    until: Day = Field(description="截止日 first day on which it holds no more", examples=["2026-12-01"])


class StaffView(View):
    """An appointment in a grid."""

    id: UUID = Field(description="任职标识 id of the appointment", examples=["0197d0c0-b103-7a02-8b03-0c04d05e0f03"])
    version: int = Field(description="版本 counts the changes of it, from 1", examples=[1])
    grid: AreaCode = Field(description="网格代码 code of the grid", examples=["450481114201001"])
    worker: str = Field(description="登录账号 login by which they work", examples=["u-3f2a9c"])
    post: StaffPost = Field(description="岗位 head, worker or instructor", examples=["worker"])
    employment: Employment | None = Field(
        description="用工性质 of a worker: full_time or part_time; null for others", examples=["full_time"]
    )
    duty: StaffDuty = Field(description="职责 responsible, substitute or assisting", examples=["responsible"])
    since: date = Field(description="起始日 first day", examples=["2026-11-01"])
    until: date | None = Field(description="截止日 first day on which it holds no more; null: open", examples=[None])
    status: StaffStatus = Field(description="状态 standing or withdrawn", examples=["standing"])


class ResponsibleView(View):
    """Who answers for a grid on a day."""

    staff: StaffView | None = Field(description="责任人 whoever answers for it; null: nobody does")


class StaffCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])
