"""The HTTP process of a service inside the test's own: real routes and database, tokens that need no issuer."""

import contextlib
import importlib
import secrets
from collections.abc import AsyncIterator, Sequence
from typing import Any

import httpx

from shared.auth.principal import Grant, Principal
from shared.clock import Clock
from shared.errors import Unauthenticated
from shared.testing.databases import ServiceDatabase
from shared.testing.settings import settings_for


class Tokens:
    """Makes tokens and verifies them: a `shared.http.kit.Verifier`. What a token says is kept here, not in it."""

    def __init__(self) -> None:
        self._known: dict[str, Principal] = {}

    def __call__(
        self,
        role: str,
        area: str,
        department: str | None = None,
        *,
        subject: str | None = None,
        more: Sequence[Grant] = (),
    ) -> str:
        """A bearer token of somebody with a grant, and with more of them where given."""
        return self.of(Principal(subject or f"{role}@{area}", (Grant(role, area, department), *more)))

    def of(self, principal: Principal) -> str:
        """A bearer token of this caller."""
        token = "test-" + secrets.token_urlsafe(18)
        self._known[token] = principal
        return token

    async def verify(self, token: str) -> Principal:
        """Whose token it is."""
        try:
            return self._known[token]
        except KeyError as error:
            raise Unauthenticated from error


@contextlib.asynccontextmanager
async def app_client(
    service: str, database: ServiceDatabase, *, clock: Clock, tokens: Tokens, settings: dict[str, Any] | None = None
) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the service's application, started and stopped round the body. Paths begin at the root."""
    chosen = settings_for(service, database.service_url, **(settings or {}))
    create_app = importlib.import_module(f"services.{service}.app").create_app
    app = create_app(chosen, clock=clock, database=database.database)
    app.state.kit.verifier = tokens
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://testserver") as client,
    ):
        yield client
