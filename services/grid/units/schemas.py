"""Bodies of units."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.contracts.envelope import AreaCode, Code
from shared.http.schemas import Body, View


class CreateUnit(Body):
    """A unit that handles incidents in its area and everything below."""

    area: Annotated[AreaCode, Field(examples=["450481100"])] = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid"
    )
    department: Annotated[Code, Field(examples=["urban_management"])] = Field(description="部门 department")
    name: Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["岑城镇城管中队"])] = Field(
        description="名称 name"
    )


class UnitView(View):
    """A unit."""

    id: UUID = Field(description="标识 identifier")
    area: AreaCode = Field(
        description="区划代码 area code: 2, 4, 6, 9 or 12 digits, 15 for a grid", examples=["450481114201"]
    )
    department: str = Field(description="部门 department", examples=["civil_affairs"])
    name: str = Field(description="名称 name", examples=["示例"])
    active: bool = Field(description="启用 whether incidents may be dispatched to it")
