"""In over time: one file per periodic duty."""

from services.indicators.schedules.announce_values import ANNOUNCE_VALUES

SCHEDULES = (ANNOUNCE_VALUES,)
