"""Persons in cases are found by digests of their numbers; since when a case names somebody no more.

Revision ID: 0027
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("applicants", "case_parties"):
        op.add_column(table, sa.Column("digested", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("case_parties", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_applicants_undigested", "applicants", ["case_id"], postgresql_where=sa.text("NOT digested"))
    op.create_index("ix_case_parties_undigested", "case_parties", ["id"], postgresql_where=sa.text("NOT digested"))
    op.create_table(
        "case_digests",
        sa.Column("holder", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.PrimaryKeyConstraint("holder", "key_id", name=op.f("pk_case_digests")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_digests_case_id")),
    )
    op.create_index("ix_case_digests_digest", "case_digests", ["digest"])
    op.create_index(
        "ix_case_digests_person_id",
        "case_digests",
        ["person_id"],
        postgresql_where=sa.text("person_id IS NOT NULL"),
    )
    # Nobody knows when those were removed: their years count from today.
    op.execute(
        """
        UPDATE case_parties SET removed_at = now()
        FROM cases WHERE cases.id = case_parties.case_id
          AND NOT cases.parties @> jsonb_build_array(jsonb_build_object('id', case_parties.id::text))
        """
    )


def downgrade() -> None:
    op.drop_table("case_digests")
    op.drop_index("ix_case_parties_undigested", "case_parties")
    op.drop_index("ix_applicants_undigested", "applicants")
    op.drop_column("case_parties", "removed_at")
    for table in ("case_parties", "applicants"):
        op.drop_column(table, "digested")
