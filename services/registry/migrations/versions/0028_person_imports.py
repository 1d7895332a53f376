"""Lists of residents: who came of which row, and whom a row without a number resembles."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0028"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "imported_persons",
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("occurrence", sa.SmallInteger(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_imported_persons_person_id")),
        sa.PrimaryKeyConstraint("digest", "occurrence", name=op.f("pk_imported_persons")),
    )
    op.create_index("ix_imported_persons_import", "imported_persons", ["import_id"])
    op.create_table(
        "import_suspects",
        sa.Column("import_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("person_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("import_id", "row", name=op.f("pk_import_suspects")),
    )


def downgrade() -> None:
    op.drop_table("import_suspects")
    op.drop_table("imported_persons")
