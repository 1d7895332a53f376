"""Bodies of editions (区划更新)."""

from collections.abc import Iterator
from typing import Any

from pydantic import ConfigDict, Field

from services.registry.area_changes.schemas import AreaMove
from services.registry.area_editions.domain import Difference
from services.registry.areas.schemas import Code, DivisionLine
from shared.http.schemas import Body, Day, View


class EditionLine(DivisionLine):
    """A line of a division file, unchanged; a level that none has is named with all other errors of the file."""

    level: int = Field(ge=0, le=9, examples=[5], description="级别 1 province to 5 village")


_EXAMPLE: dict[str, Any] = {
    "area": "450481100",
    "effective_on": "2026-11-01",
    "rows": [
        {"code": "450481100000", "name": "岑城镇", "level": 4, "parent_code": "450481000000"},
        {"code": "450481100201", "name": "探花村村委会", "level": 5, "parent_code": "450481100000"},
    ],
}


class CompareAreaEdition(Body):
    """A newer division file of an area, whole: what is not in it has ended."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    area: Code = Field(
        description="更新范围 code of the county or town whose areas the file lists all", examples=["450481"]
    )
    effective_on: Day = Field(description="启用日 first day of the newer file", examples=["2026-11-01"])
    rows: list[EditionLine] = Field(
        min_length=1,
        max_length=2000,
        description="行 lines of the division file; what lies above the area may be among them",
    )

    def lines(self) -> Iterator[dict[str, str | None]]:
        """The lines as the use case takes them."""
        return ({**row.model_dump(exclude={"level"}), "level": str(row.level)} for row in self.rows)


class ApplyAreaEdition(CompareAreaEdition):
    """The same, with what becomes of each area that is not in it any more."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **_EXAMPLE,
                    "digest": "0b4e7a0e5fb1c2c1a7c0e1f5a9d3b7e2",
                    "moves": [{"origin": "450481100202", "to": "450481100201"}],
                }
            ]
        }
    )

    digest: str = Field(
        min_length=32, max_length=32, description="差异摘要 `digest` of the comparison that was looked at",
        examples=["0b4e7a0e5fb1c2c1a7c0e1f5a9d3b7e2"],
    )  # fmt: skip
    moves: list[AreaMove] = Field(
        default_factory=list,
        max_length=400,
        description="去向 what becomes of each ended area (`to` null if nobody carries it on), and what is divided",
    )


class AddedAreaView(View):
    """An area that is new in the file."""

    code: str = Field(description="区划代码 code of the area", examples=["450481100203"])
    name: str = Field(description="区划名称 name of the area", examples=["思榔村委会"])


class HeirView(AddedAreaView):
    """A new area that has the name of one that ended: it may carry that on; asked, never assumed."""

    same_parent: bool = Field(description="上级是否相同 whether it lies below the same area", examples=[True])


class EndedAreaView(View):
    """An area that is not in the file any more."""

    code: str = Field(description="区划代码 code of the area", examples=["450481100201"])
    name: str = Field(description="区划名称 name of the area", examples=["思孟村委会"])
    heirs: list[HeirView] = Field(description="同名新区划 new areas of the same name, the likeliest first")


class RenamedAreaView(AddedAreaView):
    """An area that is called otherwise in the file."""

    name_before: str = Field(description="原名称 its name until then", examples=["思孟村委会"])


class AreaDifferenceView(View):
    """What a newer division file changes."""

    digest: str = Field(description="差异摘要 names this difference; given back when it is carried out")
    added: list[AddedAreaView] = Field(description="新增 areas that open")
    ended: list[EndedAreaView] = Field(description="撤销 areas that end: each must be answered")
    renamed: list[RenamedAreaView] = Field(description="更名 areas with another name")
    unchanged: int = Field(description="未变 how many areas stay as they are", examples=[306])

    @classmethod
    def of(cls, one: Difference) -> "AreaDifferenceView":
        """The view of a difference."""
        return cls(
            digest=one.digest,
            added=[AddedAreaView(code=new.code, name=new.name) for new in one.added],
            ended=[EndedAreaView.model_validate(gone) for gone in one.ended],
            renamed=[RenamedAreaView(code=new.code, name=new.name, name_before=before) for new, before in one.renamed],
            unchanged=one.unchanged,
        )


class AreaEditionView(View):
    """What was done."""

    opened: int = Field(description="新增 how many areas were opened")
    ended: int = Field(description="撤销 how many areas ended")
    renamed: int = Field(description="更名 how many areas were renamed")
    changes: list[str] = Field(
        description="区划调整 ids of the changes of areas that were carried out; each can be undone",
        examples=[["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"]],
    )
