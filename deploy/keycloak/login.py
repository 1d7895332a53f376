"""OIDC client of an app, a dashboard and a machine: code flow with PKCE, refresh, client credentials.

In place of a browser, the login form is read and sent here. Blocking.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx

APP = ("xiangli-app", "cn.xiangli.app:/login")
DASHBOARD = ("xiangli-dashboard", "https://xiangli.example/login")
"""Client id and redirect URI, as the realm file has them."""


class LoginRefused(Exception):
    """The issuer gave no token; the arguments are its error code and its description."""


@dataclass(frozen=True)
class Tokens:
    """Answer of the token endpoint. `lifetime`: of the access token, in seconds."""

    access: str
    lifetime: int
    refresh: str | None
    identity: str | None
    scope: str


class Issuer:
    """An OIDC issuer, by its address. Redirects are not followed."""

    def __init__(self, issuer: str) -> None:
        self._client = httpx.Client(timeout=30, trust_env=False)
        self.discovery: dict[str, Any] = self._client.get(f"{issuer}/.well-known/openid-configuration").json()

    def close(self) -> None:
        self._client.close()

    def authorise(self, client: tuple[str, str], *, scope: str = "openid", challenge: str | None) -> httpx.Response:
        """The first page of the code flow: the login form, or a redirect or an error page."""
        asked = {
            "client_id": client[0],
            "redirect_uri": client[1],
            "response_type": "code",
            "scope": scope,
            "state": "s" + secrets.token_urlsafe(12),
        }
        if challenge is not None:
            asked |= {"code_challenge": challenge, "code_challenge_method": "S256"}
        self._client.cookies.clear()
        return self._client.get(self.discovery["authorization_endpoint"], params=asked)

    def code_flow(
        self, username: str, password: str, *, client: tuple[str, str] = APP, scope: str = "openid"
    ) -> Tokens:
        """Logs a user in: authorisation code flow with PKCE. Raises LoginRefused."""
        verifier = secrets.token_urlsafe(48)
        code = self.code_for(username, password, client=client, scope=scope, challenge=challenge_of(verifier))
        return self.redeem(client, code, verifier)

    def code_for(
        self,
        username: str,
        password: str,
        *,
        challenge: str,
        client: tuple[str, str] = APP,
        scope: str = "openid",
    ) -> str:
        """The code that the browser brings back after the login form. Raises LoginRefused."""
        page = self.authorise(client, scope=scope, challenge=challenge)
        action = form_action(page.text)
        if action is None:
            raise LoginRefused("no_form", f"{page.status_code} {page.headers.get('location', '')}")
        # by hand: browsers send cookies for secure connections to the loopback over plain HTTP too, httpx does not
        cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in self._client.cookies.jar)
        form = {"username": username, "password": password}
        answer = self._client.post(action, data=form, headers={"cookie": cookies})
        location = answer.headers.get("location", "")
        if answer.status_code != httpx.codes.FOUND or not location.startswith(client[1]):
            raise LoginRefused("not_logged_in", f"{answer.status_code} {location}")
        given: dict[str, str] = {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
        if "code" not in given:
            raise LoginRefused(given.get("error", "no_code"), given.get("error_description", ""))
        state = parse_qs(urlsplit(str(page.request.url)).query)["state"][0]
        named: str = self.discovery["issuer"]
        if given.get("state") != state or given.get("iss", named) != named:
            raise LoginRefused("mixed_up", "state or issuer of the answer are not those of the question")
        return given["code"]

    def redeem(self, client: tuple[str, str], code: str, verifier: str) -> Tokens:
        """Exchanges the code for tokens. Raises LoginRefused."""
        return self._ask(
            grant_type="authorization_code",
            client_id=client[0],
            redirect_uri=client[1],
            code=code,
            code_verifier=verifier,
        )

    def refresh(self, token: str, *, client: tuple[str, str] = APP) -> Tokens:
        """New tokens for a refresh token, which is used up by it. Raises LoginRefused."""
        return self._ask(grant_type="refresh_token", client_id=client[0], refresh_token=token)

    def client_credentials(self, client: str, secret: str) -> Tokens:
        """Token of a machine. Raises LoginRefused."""
        return self._ask(grant_type="client_credentials", client_id=client, client_secret=secret)

    def password_grant(self, client: str, username: str, password: str) -> Tokens:
        """Resource owner password grant, which our realm does not allow. Raises LoginRefused."""
        return self._ask(grant_type="password", client_id=client, username=username, password=password)

    def _ask(self, **form: str) -> Tokens:
        answer = self._client.post(self.discovery["token_endpoint"], data=form)
        body: dict[str, Any] = answer.json()
        if answer.status_code != httpx.codes.OK:
            raise LoginRefused(body.get("error", str(answer.status_code)), body.get("error_description", ""))
        return Tokens(
            access=body["access_token"],
            lifetime=body["expires_in"],
            refresh=body.get("refresh_token"),
            identity=body.get("id_token"),
            scope=body.get("scope", ""),
        )


def challenge_of(verifier: str) -> str:
    """Code challenge by S256 (RFC 7636)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def form_action(page: str) -> str | None:
    """Target address of the login form of a page; None if there is no such form."""
    reader = _Forms()
    reader.feed(page)
    return reader.action


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.action: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = dict(attributes)
        if tag == "form" and found.get("id") == "kc-form-login":
            self.action = found.get("action")
