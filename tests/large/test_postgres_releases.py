"""Every release of PostgreSQL that the install page promises: migrations, registry and the kit's messaging on each."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.testing.server import EXISTING_SERVER
from tests.large.postgres_releases import RELEASES, running

pytestmark = pytest.mark.large

ROOT = Path(__file__).parents[2]
SUITES = ("tests/registry", "tests/shared")
APART = (
    "county",
    "faults",
    "kafka",
    "large",
    "noun",
    "chart",
    "cluster",
    "image",
    "node",
    "oidc",
    "handbook",
    "embedded",
    "chaos",
)
"""Marks of tests that need more than a database, or that start one of their own."""


@pytest.fixture(scope="module", params=RELEASES)
def release(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """Major release and administrator's address."""
    with running(request.param) as dsn:
        yield request.param, dsn


async def test_the_server_is_of_the_release_that_is_named(release: tuple[str, str]) -> None:
    major, dsn = release
    connection = await asyncpg.connect(dsn)
    try:
        number = int(await connection.fetchval("SHOW server_version_num"))
    finally:
        await connection.close()
    assert str(number // 10_000) == major
    assert f"{major}.{number % 10_000}.0" == RELEASES[major]


def test_migrations_registry_and_messaging_hold_on_it(release: tuple[str, str]) -> None:
    """Their own tests, in a process of their own, on this server."""
    _, dsn = release
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", f"not ({' or '.join(APART)})", *SUITES],
        cwd=ROOT,
        env=os.environ | {EXISTING_SERVER: dsn},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    passed = re.search(r"(\d+) passed", done.stdout)
    assert passed is not None
    assert int(passed[1]) > 500, "the suites were found"


def test_every_release_that_the_page_promises_is_among_them() -> None:
    page = (ROOT / "docs/operations/install.md").read_text(encoding="utf-8")
    promised = re.search(r"\| PostgreSQL (\d+) or newer \|", page)
    assert promised is not None
    assert promised[1] == min(RELEASES, key=int)
