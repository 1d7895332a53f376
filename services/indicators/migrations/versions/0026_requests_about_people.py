"""What a county counts of transfers and corrections is of people: small counts are told to nobody, exact ones to few.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

READ_BY = {"registry.transfer": "life_event.record", "registry.correction": "person.correct"}
GUARD = sa.text(
    "UPDATE definitions SET least = :least, read_by = :read_by"
    " WHERE published_by IS NOT NULL AND formula -> 'counted' ->> 'noun' = :noun"
)


def upgrade() -> None:
    for noun, read_by in READ_BY.items():
        op.execute(GUARD.bindparams(noun=noun, least=5, read_by=read_by))


def downgrade() -> None:
    for noun in READ_BY:
        op.execute(GUARD.bindparams(noun=noun, least=0, read_by=None))
