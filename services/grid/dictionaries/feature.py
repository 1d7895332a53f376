"""The dictionary of incidents as the house knows it."""

from services.grid.dictionaries.api import router
from services.grid.dictionaries.domain import Change, Treatment
from shared.feature import Feature
from shared.reference.codes import published
from shared.worktime import ClockUnit

FEATURE = Feature(
    router=router,
    tag="incidents",
    code_lists=(
        published("deadline_units", "时限单位", ClockUnit),
        published("incident_treatments", "处置方式", Treatment),
        published("incident_dictionary_changes", "字典变化", Change),
    ),
)
