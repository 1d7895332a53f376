"""Items in full: two persons for each version, retirement, windows, duties, places, forms, and what is searched.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from shared.reference.pinyin import title_readings

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

LISTS = ("basis", "keywords", "areas", "places")
TEXTS = ("window", "duty", "fee_basis", "drafted_by")
OBJECTS = ("result", "form")
RULES = {
    "ck_items_status": "status IN ('draft', 'published', 'retired')",
    "ck_items_published_has_version": "(status = 'draft') = (published_version IS NULL)",
}


def upgrade() -> None:
    op.add_column("items", sa.Column("drafted", sa.Integer(), server_default="0", nullable=False))
    op.add_column("items", sa.Column("words", sa.Text(), server_default="", nullable=False))
    op.add_column("items", sa.Column("pinyin", sa.Text(), server_default="", nullable=False))
    for name in LISTS:
        op.add_column(
            "item_versions",
            sa.Column(name, postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        )
    for name in TEXTS:
        op.add_column("item_versions", sa.Column(name, sa.Text(), nullable=True))
    for name in OBJECTS:
        op.add_column("item_versions", sa.Column(name, postgresql.JSONB(none_as_null=True), nullable=True))
    op.drop_constraint(op.f("ck_items_published_has_version"), "items")
    op.drop_constraint(op.f("ck_items_status"), "items")
    for name, rule in RULES.items():
        op.execute(f"ALTER TABLE items ADD CONSTRAINT {name} CHECK ({rule}) NOT VALID")
        op.execute(f"ALTER TABLE items VALIDATE CONSTRAINT {name}")
    op.create_table(
        "item_drafts",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(none_as_null=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("drafters", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("drafted_by", sa.Text(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('version', 'retirement')", name=op.f("ck_item_drafts_kind")),
        sa.CheckConstraint("(kind = 'version') = (content IS NOT NULL)", name=op.f("ck_item_drafts_content")),
        sa.CheckConstraint("(kind = 'retirement') = (reason IS NOT NULL)", name=op.f("ck_item_drafts_reason")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_drafts_item_id")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_drafts")),
    )
    found = sa.text(
        "SELECT i.id, i.code, v.name FROM items i"
        " JOIN item_versions v ON v.item_id = i.id AND v.number = i.published_version"
    )
    written = sa.text("UPDATE items SET words = :words, pinyin = :pinyin WHERE id = :id")
    for id, code, name in op.get_bind().execute(found).all():
        pinyin = "\n".join(sorted(title_readings(name)))
        op.get_bind().execute(written, {"id": id, "words": f"{name}\n{code}".casefold(), "pinyin": pinyin})


def downgrade() -> None:
    op.drop_table("item_drafts")
    op.execute("UPDATE items SET status = 'published' WHERE status = 'retired'")
    op.drop_constraint(op.f("ck_items_published_has_version"), "items")
    op.drop_constraint(op.f("ck_items_status"), "items")
    op.create_check_constraint(op.f("ck_items_status"), "items", "status IN ('draft', 'published')")
    op.create_check_constraint(
        op.f("ck_items_published_has_version"), "items", "(status = 'published') = (published_version IS NOT NULL)"
    )
    for name in (*OBJECTS, *TEXTS, *LISTS):
        op.drop_column("item_versions", name)
    for name in ("pinyin", "words", "drafted"):
        op.drop_column("items", name)
