"""Handling units as the house knows them."""

from services.grid.units.api import router
from services.grid.units.domain import UnitTaken
from shared.feature import Feature

FEATURE = Feature(
    router=router,
    tag="units",
    about="处置单位：负责处置事件的单位。 Who deals with incidents",
    constraints={"uq_units_area_department_name": UnitTaken},
)
