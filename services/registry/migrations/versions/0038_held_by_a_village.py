"""Everybody has a place of the county by which they are found: whose last one was lost gets it back.

Revision ID: 0038
Revises: 0031
"""

from alembic import op

revision = "0038"
down_revision = "0031"
branch_labels = None
depends_on = None

LAST = (
    "SELECT person_id, max(occurred_on) AS until,"
    " (array_agg(residence_area ORDER BY number DESC) FILTER (WHERE length(residence_area) >= 12))[1] AS residence,"
    " (array_agg(registration_area ORDER BY number DESC) FILTER (WHERE length(registration_area) >= 12))[1]"
    " AS registration FROM life_events GROUP BY person_id"
)
LOST = "coalesce(length(persons.residence_area), 0) < 12 AND coalesce(length(persons.registration_area), 0) < 12"


def upgrade() -> None:
    op.execute(
        "UPDATE persons SET residence_area = coalesce(last.residence, persons.residence_area),"
        " residence_until = CASE WHEN last.residence IS NULL THEN persons.residence_until ELSE last.until END,"
        " registration_area = coalesce(last.registration, persons.registration_area),"
        " registration_until = CASE WHEN last.registration IS NULL THEN persons.registration_until ELSE last.until END"
        f" FROM ({LAST}) AS last WHERE last.person_id = persons.id AND {LOST}"
    )
    op.execute(
        "ALTER TABLE persons ADD CONSTRAINT ck_persons_held"
        " CHECK (coalesce(length(residence_area), 0) >= 12 OR coalesce(length(registration_area), 0) >= 12) NOT VALID"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_persons_held"), "persons")
