"""Bodies of checks of figures."""

from typing import Self

from pydantic import Field

from services.indicators.figure_checks.models import FigureCheck
from shared.http.schemas import Instant, View


class FigureCheckView(View):
    """The last check of all stored figures."""

    begun_at: Instant | None = Field(description="开始时间 null: there was none yet")
    ended_at: Instant | None = Field(description="结束时间 null while it is under way")
    areas: int = Field(description="已核对区域数 areas that were looked at", examples=[305])
    standing: int = Field(description="未消除差异数 differences that stand", examples=[0])

    @classmethod
    def of(cls, check: FigureCheck | None, standing: int) -> Self:
        if check is None:
            return cls(begun_at=None, ended_at=None, areas=0, standing=standing)
        return cls(begun_at=check.begun_at, ended_at=check.ended_at, areas=check.areas, standing=standing)


class FigureDifferenceView(View):
    """A measure of which something else is stored in an area than what is below it comes to. A rebuild mends it."""

    number: int = Field(description="序号 grows with every difference", examples=[3])
    area: str = Field(description="区划代码 prefecture, county, town or village", examples=["450481114201"])
    measure: str = Field(description="计量 what is counted", examples=["POP-RES"])
    dimension: str = Field(description="分组 which part of it; empty: the whole", examples=["sex:2"])
    days: int = Field(description="天数 on how many days it differed when it was found", examples=[1])
    found_at: Instant = Field(description="发现时间 when the difference was found")
    mended_at: Instant | None = Field(description="消除时间 when a check found it gone; null while it stands")
