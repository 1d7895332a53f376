"""With `database.host`, name, password and authority reach PostgreSQL as the chart hands them to its client."""

import contextlib
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from deploy.kafka.pki import Authority
from shared.auth.keys import IssuerAway, IssuerKeys
from shared.clock import SystemClock
from shared.db.engine import Database
from tests.chart.login import Doorman
from tests.chart.rendering import Case, rendered
from tests.chart.told import Process, certificates, processes
from tests.shared.issuer_http import issuer_on

pytestmark = pytest.mark.chart

AWKWARD = "p@ss/w:rd?#%41 &"
"""A password that would need escaping in an address."""


@pytest_asyncio.fixture(loop_scope="session")
async def doorman(tmp_path: Path) -> AsyncIterator[Doorman]:
    """A server whose certificate is of the authority that the Secret holds."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority = Authority(certificates())
    context.load_cert_chain(authority.broker(("127.0.0.1",), ("localhost",)))
    yield Doorman(context)


async def knock(doorman: Doorman, monkeypatch: pytest.MonkeyPatch, *, authority: Path, host: str = "localhost") -> str:
    """The api of registry connects once; what became of it. `doorman.logins` has what it said."""
    port = await doorman.start()
    over = {"database": {"host": host, "port": port}}
    (api,) = (
        one for one in processes(rendered(Case("login", over=over))) if (one.service, one.role) == ("registry", "api")
    )
    _tell(api, monkeypatch, authority)
    settings = api.settings(monkeypatch)
    database = Database(settings.database_url.get_secret_value(), pool=1, application="registry-api")
    with pytest.raises((SQLAlchemyError, asyncpg.PostgresError, OSError)):
        async with database.session() as session:
            await session.execute(text("SELECT 1"))
    with pytest.raises((asyncpg.PostgresError, OSError)) as refused:
        await database.connect_raw()
    await database.close()
    await doorman.stop()
    return refused.type.__name__


def _tell(api: Process, monkeypatch: pytest.MonkeyPatch, authority: Path) -> None:
    assert api.told["PGSSLROOTCERT"].rpartition("/")[0] in api.mounts
    assert api.told["PGUSER"] == ("registry-database", "username")
    assert api.told["PGPASSWORD"] == ("registry-database", "password")
    monkeypatch.setenv("PGUSER", "registry_service")
    monkeypatch.setenv("PGPASSWORD", AWKWARD)
    monkeypatch.setenv("PGSSLMODE", api.told["PGSSLMODE"])
    monkeypatch.setenv("PGSSLROOTCERT", str(authority))


async def test_name_and_password_come_over_tls_from_both_ways_in(
    doorman: Doorman, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await knock(doorman, monkeypatch, authority=certificates() / "ca.crt") == "InvalidPasswordError"
    assert len(doorman.logins) == 2  # the pool's connection and the raw one
    for login in doorman.logins:
        assert login.encrypted
        assert login.parameters["user"] == "registry_service"
        assert login.parameters["database"] == "registry"
        assert login.password == AWKWARD


async def test_a_server_of_another_authority_gets_no_password(
    doorman: Doorman, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path / "stranger", "another").ca_file
    assert await knock(doorman, monkeypatch, authority=stranger) == "SSLCertVerificationError"
    assert {login.password for login in doorman.logins} == {""}


async def test_a_server_of_another_name_gets_no_password(doorman: Doorman, monkeypatch: pytest.MonkeyPatch) -> None:
    ca_file = certificates() / "ca.crt"
    assert await knock(doorman, monkeypatch, authority=ca_file, host="127.0.0.2") == "SSLCertVerificationError"
    assert {login.password for login in doorman.logins} == {""}


async def test_the_issuers_authority_reaches_the_client_that_asks_for_keys(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    over = {"oidc": {"ca": {"existingSecret": "issuer-ca"}}}
    (api,) = (
        one for one in processes(rendered(Case("issuer", over=over))) if (one.service, one.role) == ("registry", "api")
    )
    assert api.told["SSL_CERT_FILE"].rpartition("/")[0] in api.mounts
    trusted = {"ours": certificates() / "ca.crt", "another": Authority(tmp_path / "another", "another").ca_file}
    known = {}
    for name, ca_file in trusted.items():
        monkeypatch.setenv("SSL_CERT_FILE", str(ca_file))
        with issuer_on(certificate=Authority(certificates()).broker(("127.0.0.1",), ("localhost",))) as issuer:
            keys = IssuerKeys(issuer.issuer, clock=SystemClock(), stale_limit=60)
            with contextlib.suppress(IssuerAway):
                await keys.ensure()
            known[name] = keys.known
            await keys.close()
    assert known == {"ours": True, "another": False}
