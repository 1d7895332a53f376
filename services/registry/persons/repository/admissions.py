"""Bulk insert of new persons: rows of persons, digests, life events, postings and outbox in one statement."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.persons.repository.persons import Digest, village_names
from shared.db.raw import raw_in_transaction

COLUMN_TYPES: Mapping[str, str] = {
    "id": "uuid",
    "sex": "text",
    "birth_date": "date",
    "ethnic_group": "text",
    "document_type": "text",
    "name_sealed": "bytea",
    "number_sealed": "bytea",
    "phone_sealed": "bytea",
    "address_sealed": "bytea",
    "masked_sealed": "bytea",
    "residence": "text",
    "registration": "text",
    "residence_area": "text",
    "residence_kind": "text",
    "registration_area": "text",
    "event_id": "uuid",
    "event_kind": "text",
    "occurred_on": "date",
    "reported_on": "date",
}
"""What a new person brings: one array each, all of the same length."""
DIGEST_TYPES: Mapping[str, str] = {"kind": "text", "key_id": "text", "digest": "bytea", "person_id": "uuid"}
POSTING_TYPES: Mapping[str, str] = {
    "id": "uuid",
    "person_id": "uuid",
    "book": "text",
    "kind": "text",
    "area": "text",
    "amount": "integer",
    "occurred_on": "date",
    "posted_on": "date",
}
OUTBOX_TYPES: Mapping[str, str] = {
    "event_id": "uuid",
    "shard": "smallint",
    "noun": "text",
    "key": "text",
    "type": "text",
    "schema_version": "smallint",
    "sequence": "bigint",
    "revision": "bigint",
    "occurred_at": "timestamptz",
    "payload": "bytea",
    "traceparent": "text",
}


def _arrays(types: Mapping[str, str], first: int) -> str:
    """`unnest($first::a[], …) AS new (a, …)`."""
    parameters = ", ".join(f"${number}::{kind}[]" for number, kind in enumerate(types.values(), first))
    return f"unnest({parameters}) AS new ({', '.join(types)})"


_DIGESTS = 2 + len(COLUMN_TYPES)
_POSTINGS = _DIGESTS + len(DIGEST_TYPES)
_OUTBOX = _POSTINGS + len(POSTING_TYPES)

INSERT = f"""
    WITH new AS (SELECT * FROM {_arrays(COLUMN_TYPES, 2)}
    ), person AS (
      INSERT INTO persons (id, version, status, sex, birth_date, ethnic_group, document_type, name_sealed,
        number_sealed, phone_sealed, address_sealed, masked_sealed, residence, registration, residence_area,
        registration_area, created_at, changed_at)
      SELECT id, 1, 'active', sex, birth_date, ethnic_group, document_type, name_sealed, number_sealed, phone_sealed,
        address_sealed, masked_sealed, residence::jsonb, registration::jsonb, residence_area, registration_area, $1, $1
      FROM new
    ), digest AS (
      INSERT INTO person_digests ({", ".join(DIGEST_TYPES)}) SELECT * FROM {_arrays(DIGEST_TYPES, _DIGESTS)}
      ON CONFLICT DO NOTHING RETURNING 1
    ), event AS (
      INSERT INTO life_events (id, person_id, number, kind, occurred_on, reported_on, recorded_at, residence_area,
        residence_kind, registration_area, leaves)
      SELECT event_id, id, 1, event_kind, occurred_on, reported_on, $1, residence_area, residence_kind,
        registration_area, '{{}}'
      FROM new
    ), posting AS (
      INSERT INTO postings ({", ".join(POSTING_TYPES)}) SELECT * FROM {_arrays(POSTING_TYPES, _POSTINGS)}
    ), fact AS (
      INSERT INTO outbox ({", ".join(OUTBOX_TYPES)}) SELECT * FROM {_arrays(OUTBOX_TYPES, _OUTBOX)}
    )
    SELECT id, (SELECT count(*) FROM digest) AS digests,
      {village_names("coalesce(residence_area, registration_area)")} AS village_names
    FROM new
"""  # noqa: S608  # names and numbers of parameters only
"""Persons with digests, first life events, postings and facts, in one statement and one round trip.

A digest that somebody holds is left out, not refused: a failed statement could not be asked any more who holds it.
"""


class Admitted:
    """Rows of new persons, table by table."""

    def __init__(self) -> None:
        self.people: list[Mapping[str, Any]] = []
        self.digests: list[Digest] = []
        self.postings: list[Mapping[str, Any]] = []
        self.facts: list[Mapping[str, Any]] = []

    def arrays(self) -> Iterator[list[Any]]:
        """The parameters of `INSERT` after the first."""
        digests = [
            {"kind": one.kind, "key_id": one.key.key_id, "digest": one.key.digest, "person_id": one.person_id}
            for one in self.digests
        ]
        for types, rows in (
            (COLUMN_TYPES, self.people),
            (DIGEST_TYPES, digests),
            (POSTING_TYPES, self.postings),
            (OUTBOX_TYPES, self.facts),
        ):
            for name in types:
                yield [row[name] for row in rows]


class AdmissionRepository:
    """Bulk insert of new persons."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, admitted: Admitted, *, now: datetime) -> Mapping[UUID, list[str]] | None:
        """All or none, in the session's transaction: the names of each person's areas, county to village.

        None: somebody holds one of the numbers, and the transaction must be rolled back.
        """
        raw = await raw_in_transaction(self._session)
        rows = await raw.fetch(INSERT, now, *admitted.arrays())
        if rows[0]["digests"] != len(admitted.digests):
            return None
        return {row["id"]: row["village_names"] for row in rows}
