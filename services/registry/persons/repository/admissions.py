"""Rows of new persons: the person, the digests of the number, the first life event, the ledger's lines."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.base import Base
from services.registry.life_events.domain import LifeEvent
from services.registry.life_events.repository import LIFE_EVENT, event_row
from services.registry.persons.domain import PersonRecord
from services.registry.persons.models import Person, PersonDigest
from services.registry.persons.repository.names import NAME, Tokens, name_rows
from services.registry.persons.repository.persons import Digest, digest_row
from services.registry.postings.repository import POSTING, posting_row
from shared.contracts.registry.postings import PostingState
from shared.db.raw import raw_in_transaction
from shared.db.session import row_session

PERSON = Base.metadata.tables[Person.__tablename__]
DIGEST = Base.metadata.tables[PersonDigest.__tablename__]
_STORED = tuple(one.name for one in fields(PersonRecord) if one.name in PERSON.c)

TAKE = """
    INSERT INTO person_digests (kind, key_id, digest, person_id)
    SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::uuid[]) ON CONFLICT DO NOTHING RETURNING person_id
"""
"""A digest that somebody holds is left out, not refused: a failed statement could not be asked who holds it."""


class AdmissionRepository:
    """New persons: their rows are inserted with the transaction's last statement, however many there are."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._beneath = row_session(session)

    def add(
        self, person: PersonRecord, name: Tokens, event: LifeEvent, lines: Sequence[PostingState], *, now: datetime
    ) -> None:
        """One person with everything that belongs to the entry but the number."""
        self._beneath.rows.add(PERSON, [_row(person, now)])
        self._beneath.rows.add(NAME, name_rows(person.id, name))
        self._beneath.rows.add(LIFE_EVENT, [event_row(person.id, event, number=event.order, now=now)])
        self._beneath.rows.add(POSTING, [posting_row(line) for line in lines])

    async def take(self, digests: Sequence[Digest]) -> bool:
        """Take the numbers of the persons added. False: somebody holds one, and the transaction must be rolled back.

        Before the transaction has begun they are rows like the others, and refused at the commit if they are held:
        then the request comes once more, in a transaction.
        """
        if not self._beneath.begun:
            self._beneath.rows.add(DIGEST, map(digest_row, digests))
            return True
        raw = await raw_in_transaction(self._session)
        columns = [[row[name] for row in map(digest_row, digests)] for name in DIGEST.c.keys()]  # noqa: SIM118
        return len(await raw.fetch(TAKE, *columns)) == len(digests)


def _row(person: PersonRecord, now: datetime) -> Mapping[str, Any]:
    return {name: getattr(person, name) for name in _STORED} | {"created_at": now, "changed_at": now}
