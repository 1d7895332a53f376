"""One extract serves one case: its id stands with the applicant, once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applicants", sa.Column("extract_id", sa.Uuid(), nullable=True))
    # No version was released: the table is small wherever it is, and its lock is held for a moment.
    op.create_unique_constraint(op.f("uq_applicants_extract_id"), "applicants", ["extract_id"])


def downgrade() -> None:
    op.drop_column("applicants", "extract_id")
