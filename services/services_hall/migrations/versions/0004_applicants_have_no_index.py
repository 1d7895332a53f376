"""Nobody looks applicants up by their number: its blind index goes.

It was made of the number as it came, and under the first key alone: a rotation or another spelling would have missed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_applicants_number_index", "applicants")
    op.drop_column("applicants", "number_index")


def downgrade() -> None:
    op.add_column("applicants", sa.Column("number_index", sa.LargeBinary(), nullable=True))
    op.create_index("ix_applicants_number_index", "applicants", ["number_index"])
