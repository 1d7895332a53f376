"""Bodies of handling units (处置单位)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.envelope import AreaCode
from shared.http.schemas import Body, CodeWord, View


class CreateUnit(Body):
    """A unit that handles incidents in its area and everything below."""

    area: AreaCode = Field(description="服务区域 area that it serves with everything below", examples=["450481114"])
    department: CodeWord = Field(
        description="所属部门 department that it belongs to, of the list departments", examples=["urban_management"]
    )
    name: Annotated[str, StringConstraints(min_length=1, max_length=100)] = Field(
        description="单位名称 name of the unit", examples=["三堡镇城管中队"]
    )


class UnitView(View):
    """A handling unit."""

    id: UUID = Field(description="处置单位标识 id of the unit", examples=["0197d0c0-6304-7d43-8f61-3d7e8f90a1b2"])
    area: AreaCode = Field(description="服务区域 area that it serves with everything below", examples=["450481114"])
    department: str = Field(description="所属部门 department that it belongs to", examples=["urban_management"])
    name: str = Field(description="单位名称 name of the unit", examples=["三堡镇城管中队"])
    active: bool = Field(description="启用 whether incidents may be dispatched to it", examples=[True])
