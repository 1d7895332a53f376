"""Tables of the definitions of ledgers (台账): drafts, ledgers, versions.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

from shared.migration.kit_schema import define_ledgers, define_no_ledgers

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    define_ledgers(op)


def downgrade() -> None:
    define_no_ledgers(op)
