"""Bodies of the coverage report (网格覆盖情况)."""

from datetime import date, timedelta
from typing import Self

from pydantic import Field

from services.grid.coverage.domain import Flaw
from services.grid.coverage.service import Coverage
from services.grid.grids.domain import TOLERANCE
from services.grid.grids.schemas.geojson import PolygonOut
from shared.contracts.envelope import AreaCode
from shared.http.schemas import View


class StaffGap(View):
    """Days on which nobody answered for a grid."""

    since: date = Field(description="起始日 first day without anybody", examples=["2026-11-01"])
    last: date = Field(description="末日 last day without anybody", examples=["2026-11-03"])


class GridCoverageView(View):
    """A grid in the report."""

    code: AreaCode = Field(description="网格代码 code of the grid", examples=["450481114201001"])
    name: str | None = Field(description="网格名称 name of the grid; null if it has none", examples=["第一网格"])
    villagers_group: int | None = Field(description="村民小组 number of the group; null for none", examples=[1])
    area: float = Field(description="面积 square metres", examples=[1138000.0])
    responsible: str | None = Field(
        description="今日责任人 login of whoever answers for it today; null: nobody does", examples=["u-3f2a9c"]
    )
    gaps: list[StaffGap] = Field(description="无责任人时段 days on which nobody answered for it")


class FindingView(View):
    """A place between grids that is to be repaired by drawing their borders anew."""

    flaw: Flaw = Field(description="问题 overlap or gap", examples=["gap"])
    grids: list[AreaCode] = Field(
        description="相关网格 grids whose borders they are", examples=[["450481114201001", "450481114201002"]]
    )
    keeper: AreaCode = Field(
        description="建议归属 grid that keeps an overlap or takes a gap", examples=["450481114201001"]
    )
    area: float = Field(description="面积 square metres", examples=[12.5])
    wide: bool = Field(description="超出容差 wider than the tolerance", examples=[False])
    geometry: PolygonOut = Field(description="位置 where it is, GeoJSON in WGS 84")


class CoverageView(View):
    """How grids cover a village, and who answers for them."""

    village: AreaCode = Field(description="村（社区）代码 code of the village", examples=["450481114201"])
    since: date = Field(description="起始日 first day that was looked at for gaps of staff", examples=["2026-09-01"])
    until: date = Field(description="末日 last day that was looked at: today", examples=["2026-11-30"])
    tolerance: float = Field(description="容差 metres that two hands may be apart at one border", examples=[5.0])
    grids: list[GridCoverageView] = Field(description="网格 open grids of the net and kind, by code")
    findings: list[FindingView] = Field(description="待修边界 overlaps and gaps, the largest first")

    @classmethod
    def of(cls, coverage: Coverage) -> Self:
        return cls(
            village=coverage.village,
            since=coverage.since,
            until=coverage.until,
            tolerance=TOLERANCE,
            grids=[
                GridCoverageView(
                    code=one.grid.code,
                    name=one.grid.name,
                    villagers_group=one.grid.villagers_group,
                    area=one.area,
                    responsible=one.responsible,
                    gaps=[
                        StaffGap(since=gap.since, last=gap.until - timedelta(days=1))
                        for gap in one.gaps
                        if gap.until is not None
                    ],
                )
                for one in coverage.grids
            ],
            findings=[
                FindingView(
                    flaw=one.flaw,
                    grids=list(one.grids),
                    keeper=one.keeper,
                    area=one.area,
                    wide=one.wide,
                    geometry=PolygonOut(type="Polygon", coordinates=[[(x, y) for x, y in one.polygon.exterior.coords]]),
                )
                for one in coverage.findings
            ],
        )
