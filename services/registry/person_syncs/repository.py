"""Queries of a sync: what changed since a snapshot, asked by several phones in one statement."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from services.registry.person_syncs.models import PersonDeparture
from services.registry.persons.domain import PersonRecord
from services.registry.persons.repository.loader import BY_ID
from shared.db.gathering import Question

_DEPARTURES = PersonDeparture.__tablename__
# What lies in the future was counted by another cluster, of which a dump was restored here.
_SINCE = "{0} >= asked.first AND {0} < asked.next"
_MISSED = f"{_SINCE} AND NOT pg_visible_in_snapshot({{0}}::text::xid8, asked.held)"
_HERE = """EXISTS (
    SELECT FROM unnest(asked.areas) AS area (code)
    WHERE ({0}.residence_area >= area.code AND {0}.residence_area < area.code || '~')
       OR ({0}.registration_area >= area.code AND {0}.registration_area < area.code || '~')
)"""
# A departure that the snapshot sees may be untold: an older transaction moved the person back in the midst of a run.
_LEFT = f"departure.person_id = person.id AND {_SINCE.format('departure.changed_in')}"
CHANGES = Question(
    f"""
    WITH asked AS MATERIALIZED (
        SELECT key, (key::jsonb ->> 'held')::pg_snapshot AS held,
          (pg_snapshot_xmin((key::jsonb ->> 'held')::pg_snapshot)::text)::bigint AS first,
          (pg_snapshot_xmax(pg_current_snapshot())::text)::bigint AS next,
          ARRAY(SELECT jsonb_array_elements_text(key::jsonb -> 'areas')) AS areas,
          (key::jsonb -> 'after' ->> 0)::bigint AS after_in, (key::jsonb -> 'after' ->> 1)::uuid AS after_id,
          (key::jsonb ->> 'limit')::int AS most
        FROM unnest($1::text[]) AS each (key)
    )
    SELECT asked.key, pg_current_snapshot()::text AS snapshot,
      concat_ws('/', (SELECT system_identifier FROM pg_control_system()),
        left(pg_walfile_name(pg_current_wal_insert_lsn()), 8),
        (SELECT oid FROM pg_database WHERE datname = current_database()), 'persons'::regclass::oid) AS lineage,
      EXISTS (SELECT FROM areas WHERE {_MISSED.format("areas.renamed_in")}) AS renamed,
      coalesce(pg_snapshot_xmax(asked.held) > pg_snapshot_xmax(pg_current_snapshot()), false) AS ahead,
      coalesce((
        SELECT jsonb_agg(found ORDER BY found.changed_in, found.id) FROM (
            SELECT person.id, person.changed_in, ARRAY(
                SELECT to_jsonb(departure) FROM {_DEPARTURES} AS departure WHERE {_LEFT}
            ) AS departures
            FROM persons AS person
            WHERE {_MISSED.format("person.changed_in")}
              AND (asked.after_in IS NULL OR (person.changed_in, person.id) > (asked.after_in, asked.after_id))
              AND ({_HERE.format("person")} OR EXISTS (
                SELECT FROM {_DEPARTURES} AS departure WHERE {_LEFT} AND {_HERE.format("departure")}
              ))
            ORDER BY person.changed_in, person.id LIMIT asked.most
        ) AS found
      ), '[]')::text AS changes
    FROM asked
    """,  # noqa: S608  # names only
    key="key",
)
"""Since a snapshot. None: nothing has changed since, and only the moment is told."""


@dataclass(frozen=True, slots=True)
class Changed:
    """Somebody who was changed, by the transaction `changed_in`, and where they stood before each change."""

    id: UUID
    changed_in: int
    departures: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a phone has missed. `snapshot`: of this moment; `lineage`: of this database.

    `beyond`: its snapshot tells nothing of that: an area has another name, or it is of a database that was put back.
    """

    snapshot: str
    lineage: str
    beyond: bool
    people: Sequence[Changed]


Ask = Callable[[Question, Collection[Any]], Awaitable[Mapping[Any, Any]]]
"""Asks a question: in a session's transaction, or without any, gathered with others."""


class SyncRepository:
    """What changed, and who those are."""

    __slots__ = ("_ask",)

    def __init__(self, ask: Ask) -> None:
        self._ask = ask

    async def since(
        self, held: str | None, areas: Sequence[str], *, after: Sequence[Any] | None = None, limit: int = 0
    ) -> Changes:
        """Who was changed since a snapshot and stands or stood in one of these areas, in the order of changes."""
        key = orjson.dumps({"held": held, "areas": areas, "after": after, "limit": limit}).decode()
        row = (await self._ask(CHANGES, [key]))[key]
        people = [
            Changed(UUID(one["id"]), one["changed_in"], one["departures"]) for one in orjson.loads(row["changes"])
        ]
        return Changes(row["snapshot"], row["lineage"], row["renamed"] or row["ahead"], people)

    async def people(self, ids: Collection[UUID]) -> Mapping[UUID, PersonRecord]:
        """These persons as they are now."""
        return {one: PersonRecord(**row) for one, row in (await self._ask(BY_ID, ids)).items()}
