"""Tables of the definitions of ledgers (台账): drafts, ledgers, versions.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

from shared.migration.kit_schema import define_ledgers, define_no_ledgers

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    define_ledgers(op)


def downgrade() -> None:
    define_no_ledgers(op)
