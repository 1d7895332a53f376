"""Staff of grids as the house knows them."""

from services.grid.staff.api import router
from services.grid.staff.domain import (
    Employment,
    ResponsibleTaken,
    StaffDuty,
    StaffPost,
    StaffStatus,
    SubstituteTaken,
)
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=router,
    tag="grid-staff",
    about="网格人员：网格长、网格员、指导员的任职。 Who works in a grid, and who answers for it",
    constraints={
        "ex_grid_staff_responsible": ResponsibleTaken,
        "ex_grid_staff_substitute": SubstituteTaken,
    },
    code_lists=(
        published("staff_posts", "网格岗位", StaffPost),
        published("staff_duties", "网格职责", StaffDuty),
        published("staff_employments", "网格员用工性质", Employment),
        published("staff_statuses", "网格任职状态", StaffStatus),
    ),
)
