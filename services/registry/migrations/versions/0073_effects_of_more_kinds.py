"""The benefit by which the answer to a granted case stands; what no list brought ends without one that has it no more.

Revision ID: 0073
Revises: 0070
"""

import sqlalchemy as sa
from alembic import op

revision = "0073"
down_revision = "0070"
branch_labels = None
depends_on = None

NAME = "ck_benefits_missing"


def upgrade() -> None:
    op.add_column("case_effect_answers", sa.Column("benefit_id", sa.Uuid(), nullable=True))
    op.create_index("ix_case_effect_answers_benefit", "case_effect_answers", ["benefit_id"])
    op.execute(f"ALTER TABLE benefits DROP CONSTRAINT {NAME}")
    op.execute(
        f"ALTER TABLE benefits ADD CONSTRAINT {NAME}"
        " CHECK (status = 'ended' OR (status = 'held') = (missing_on IS NULL)) NOT VALID"
    )


def downgrade() -> None:
    op.execute(f"ALTER TABLE benefits DROP CONSTRAINT {NAME}")
    op.execute(
        f"ALTER TABLE benefits ADD CONSTRAINT {NAME} CHECK ((status = 'held') = (missing_on IS NULL)) NOT VALID"
    )
    op.drop_index("ix_case_effect_answers_benefit", "case_effect_answers")
    op.drop_column("case_effect_answers", "benefit_id")
