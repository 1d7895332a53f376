"""Ids under which consents are counted.

Revision ID: 0076
Revises: 0074
"""

import sqlalchemy as sa
from alembic import op

revision = "0076"
down_revision = "0074"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_counts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["consent_id"], ["consents.id"], name=op.f("fk_consent_counts_consent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_counts")),
    )
    op.create_index("uq_consent_counts_consent", "consent_counts", ["consent_id"], unique=True)
    op.execute("INSERT INTO consent_counts SELECT gen_random_uuid(), 1, id FROM consents")


def downgrade() -> None:
    op.drop_table("consent_counts")
