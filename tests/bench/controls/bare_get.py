"""Control of get-person: FastAPI, asyncpg and orjson, and nothing on. One row by its key, as JSON."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import orjson
import uvicorn
from fastapi import FastAPI, Response

SET_UP = """
CREATE TABLE IF NOT EXISTS control_persons AS
SELECT id, version, status, sex, birth_date, ethnic_group, '覃秀英' AS name, '45048119600517002X' AS document_number,
  '13807748000' AS phone, '思孟村三组十二号' AS address, residence_area, registration_area
FROM persons
"""
KEY = "CREATE UNIQUE INDEX IF NOT EXISTS control_persons_id ON control_persons (id)"
SELECT = "SELECT * FROM control_persons WHERE id = $1"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(os.environ["CONTROL_DSN"], min_size=8, max_size=8)
    await app.state.pool.execute(SET_UP)
    await app.state.pool.execute(KEY)
    await app.state.pool.execute("ANALYZE control_persons")
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.get("/persons/{id}")
async def read(id: UUID) -> Response:
    row = await app.state.pool.fetchrow(SELECT, id)
    if row is None:
        return Response(status_code=404)
    return Response(orjson.dumps(dict(row), default=str), media_type="application/json")


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["CONTROL_PORT"]), loop="uvloop", http="httptools", access_log=False)
