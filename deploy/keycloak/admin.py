"""Client of Keycloak's admin API for trials and tests: users and machines with grants, keys, further realms."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

import httpx

from deploy.keycloak.server import REALM, REALM_FILE
from shared.auth.tokens import GRANTS

Grant = Mapping[str, str]
"""`role`, `area` and perhaps `department`."""

RSA = "rsa-generated"


class AdminRefused(Exception):
    """Keycloak refused a request; the message is request, status and answer."""


@dataclass(frozen=True)
class Account:
    """A user. `id` is the `sub` of its tokens."""

    id: str
    username: str
    password: str


@dataclass(frozen=True)
class Machine:
    """A client with a service account. `subject` is the `sub` of its tokens."""

    id: str
    client: str
    secret: str
    subject: str


@dataclass(frozen=True)
class KeyProvider:
    """One key pair of a realm."""

    id: str
    kid: str


class Administered(Protocol):
    """A Keycloak server and its administrator."""

    @property
    def url(self) -> str: ...
    def administrator(self) -> tuple[str, str]: ...


class Admin:
    """Administration of one realm, as the administrator of the server. Blocking."""

    def __init__(self, server: Administered, realm: str = REALM) -> None:
        self._server = server
        self.realm = realm
        self._client = httpx.Client(base_url=server.url, timeout=60, trust_env=False)

    def close(self) -> None:
        self._client.close()

    # -- users ---------------------------------------------------------------------------------------------------------
    def create_user(self, username: str, grants: Sequence[Grant] = ()) -> Account:
        """A user who can log in at once, with a password that is made here."""
        password = secrets.token_urlsafe(18)
        user = {
            "username": username,
            "enabled": True,
            "attributes": {GRANTS: texts(grants)},
            "credentials": [{"type": "password", "value": password, "temporary": False}],
        }
        made = self.ask("POST", "/users", user)
        return Account(_made(made), username, password)

    def find_user(self, username: str) -> dict[str, Any] | None:
        """A user by name; None if there is none."""
        found: list[dict[str, Any]] = self.ask("GET", f"/users?exact=true&username={quote(username)}").json()
        return found[0] if found else None

    def ask_for_password(self, user: Mapping[str, Any]) -> None:
        """Lets a user set a password of their own at the next log-in."""
        self.ask("PUT", f"/users/{user['id']}", {**user, "requiredActions": ["UPDATE_PASSWORD"]})

    def user(self, user_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/users/{user_id}").json()
        return found

    def set_grants(self, user_id: str, grants: Sequence[Grant]) -> None:
        """Replaces the grants of a user. Raises AdminRefused for a malformed grant."""
        user = self.user(user_id)
        attributes = user.get("attributes", {}) | {GRANTS: texts(grants)}
        self.ask("PUT", f"/users/{user_id}", user | {"attributes": attributes})

    def give_role(self, user_id: str, role: str) -> None:
        """Gives a user a role of the realm, such as `xiangli-access-manager`."""
        found = self.ask("GET", f"/roles/{role}").json()
        self.ask("POST", f"/users/{user_id}/role-mappings/realm", [found])

    def put_in_group(self, user_id: str, name: str, values: Sequence[str]) -> None:
        """Makes a group whose members have these grants, unchecked by Keycloak; adds its first member."""
        group = _made(self.ask("POST", "/groups", {"name": name, "attributes": {GRANTS: list(values)}}))
        self.ask("PUT", f"/users/{user_id}/groups/{group}")

    # -- machines ------------------------------------------------------------------------------------------------------
    def clients(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("GET", "/clients?max=100").json()
        return found

    def machine(self, client: str) -> Machine:
        """A client of the realm with its secret."""
        found = next(one for one in self.clients() if one["clientId"] == client)
        secret = self.ask("GET", f"/clients/{found['id']}/client-secret").json()["value"]
        subject = self.ask("GET", f"/clients/{found['id']}/service-account-user").json()["id"]
        return Machine(found["id"], client, secret, subject)

    def add_client(self, client: str, **how: Any) -> str:
        """Makes a client like `xiangli-machine`, except for `how`. Its id."""
        model = next(one for one in self.clients() if one["clientId"] == "xiangli-machine")
        kept = {name: value for name, value in model.items() if name not in ("id", "secret", "attributes")}
        return _made(self.ask("POST", "/clients", kept | {"clientId": client, "name": client} | how))

    # -- keys ----------------------------------------------------------------------------------------------------------
    def signing_key(self) -> KeyProvider:
        """The key pair that signs now."""
        found = self.ask("GET", "/keys").json()
        kid = found["active"]["RS256"]
        return KeyProvider(next(key["providerId"] for key in found["keys"] if key["kid"] == kid), kid)

    def add_key(self) -> KeyProvider:
        """Adds a key pair, which signs from now on; the old ones still verify."""
        before = self.signing_key()
        priority = int(self._provider(before)["config"]["priority"][0]) + 1
        component = {
            "name": f"rsa-{priority}",
            "providerId": RSA,
            "providerType": "org.keycloak.keys.KeyProvider",
            "config": {"priority": [str(priority)], "enabled": ["true"], "active": ["true"]},
        }
        self.ask("POST", "/components", component)
        return self.signing_key()

    def set_key(self, key: KeyProvider, *, active: bool, enabled: bool) -> None:
        """Sets the state of a key. Not active: it verifies only. Not enabled: it is no longer published."""
        found = self._provider(key)
        config = found["config"] | {"active": [str(active).lower()], "enabled": [str(enabled).lower()]}
        self.ask("PUT", f"/components/{key.id}", found | {"config": config})

    def _provider(self, key: KeyProvider) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/components/{key.id}").json()
        return found

    # -- realms --------------------------------------------------------------------------------------------------------
    def create_realm(self, name: str) -> "Admin":
        """Makes another realm from the same file."""
        document = json.loads(REALM_FILE.read_text("utf-8").replace(f"/{REALM}/", f"/{name}/"))
        self.ask("POST", "", document | {"realm": name}, realm="")
        return Admin(self._server, name)

    def ask(self, method: str, path: str, body: Any = None, *, realm: str | None = None) -> httpx.Response:
        """One request below the realm. Raises AdminRefused unless it is answered with success."""
        address = f"/admin/realms{path}" if realm == "" else f"/admin/realms/{realm or self.realm}{path}"
        answer = self._client.request(method, address, json=body, headers={"authorization": f"Bearer {self._token()}"})
        if answer.is_error:
            raise AdminRefused(f"{method} {address}: {answer.status_code} {answer.text[:300]}")
        return answer

    def _token(self) -> str:
        """An access token of the administrator: short-lived, so fetched for each request."""
        username, password = self._server.administrator()
        form = {"grant_type": "password", "client_id": "admin-cli", "username": username, "password": password}
        answer = self._client.post("/realms/master/protocol/openid-connect/token", data=form)
        if answer.is_error:
            raise AdminRefused(f"the administrator could not log in: {answer.status_code} {answer.text[:300]}")
        token: str = answer.json()["access_token"]
        return token


def texts(grants: Sequence[Grant]) -> list[str]:
    """Grants as the values of the attribute, one JSON object each."""
    return [json.dumps(dict(grant)) for grant in grants]


def _made(answer: httpx.Response) -> str:
    return answer.headers["location"].rpartition("/")[2]
