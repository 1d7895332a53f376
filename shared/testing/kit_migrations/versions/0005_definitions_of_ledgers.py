"""Tables of the definitions of ledgers (台账): drafts, ledgers, versions.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

from shared.migration.kit_schema import define_ledgers, define_no_ledgers

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    define_ledgers(op)


def downgrade() -> None:
    define_no_ledgers(op)
