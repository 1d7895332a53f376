"""In over time: one file per periodic duty."""

from services.grid.schedules.visit_plan import PLAN_VISITS

SCHEDULES = (PLAN_VISITS,)
