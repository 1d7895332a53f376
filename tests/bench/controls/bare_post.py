"""Control of post-person: FastAPI, asyncpg and orjson; BEGIN, INSERT, INSERT, COMMIT, and nothing else."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from uuid import uuid4

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Request, Response

SET_UP = """
CREATE TABLE IF NOT EXISTS control_new (
  id uuid PRIMARY KEY, name text, number text UNIQUE, sex text, birth_date date, phone text, address text, area text
);
CREATE TABLE IF NOT EXISTS control_outbox (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, key uuid, payload bytea);
"""
PERSON = "INSERT INTO control_new VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
OUTBOX = "INSERT INTO control_outbox (key, payload) VALUES ($1, $2)"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["CONTROL_DSN"], min_size=8, max_size=8)
    await app.state.pool.execute(SET_UP)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.post("/persons")
async def register(request: Request) -> Response:
    payload = await request.body()
    body, key = orjson.loads(payload), uuid4()
    person = (
        key,
        body["name"],
        body["document"]["number"],
        body["sex"],
        date.fromisoformat(body["birth_date"]),
        body["phone"],
        body["address"],
        body["residence"]["area"],
    )
    async with app.state.pool.acquire() as connection, connection.transaction():
        await connection.execute(PERSON, *person)
        await connection.execute(OUTBOX, key, payload)
    return Response(orjson.dumps({"id": str(key)}), status_code=201, media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["CONTROL_PORT"]), loop="uvloop", http="httptools", access_log=False)
