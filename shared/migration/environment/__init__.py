"""Alembic's script folder, one for all services: `env.py` and the template of a new step."""
