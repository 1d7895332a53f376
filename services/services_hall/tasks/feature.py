"""Worklists as the house knows them."""

from services.services_hall.tasks.api import officers, tasks
from services.services_hall.tasks.domain import AbsenceKnown, AbsenceStatus, Assigned
from services.services_hall.tasks.schedules import ABSENCES
from shared.feature import Feature
from shared.reference.codes import published

FEATURE = Feature(
    router=tasks.router,
    tag="tasks",
    about="工作台：待办池、认领分派、离岗代班、查找办件。 Worklists: pools, who works on what, absences, search",
    constraints={"uq_absences_open": AbsenceKnown},
    schedules=(ABSENCES,),
    code_lists=(
        published("absence_statuses", "离岗状态", AbsenceStatus),
        published("task_assignments", "待办经办情况", Assigned),
    ),
)
OFFICERS = Feature(router=officers.router, tag="tasks")
