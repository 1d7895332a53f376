"""Bodies of areas (区划)."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.schemas import Body, Day, View
from shared.reference.areas import Kind

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3})?)?)?)?$")]
"""An unpadded code of 2, 4, 6, 9 or 12 digits."""


class AreaView(View):
    """An area (区划) and its period of validity."""

    code: str = Field(examples=["450481100201"], description="区划代码 code of the area, 2 to 12 digits, unpadded")
    name: str = Field(description="区划名称 name of the area", examples=["探花村村委会"])
    level: int = Field(description="级别 length of the code: 2, 4, 6, 9 or 12", examples=[12])
    kind: Kind = Field(
        examples=["villagers_committee"],
        description="类别 province, prefecture, county, street, town, township, residents_committee, …",
    )
    parent: str | None = Field(
        description="上级区划 code of the area above; null for a province", examples=["450481100"]
    )
    valid_from: date = Field(description="启用日 first day on which the code is valid")
    valid_to: date | None = Field(description="停用日 first day on which it is no longer valid; null while it is")
    successors: list[str] = Field(description="继任区划 codes that carry on after it was abolished")
    village_type: str | None = Field(
        description="城乡分类 urban-rural class of a village, three digits; null elsewhere", examples=["220"]
    )
    books_opened_on: date | None = Field(description="建账日 day on which a county's books open; null elsewhere")
    version: int = Field(description="版本 counts the changes of the area, from 1")


class AreasView(View):
    """Areas in code order."""

    items: list[AreaView] = Field(description="区划 areas in the order of their codes")


class AreaTreeView(AreasView):
    """A tree of areas, or what changed in it."""

    newest_change: int = Field(
        description="变更序号 number of the newest change in it: `changed_since` of the next question", examples=[42]
    )
    whole: bool = Field(
        description="是否全部 whether these are all areas of the tree; else those that changed, ended ones too",
        examples=[True],
    )


class RenameArea(Body):
    """Another name of an area (更名) from a day on; the code stays."""

    name: str = Field(min_length=1, max_length=100, description="新名称 the new name", examples=["思孟新村村委会"])
    renamed_on: Day = Field(
        description="更名日 first day of the new name, today at the latest", examples=["2026-11-01"]
    )


class AreaNameView(View):
    """A name that an area has, or had."""

    name: str = Field(description="名称 name of the area", examples=["思孟村委会"])
    since: date = Field(description="启用日 first day of the name")
    until: date | None = Field(description="停用日 first day on which it was called so no more; null for the present")


class AreaNamesView(View):
    """Every name of an area."""

    items: list[AreaNameView] = Field(description="历次名称 its names, the first one first")


class DivisionLine(Body):
    """A line of a division file, unchanged: codes padded to 12 digits, levels 1 (province) to 5 (village)."""

    code: str = Field(max_length=12, examples=["450481100201"], description="区划代码 padded with zeros to 12 digits")
    name: str = Field(max_length=100, description="区划名称 name of the area", examples=["探花村村委会"])
    level: int = Field(ge=1, le=5, examples=[5], description="级别 1 province to 5 village")
    parent_code: str | None = Field(
        default=None,
        max_length=12,
        description="上级区划 code of the area above, padded to 12 digits; empty for a province",
        examples=["450481100000"],
    )


class ImportAreas(Body):
    """A division file, or a part of it with all parents."""

    rows: list[DivisionLine] = Field(min_length=1, max_length=5000, description="行 lines of the division file")
    valid_from: Day | None = Field(
        default=None, description="启用日 first day of the areas that are new; the opening day or today if absent"
    )
    books_opened_on: Day | None = Field(
        default=None, description="建账日 day on which the books of counties that are new open"
    )


class ImportView(View):
    """Result of an import: how many areas were opened, renamed, left."""

    opened: int = Field(description="新增 how many areas were opened")
    renamed: int = Field(description="更名 how many areas were renamed")
    unchanged: int = Field(description="未变 how many areas stayed as they are")
