"""Bodies of imports of residents."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body

Row = Annotated[int, Field(ge=1, le=2_000_000)]


class BeginPersonImport(Body):
    """Which list of residents is checked, and for which area."""

    file: UUID = Field(description="文件标识 id of a table that was uploaded")
    area: AreaCode = Field(
        description="所属区域 where people belong of whom the list says no place; a village or grid, if there are any",
        examples=["450481100201"],
    )
    sheet: Annotated[str, Field(min_length=1, max_length=31)] | None = Field(
        default=None, description="工作表 null: the first visible one that holds anything", examples=["名册"]
    )


class ConfirmRows(Body):
    """Rows that are of somebody else than the residents whom they resemble."""

    rows: list[Row] = Field(
        min_length=1,
        max_length=500,
        description="行号 of rows whose only finding is possible_duplicate",
        examples=[[12]],
    )
