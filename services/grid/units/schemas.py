"""Bodies of units."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, StringConstraints

from services.grid.units.models import HandlingUnit
from shared.contracts.envelope import AreaCode, Code
from shared.http.schemas import Body, View


class CreateUnit(Body):
    """A unit that handles incidents in its area and everything below."""

    area: Annotated[AreaCode, Field(examples=["450481100"])]
    department: Annotated[Code, Field(examples=["urban_management"])]
    name: Annotated[str, StringConstraints(min_length=1, max_length=100), Field(examples=["岑城镇城管中队"])]


class UnitView(View):
    """A unit."""

    id: UUID
    area: AreaCode
    department: str
    name: str
    active: bool

    @classmethod
    def of(cls, unit: HandlingUnit) -> Self:
        return cls.model_validate(unit)
