"""The dictionary of incidents as the house knows it."""

from services.grid.dictionaries.api import router
from services.grid.dictionaries.domain import DeadlineUnit
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="incidents",
    code_lists=(published("deadline_units", "时限单位", DeadlineUnit),),
)
