"""Areas as JSON."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from shared.http.schemas import Body, View

Code = Annotated[str, StringConstraints(pattern=r"^\d{2}(\d{2}(\d{2}(\d{3}(\d{3})?)?)?)?$")]
"""An unpadded code of 2, 4, 6, 9 or 12 digits."""


class AreaView(View):
    """An area of the dated tree."""

    code: str = Field(examples=["450481100201"])
    name: str
    level: int = Field(description="length of the code: 2, 4, 6, 9 or 12")
    kind: str = Field(examples=["villagers_committee"])
    parent: str | None
    valid_from: date
    valid_to: date | None
    successors: list[str]
    village_type: str | None
    opening_day: date | None = Field(description="of a county: the day on which its register opened")
    version: int


class AreasView(View):
    """Areas in code order."""

    items: list[AreaView]


class DivisionLine(Body):
    """A line of a division file, as it stands there: codes padded to 12 digits, levels 1 (province) to 5 (village)."""

    code: str = Field(max_length=12, examples=["450481100001"])
    name: str = Field(max_length=100)
    level: int = Field(ge=1, le=5)
    parent_code: str | None = Field(default=None, max_length=12)


class ImportAreas(Body):
    """A division file, or a part of it with all parents."""

    rows: list[DivisionLine] = Field(min_length=1, max_length=5000)
    valid_from: date | None = None
    opening_day: date | None = Field(default=None, description="of counties that are new")


class ImportView(View):
    """What became of the lines."""

    opened: int
    renamed: int
    unchanged: int


class AbolishArea(Body):
    """The end of a code."""

    valid_to: date
    successors: list[Code] = Field(max_length=50)
