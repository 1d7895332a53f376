"""Why a merge of duplicates was refused.

Revision ID: 0071
Revises: 0069
"""

import sqlalchemy as sa
from alembic import op

revision = "0071"
down_revision = "0069"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("duplicates", sa.Column("refusal", sa.Text(), nullable=True))
    rule = "refusal IS NULL OR status = 'open'"
    op.execute(f"ALTER TABLE duplicates ADD CONSTRAINT ck_duplicates_refusal CHECK ({rule}) NOT VALID")
    op.execute("ALTER TABLE duplicates VALIDATE CONSTRAINT ck_duplicates_refusal")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_duplicates_refusal"), "duplicates", type_="check")
    op.drop_column("duplicates", "refusal")
