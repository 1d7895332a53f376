"""What holds for every test: a zone that is neither the county's nor UTC; examples of properties have no deadline."""

import os
import time

from hypothesis import HealthCheck, settings

ZONE = "America/New_York"
"""In every test and every process that one starts: who takes the machine's day for the county's is found out."""

os.environ["TZ"] = ZONE
time.tzset()

settings.register_profile("xiangli", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("xiangli")
