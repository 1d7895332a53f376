"""Executed by Alembic, for whichever service. The steps lie in `services/<service>/migrations/versions`."""

from shared.migration.migrate import run_env

run_env()
