"""In over time: one file per periodic duty. The hall has none yet."""

from shared.schedules import Schedule

SCHEDULES: tuple[Schedule, ...] = ()
