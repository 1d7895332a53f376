"""The secrets of a compose deployment, and the databases that its PostgreSQL makes with them."""

import os
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from deploy.compose import __main__ as compose
from deploy.compose.__main__ import environment, main
from deploy.local.stack.folder import new_secrets
from deploy.local.stack.ports import SERVICES
from deploy.local.stack.postgres import Postgres, binaries
from tests.image import composition

EXAMPLE = composition.ROOT / "deploy/compose.env.example"
SCRIPT = composition.ROOT / "deploy/compose/databases.sh"

CATALOGUE = {
    "roles": "SELECT rolname, rolcanlogin, rolsuper, rolcreatedb, rolcreaterole, rolinherit, rolbypassrls"
    " FROM pg_roles WHERE rolname ~ '_(owner|service)$' ORDER BY 1",
    "databases": "SELECT datname, datdba::regrole::text, pg_encoding_to_char(encoding), datacl::text FROM pg_database"
    " WHERE datname = ANY($1) ORDER BY 1",
    "schema": "SELECT nspname, nspowner::regrole::text, nspacl::text FROM pg_namespace WHERE nspname = 'public'",
}


def test_the_example_names_every_variable_and_holds_no_secret() -> None:
    lines = [line for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if line]
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert set(given) == set(environment()) >= composition.required()
    assert set(given.values()) == {""}
    commented = {line[2:].partition("=")[0] for line in lines if line.startswith("# ") and "=" in line}
    assert commented == composition.optional() - set(given)


def test_every_key_is_made_once_and_by_who_makes_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    made = new_secrets()
    monkeypatch.setattr(compose, "new_secrets", lambda: made)
    given = environment()
    assert {name: given[name.removeprefix("XIANGLI_")] for name in made} == made


def test_no_two_deployments_share_a_secret() -> None:
    one, other = environment(), environment()
    assert not {name for name in one if one[name] == other[name]}
    passwords = [value for name, value in one.items() if name.endswith("PASSWORD")]
    assert len(set(passwords)) == len(passwords)
    assert all(len(password) == 48 and password.isalnum() for password in passwords)  # fit for a URL as they are


def test_the_file_is_its_owner_s_alone_and_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "compose.env"
    assert main([str(path)]) == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = path.read_text()
    assert set(composition.required()) <= {line.partition("=")[0] for line in first.splitlines()}
    assert main([str(path)]) == 1
    assert path.read_text() == first
    assert capsys.readouterr().err == f"compose: {path} is there already and stays as it is\n"


def test_git_does_not_take_the_file() -> None:
    command = ["git", "check-ignore", "-q", "deploy/compose.env"]
    assert subprocess.run(command, cwd=composition.ROOT, check=False).returncode == 0


@pytest.fixture
def server() -> Iterator[Postgres]:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed again by every other run of pytest
        made = Postgres(Path(folder) / "postgres", durable=False)
        made.start()
        yield made
        made.stop(immediately=True)


async def catalogue(server: Postgres) -> dict[str, Any]:
    """Roles, databases and the rights on them."""
    admin = await asyncpg.connect(server.dsn())
    try:
        found: dict[str, Any] = {
            "roles": [tuple(row) for row in await admin.fetch(CATALOGUE["roles"])],
            "databases": [tuple(row) for row in await admin.fetch(CATALOGUE["databases"], list(SERVICES))],
        }
    finally:
        await admin.close()
    for service in SERVICES:
        inside = await asyncpg.connect(server.dsn(database=service))
        try:
            found[service] = [tuple(row) for row in await inside.fetch(CATALOGUE["schema"])]
        finally:
            await inside.close()
    return found


async def test_its_postgresql_gets_the_databases_and_roles_that_the_kit_describes(server: Postgres) -> None:
    secrets = environment()
    told = {"PATH": f"{binaries()}:{os.environ['PATH']}", "PGHOST": str(server.socket)} | secrets
    done = subprocess.run([str(SCRIPT)], env=told, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    by_script = await catalogue(server)
    admin = await asyncpg.connect(server.dsn())
    try:
        kept = await admin.fetch("SELECT rolname, rolpassword FROM pg_authid WHERE rolname = ANY($1)", ROLES)
        assert len(kept) == len(ROLES)
        assert all(row["rolpassword"].startswith("SCRAM-SHA-256$") for row in kept)
        owner = await admin.fetchval("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'keycloak'")
        assert owner == "keycloak"
        for service in SERVICES:
            await admin.execute(f"DROP DATABASE {service}")
            await admin.execute(f"DROP ROLE {service}_owner, {service}_service")
    finally:
        await admin.close()
    for service in SERVICES:
        await server.create_service(service)
    assert by_script == await catalogue(server)


ROLES = [f"{service}_{role}" for service in SERVICES for role in ("owner", "service")] + ["keycloak"]


def test_the_script_stops_at_a_missing_password(server: Postgres) -> None:
    told = {"PATH": f"{binaries()}:{os.environ['PATH']}", "PGHOST": str(server.socket)} | environment()
    del told["REGISTRY_SERVICE_PASSWORD"]
    assert subprocess.run([str(SCRIPT)], env=told, capture_output=True, check=False).returncode != 0
