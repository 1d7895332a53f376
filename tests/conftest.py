"""Property tests must not fail because the machine was busy: no deadline per example, no complaint about slow data."""

from hypothesis import HealthCheck, settings

settings.register_profile("xiangli", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("xiangli")
