"""The dictionary of incidents as the house knows it."""

from services.grid.dictionaries.api import router
from shared.feature import Feature
from shared.reference.codes import published
from shared.worktime import ClockUnit

FEATURE = Feature(
    router=router,
    tag="incidents",
    code_lists=(published("deadline_units", "时限单位", ClockUnit),),
)
