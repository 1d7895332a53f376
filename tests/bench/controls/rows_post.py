"""Control of post-person-rows: FastAPI and asyncpg; the very rows of a registration, in one statement a request.

Person, digest, life event, two ledger lines, three facts, idempotency key, access log: ten rows in registry's own
tables, with ours' values or, where these are sealed or made up, constants of their length (43 bytes of a sealed name,
52 of a number, …). Left out is the access log's batch, which ours shares among the requests of one commit. Nothing is
checked or encrypted.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from uuid import uuid4

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

ROWS = """
WITH person AS (
  INSERT INTO persons (id, version, status, sex, birth_date, ethnic_group, document_type, name_sealed, number_sealed,
    phone_sealed, address_sealed, masked_sealed, residence, registration, residence_area, registration_area, created_at,
    changed_at)
  VALUES ($1, 1, 'active', $3, $4, '08', 'citizen_id', $5, $18, $19, $20, $6, $7::text::jsonb, $21::text::jsonb, $8, $8,
    $2, $2)
), digest AS (
  INSERT INTO person_digests (kind, key_id, digest, person_id) VALUES ('citizen_id', 'test', $9, $1)
), event AS (
  INSERT INTO life_events (id, person_id, number, kind, occurred_on, reported_on, recorded_at, residence_area,
    residence_kind, registration_area, leaves)
  VALUES ($10, $1, 1, 'enrolled', '2026-01-01', '2026-01-01', $2, $8, NULL, $8, '{}')
), line AS (
  INSERT INTO postings (id, person_id, book, kind, area, amount, occurred_on, posted_on)
  VALUES ($11, $1, 'residence', 'opening', $8, 1, '2026-01-01', '2026-01-01'),
         ($12, $1, 'registration', 'opening', $8, 1, '2026-01-01', '2026-01-01')
), fact AS (
  INSERT INTO outbox (event_id, shard, noun, key, type, schema_version, sequence, revision, occurred_at, payload,
    traceparent)
  VALUES ($10, 1, 'registry.person', $13, 'registry.person.registered', 1, 1, 0, $2, $14, $15),
         ($11, 2, 'registry.posting', $23, 'registry.posting.entered', 1, 1, 0, $2, $22, $15),
         ($12, 3, 'registry.posting', $24, 'registry.posting.entered', 1, 1, 0, $2, $22, $15)
), stored AS (
  INSERT INTO idempotency_keys (digest, created_at, fingerprint, answer) VALUES ($16, $2, $9, $17)
)
INSERT INTO access_log (writer, batch, position, at, occurred_at, subject, role, purpose, action, noun, object_id, area,
  detail, result, request_id)
VALUES ($13, 1, 0, $2, $2, 'bench', 'village_clerk', NULL, 'register', 'registry.person', $13, $8, 'write', 'ok', $25)
"""

NAME, NUMBER, PHONE, ADDRESS, MASKED = bytes(43), bytes(52), bytes(45), bytes(58), bytes(80)
ANSWER = bytes(1115)
SPANS = '[{"area": "450481100201", "kind": "registered", "start": "2026-01-01", "end": null}]'
PLACES = '[{"area": "450481100201", "kind": "household", "start": "2026-01-01", "end": null}]'
PERSON, POSTING = bytes(336), bytes(257)
"""The states of the facts."""
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        os.environ["CONTROL_DSN"], min_size=8, max_size=8, server_settings={"xiangli.wakes": "on"}
    )
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.post("/persons")
async def register(request: Request) -> Response:
    body, key, first, second = orjson.loads(await request.body()), uuid4(), uuid4(), uuid4()
    async with app.state.pool.acquire() as connection:
        await connection.execute(
            ROWS,
            key,
            datetime.now(UTC),
            body["sex"],
            date.fromisoformat(body["birth_date"]),
            NAME,
            MASKED,
            SPANS,
            body["residence"]["area"],
            body["document"]["number"].encode()[:16] + key.bytes,
            uuid4(),
            first,
            second,
            str(key),
            PERSON,
            TRACE,
            key.bytes + key.bytes,
            ANSWER,
            NUMBER,
            PHONE,
            ADDRESS,
            PLACES,
            POSTING,
            str(first),
            str(second),
            key.hex,
        )
    return Response(orjson.dumps({"id": str(key)}), status_code=201, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["CONTROL_PORT"]), loop="uvloop", http="httptools", access_log=False)
