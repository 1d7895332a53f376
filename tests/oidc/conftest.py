"""One Keycloak with the realm of the repository for the whole run, and a county that trusts it."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from secrets import token_hex

import pytest
import pytest_asyncio

from deploy.keycloak.admin import Account, Admin, Grant
from deploy.keycloak.login import Issuer
from deploy.keycloak.server import KeycloakServer
from deploy.local.stack.ports import free_ports
from tests.e2e.stack import Running, running
from tests.oidc.county import County


@pytest.fixture(scope="session")
def keycloak() -> Iterator[KeycloakServer]:
    with tempfile.TemporaryDirectory(prefix="xiangli-keycloak-", ignore_cleanup_errors=True) as folder:
        server = KeycloakServer(Path(folder), free_ports().base)
        server.start()
        yield server
        server.kill()


@pytest.fixture(scope="session")
def admin(keycloak: KeycloakServer) -> Iterator[Admin]:
    found = Admin(keycloak)
    yield found
    found.close()


@pytest.fixture(scope="session")
def issuer(keycloak: KeycloakServer) -> Iterator[Issuer]:
    found = Issuer(keycloak.issuer)
    yield found
    found.close()


class People:
    """Users that a test invents."""

    def __init__(self, admin: Admin) -> None:
        self._admin = admin

    def new(self, *grants: Grant) -> Account:
        return self._admin.create_user(f"u{token_hex(5)}", grants)


@pytest.fixture(scope="session")
def people(admin: Admin) -> People:
    return People(admin)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stack(keycloak: KeycloakServer) -> AsyncIterator[Running]:
    """The whole local stack with its own bus, but with Keycloak in place of the development issuer."""
    with tempfile.TemporaryDirectory(prefix="xiangli-oidc-", ignore_cleanup_errors=True) as folder:
        async with running(Path(folder), issuer=keycloak.issuer) as found:
            yield found
            assert await found.stop() == 0


@pytest.fixture(scope="session")
def county(stack: Running) -> Iterator[County]:
    found = County(stack)
    yield found
    found.close()
