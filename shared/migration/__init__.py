"""Migrations of a service database: the kit's own tables, the Alembic environment, partitions."""
