"""Tasks: for which post a case waits where, and who works on it; posts of officers, and absences.

Revision ID: 0037
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0035"
branch_labels = None
depends_on = None

AREA = sa.Text(collation="C")
AT = sa.DateTime(timezone=True)
COLUMNS = (
    sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
    sa.Column("version", sa.Integer(), server_default="1", nullable=False),
    sa.Column("post", sa.Text(), nullable=True),
    sa.Column("ends_on", sa.Date(), server_default="9999-12-31", nullable=False),
    sa.Column("waits_since", AT, nullable=True),
    sa.Column("assigned_to", sa.Text(), nullable=True),
    sa.Column("assigned_by", sa.Text(), nullable=True),
    sa.Column("assigned_at", AT, nullable=True),
    sa.Column("stands_in", sa.Uuid(), nullable=True),
)
INDEXES = (
    ("ix_case_desks_worklist", ["area", "ends_on", "id"], None),
    ("ix_case_desks_ends_on", ["ends_on", "id"], None),
    ("ix_case_desks_assigned_to", ["assigned_to", "ends_on", "id"], "assigned_to IS NOT NULL"),
    ("ix_case_desks_stands_in", ["stands_in"], "stands_in IS NOT NULL"),
)


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column("case_desks", column)
    op.create_unique_constraint(op.f("uq_case_desks_id"), "case_desks", ["id"])
    op.create_check_constraint(
        op.f("ck_case_desks_assigned"), "case_desks", "(assigned_to IS NULL) = (assigned_at IS NULL)"
    )
    op.create_check_constraint(
        op.f("ck_case_desks_stands_in"), "case_desks", "stands_in IS NULL OR assigned_to IS NOT NULL"
    )
    for name, columns, where in INDEXES:
        op.create_index(name, "case_desks", columns, postgresql_where=None if where is None else sa.text(where))
    op.create_table(
        "officer_posts",
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("area", AREA, nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("signed_on_at", AT, nullable=False),
        sa.PrimaryKeyConstraint("officer", "role", "area", "department", name=op.f("pk_officer_posts")),
    )
    op.create_table(
        "absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("officer", sa.Text(), nullable=False),
        sa.Column("substitute", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", AT, nullable=False),
        sa.Column("ended_by", sa.Text(), nullable=True),
        sa.Column("ended_at", AT, nullable=True),
        sa.CheckConstraint("status IN ('planned', 'begun', 'ended', 'withdrawn')", name=op.f("ck_absences_status")),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_absences_days")),
        sa.CheckConstraint("officer <> substitute", name=op.f("ck_absences_substitute")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    for name, columns, unique in (
        ("uq_absences_open", ["officer"], True),
        ("ix_absences_begins", ["status", "from_on"], False),
    ):
        op.create_index(
            name, "absences", columns, unique=unique, postgresql_where=sa.text("status IN ('planned', 'begun')")
        )


def downgrade() -> None:
    op.drop_table("absences")
    op.drop_table("officer_posts")
    for name, _, _ in INDEXES:
        op.drop_index(name, "case_desks")
    for name in ("ck_case_desks_stands_in", "ck_case_desks_assigned", "uq_case_desks_id"):
        op.drop_constraint(name, "case_desks")
    for column in reversed(COLUMNS):
        op.drop_column("case_desks", column.name)
    op.execute("DELETE FROM case_desks WHERE kind = 'held'")
