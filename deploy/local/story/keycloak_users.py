"""Users of the story in a Keycloak: each logs in once, as in an app, and refreshes its token from then on."""

import threading
from pathlib import Path
from secrets import token_hex
from urllib.parse import urlsplit

import httpx

from deploy.keycloak.admin import Account, Admin, AdminRefused, Grant
from deploy.keycloak.login import Issuer, LoginRefused, Tokens
from deploy.keycloak.server import KeycloakServer
from deploy.local.stack.folder import LocalRefused
from deploy.local.story.client import Who

MARGIN = 30
"""Seconds before its expiry in which a token is no longer used."""


class KeycloakTokens:
    """Makes each user when its token is first asked for; satisfies `deploy.local.story.client.TokenSource`."""

    def __init__(self, server: KeycloakServer) -> None:
        self._server = server
        self._issuer: Issuer | None = None
        self._run = token_hex(3)  # a second story on the same server has users of its own
        self._accounts: dict[Who, Account] = {}
        self._tokens: dict[Who, Tokens] = {}
        self._lock = threading.Lock()

    def token(self, who: Who) -> tuple[str, float]:
        """A token and the seconds for which it may be used. Raises LocalRefused if Keycloak gives none."""
        with self._lock:
            try:
                tokens = self._tokens[who] = self._newer(who)
            except (AdminRefused, LoginRefused, httpx.HTTPError) as error:
                raise LocalRefused(f"no token from {self._server.issuer}: {error}") from error
        return tokens.access, max(1, tokens.lifetime - MARGIN)

    def close(self) -> None:
        if self._issuer is not None:
            self._issuer.close()

    def _newer(self, who: Who) -> Tokens:
        self._issuer = issuer = self._issuer or Issuer(self._server.issuer)
        last = self._tokens.pop(who, None)
        if last is not None and last.refresh is not None:
            return issuer.refresh(last.refresh)
        account = self._accounts.get(who)
        if account is None:
            account = self._accounts[who] = self._create(who)
        return issuer.code_flow(account.username, account.password)

    def _create(self, who: Who) -> Account:
        admin = Admin(self._server)
        try:
            return admin.create_user(f"{who.subject}-{who.department or 'none'}-{self._run}".lower(), [grant_of(who)])
        finally:
            admin.close()


def source_of(issuer: str, folder: Path) -> KeycloakTokens:
    """Token source of a Keycloak that was started in `folder`. Raises LocalRefused for any other issuer."""
    server = KeycloakServer(folder, urlsplit(issuer).port or 80)
    if not server.password_file.exists() or server.issuer != issuer:
        raise LocalRefused(
            f"the users of the demo must be made at {issuer} first: that works only for a Keycloak of "
            "`python -m deploy.keycloak run`."
        )
    return KeycloakTokens(server)


def grant_of(who: Who) -> Grant:
    """The one grant of a user of the story."""
    grant = {"role": who.role, "area": who.area}
    return grant | {"department": who.department} if who.department else grant
