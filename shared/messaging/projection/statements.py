"""SQL of the projection engine: set-based, sorted by key, no ORM on this path."""

from sqlalchemy import text

SWITCH_LOCK = 7_240_001
"""Advisory lock: batches hold it shared, the switch of a rebuild alone."""

LOCK = text("""
    SELECT pg_advisory_xact_lock_shared(CAST(:switch AS bigint)) WHERE NOT CAST(:shadow AS boolean)
    UNION ALL
    SELECT pg_advisory_xact_lock(hashtextextended(lane, 0)) FROM unnest(CAST(:lanes AS text[])) AS lane
""")
LOOK = """
    SELECT coalesce((SELECT live FROM projection_slots), 0) AS live, EXISTS (SELECT FROM pending) AS waiting,
      (SELECT array_agg(topic ORDER BY topic, record_key) FROM parked_keys) AS topics,
      (SELECT array_agg(record_key ORDER BY topic, record_key) FROM parked_keys) AS keys
"""
OLD = """
    SELECT aggregate, sequence, revision, CASE WHEN $4 THEN state::text END AS state FROM projected_states
    WHERE slot = $1 AND noun = $2 AND aggregate = ANY ($3::text[])
"""
UPSERT = """
    INSERT INTO projected_states AS known
      (slot, noun, aggregate, sequence, revision, state, area, event_time, applied_at)
    SELECT $1, $2, fresh.aggregate, fresh.sequence, fresh.revision, fresh.data::jsonb -> 'state', fresh.area,
      fresh.event_time, $3
    FROM unnest($4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::timestamptz[])
      AS fresh (aggregate, sequence, revision, data, area, event_time)
    ON CONFLICT (slot, noun, aggregate) DO UPDATE SET
      sequence = excluded.sequence, revision = excluded.revision, state = excluded.state, area = excluded.area,
      event_time = excluded.event_time, applied_at = excluded.applied_at
    WHERE (known.sequence, known.revision) < (excluded.sequence, excluded.revision)
"""
REMOVE = "DELETE FROM projected_states WHERE slot = $1 AND noun = $2 AND aggregate = ANY ($3::text[])"
NO_LONGER_WAITS = """
    DELETE FROM pending USING unnest($2::text[], $3::text[], $4::bigint[], $5::bigint[])
      AS came (noun, aggregate, sequence, revision)
    WHERE pending.slot = $1 AND pending.noun = came.noun AND pending.aggregate = came.aggregate
      AND (pending.sequence, pending.revision) <= (came.sequence, came.revision)
"""
