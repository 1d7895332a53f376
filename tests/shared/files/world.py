"""An application with files alone, over the kit's tables and a folder of its own."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx
from fastapi import FastAPI
from sqlalchemy import MetaData

from shared.auth.access_log import AccessLog
from shared.db.engine import Database, raw_dsn
from shared.feature import Feature
from shared.http.app import build_app
from shared.http.files import FILES
from shared.service import ServiceSpec
from shared.testing.clock import FrozenClock
from shared.testing.plugin import DatabaseOf
from shared.testing.settings import settings_for
from tests.shared.http_service import Badges
from tests.shared.http_world import HttpWorld

SPEC = ServiceSpec(name="registry", title="测试服务", metadata=MetaData(), migrations=Path("none"))
JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 1_200
"""Longer than several sealed pieces."""
OTHER = b"\xff\xd8\xff\xe1" + JPEG[4:]


@asynccontextmanager
async def files_world(databases: DatabaseOf, *features: Feature, **settings: Any) -> AsyncIterator[HttpWorld]:
    """The application; `settings` say where its files lie."""
    kit = await databases("kit")
    clock = FrozenClock()
    database = Database(kit.service_url, pool=6, application="test-files", lock_timeout_ms=2000)
    access_log = AccessLog(raw_dsn(kit.service_url), writer=f"test-{id(database)}", clock=clock)
    await access_log.start()
    app: FastAPI = build_app(
        SPEC,
        settings_for("kit", kit.service_url, **settings),
        features=[FILES, *features],
        clock=clock,
        database=database,
        access_log=access_log,
        verifier=Badges(),
    )
    try:
        async with app.router.lifespan_context(app):
            yield HttpWorld(kit.owner_url, app, database, clock)
    finally:
        await access_log.stop()
        await database.close()


async def upload(
    one: httpx.AsyncClient, content: bytes = JPEG, *, name: str | None = None, key: str | None = None
) -> httpx.Response:
    """Hand in a file."""
    headers = {"content-type": "application/octet-stream"}
    if name is not None:
        headers["Xiangli-File-Name"] = name
    if key is not None:
        headers["Idempotency-Key"] = key
    return await one.post("/files", content=content, headers=headers)


@contextmanager
def bucket(log: Path) -> Iterator[dict[str, Any]]:
    """An S3-compatible store with an empty bucket, and the settings by which it is used."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with log.open("wb") as said:
        server = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
            stdout=said,
            stderr=said,
            env={**os.environ, "PYTHONWARNINGS": "ignore"},
        )
    endpoint = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx.get(endpoint, timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        client.create_bucket(Bucket="county")
        yield {
            "files": "s3://county/files",
            "files_endpoint": endpoint,
            "files_access_key": "a-key-of-the-tests",
            "files_secret_key": "a-secret-of-the-tests",
        }
    finally:
        server.terminate()
        server.wait(20)
