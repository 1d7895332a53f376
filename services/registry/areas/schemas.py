"""Areas as JSON."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.schemas import Body, View

Code = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$")]
"""An unpadded code of 2, 4, 6, 9 or 12 digits."""


class AreaView(View):
    """An area of the dated tree."""

    code: str = Field(examples=["450481100201"], description="代码 value of a code list")
    name: str = Field(description="名称 name", examples=["示例"])
    level: int = Field(description="length of the code: 2, 4, 6, 9 or 12")
    kind: str = Field(examples=["villagers_committee"], description="类别 kind")
    parent: str | None = Field(description="上级区划 the area one level above", examples=["450481114"])
    valid_from: date = Field(description="启用日 first day of validity")
    valid_to: date | None = Field(description="停用日 first day on which it is no longer valid; null while it is")
    successors: list[str] = Field(description="继任区划 codes that carry on")
    village_type: str | None = Field(description="城乡分类 urban-rural class of the village", examples=["rural"])
    opening_day: date | None = Field(description="of a county: the day on which its register opened")
    version: int = Field(description="版本 counts the changes of this object, from 1")


class AreasView(View):
    """Areas in code order."""

    items: list[AreaView] = Field(description="条目 rows")


class DivisionLine(Body):
    """A line of a division file, as it stands there: codes padded to 12 digits, levels 1 (province) to 5 (village)."""

    code: str = Field(max_length=12, examples=["450481100001"], description="代码 value of a code list")
    name: str = Field(max_length=100, description="名称 name", examples=["示例"])
    level: int = Field(ge=1, le=5, description="级别 level")
    parent_code: str | None = Field(
        default=None, max_length=12, description="上级区划 the area one level above", examples=["450481114"]
    )


class ImportAreas(Body):
    """A division file, or a part of it with all parents."""

    rows: list[DivisionLine] = Field(min_length=1, max_length=5000, description="行 lines of a division file")
    valid_from: date | None = Field(default=None, description="启用日 first day of validity")
    opening_day: date | None = Field(default=None, description="of counties that are new")


class ImportView(View):
    """What became of the lines."""

    opened: int = Field(description="新增 areas that were opened")
    renamed: int = Field(description="更名 areas that were renamed")
    unchanged: int = Field(description="未变 areas that stayed as they are")


class AbolishArea(Body):
    """The end of a code."""

    valid_to: date = Field(description="停用日 first day on which it is no longer valid; null while it is")
    successors: list[Code] = Field(max_length=50, description="继任区划 codes that carry on")
