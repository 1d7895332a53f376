"""Bodies of duties of towns (履职事项清单)."""

from datetime import date
from uuid import UUID

from pydantic import Field

from shared.contracts.duties import DutyKind
from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, CodeWord, Day, View


class EnterDuty(Body):
    """Whose a category of incidents is in a town, or in all towns of a county."""

    area: AreaCode = Field(
        description="适用区域 town (9 digits), or county (6) for all its towns", examples=["450481114"]
    )
    category: CodeWord = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    kind: DutyKind = Field(description="履职类别 code list `duty_kinds`", examples=["taken_back"])
    lead: CodeWord | None = Field(
        default=None,
        description="牵头部门 department that leads, of the list departments; needed for a shared duty",
        examples=["urban_management"],
    )
    valid_from: Day = Field(description="起始日 first day on which it holds", examples=["2026-03-01"])


class EndDuty(Body):
    """When an entry ends."""

    ends_on: Day = Field(
        description="终止日 first day on which it holds no more; its own first day: it never held",
        examples=["2026-12-01"],
    )


class DutyView(View):
    """An entry of a list of duties."""

    id: UUID = Field(description="条目标识 id of the entry", examples=["0197d0c0-7304-7d43-8f61-3d7e8f90a1b2"])
    version: int = Field(description="版本 counts the changes of the entry, from 1", examples=[1])
    area: AreaCode = Field(description="适用区域 town, or county for all its towns", examples=["450481114"])
    category: str = Field(description="事件类别 category of the incident dictionary", examples=["environment"])
    kind: DutyKind = Field(description="履职类别 code list `duty_kinds`", examples=["taken_back"])
    lead: str | None = Field(description="牵头部门 department that leads; null if none is named", examples=[None])
    valid_from: date = Field(description="起始日 first day on which it holds", examples=["2026-03-01"])
    valid_to: date | None = Field(description="终止日 first day on which it holds no more; null: none", examples=[None])


class DutyCount(View):
    """How many there are."""

    count: int = Field(description="数量 how many the list has in all", examples=[3])
