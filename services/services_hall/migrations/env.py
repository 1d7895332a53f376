"""Alembic's environment of this service: the kit's, for this service's tables."""

from services.services_hall.service.wiring import SPEC
from shared.db.migrate import run_env

run_env(SPEC)
