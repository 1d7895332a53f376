"""Accounts of a county at its issuer, and tokens for the steps: development issuer, Keycloak, or tokens given."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.first_day.county_file import Account, CountyFile
from deploy.first_day.refusal import FirstDayRefused
from deploy.first_day.steps import Done
from deploy.keycloak.admin import Admin, AdminRefused, texts
from deploy.keycloak.login import Issuer, LoginRefused
from deploy.keycloak.server import REALM, REALM_FILE
from shared.auth.tokens import GRANTS

VARIABLE = "XIANGLI_TOKEN_"
"""Before the name of an account in capitals: a token that was given by hand."""


class DevelopmentIssuer:
    """Source of tokens of a trial: the issuer of `make run`, which asks for no password."""

    def __init__(self, issuer: str) -> None:
        self._issuer = issuer

    def token(self, account: Account) -> str:
        form = {
            "grant_type": "client_credentials",
            "subject": account.username,
            "grants": json.dumps([account.grant]),
        }
        try:
            answer = httpx.post(f"{self._issuer}/token", data=form, timeout=10)
        except httpx.TransportError:
            raise FirstDayRefused(
                f"开发用签发方 {self._issuer} 没有应答。请先运行 make run。",
                f"the development issuer {self._issuer} does not answer; start it with `make run`.",
            ) from None
        token: str = answer.json()["access_token"]
        return token


class GivenTokens:
    """Source of tokens that somebody else got: `XIANGLI_TOKEN_REGISTRAR` is that of the account `registrar`."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._environment = environment

    def token(self, account: Account) -> str:
        name = VARIABLE + account.username.upper().translate(str.maketrans("-.", "__"))
        found = self._environment.get(name)
        if not found:
            raise FirstDayRefused(
                f"缺少 {account.username} 的令牌。请登录后放入环境变量 {name}。",
                f"there is no token of {account.username}; log in, and put it into {name}.",
            )
        return found


class Passwords:
    """File of the first passwords of accounts that were made here; readable by its owner alone."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self._path.read_text("utf-8")) if self._path.exists() else {}
        return found

    def add(self, username: str, password: str) -> None:
        whole = self.read() | {username: password}
        self._path.parent.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".new")
        partial.touch(mode=0o600)
        partial.write_text(json.dumps(whole, indent=1, ensure_ascii=False) + "\n", "utf-8")
        partial.replace(self._path)


class LoggedIn:
    """Source of tokens by logging in with the first passwords, as an app does; `XIANGLI_TOKEN_…` goes before it."""

    def __init__(self, issuer: str, passwords: Passwords) -> None:
        self._issuer = issuer
        self._passwords = passwords
        self._given = GivenTokens()

    def token(self, account: Account) -> str:
        password = self._passwords.read().get(account.username)
        if password is None:
            return self._given.token(account)
        try:
            return Issuer(self._issuer).code_flow(account.username, password).access
        except (LoginRefused, httpx.HTTPError):
            return self._given.token(account)


@dataclass(frozen=True)
class KeycloakAt:
    """A Keycloak by its address, and who administers it."""

    url: str
    username: str
    password: str

    @property
    def issuer(self) -> str:
        """Issuer of the county's realm."""
        return f"{self.url}/realms/{REALM}"

    def administrator(self) -> tuple[str, str]:
        """Name and password of the administrator."""
        return self.username, self.password


def make_accounts(county: CountyFile, keycloak: KeycloakAt, passwords: Passwords) -> Done:
    """Makes the accounts that are missing, each with a first password; corrects grants that differ from the file."""
    admin = Admin(keycloak)
    made = changed = 0
    try:
        for account in county.accounts:
            found = admin.find_user(account.username)
            if found is None:
                new = admin.create_user(account.username, [account.grant])
                passwords.add(new.username, new.password)
                made += 1
            elif found.get("attributes", {}).get(GRANTS) != texts([account.grant]):
                admin.set_grants(found["id"], [account.grant])
                changed += 1
    except (AdminRefused, httpx.HTTPError) as error:
        raise FirstDayRefused(
            f"Keycloak 没有办理：{error}。请核对地址、管理员和 xiangli 域。",
            f"Keycloak refused: {error}; check its address, its administrator and the realm xiangli.",
        ) from None
    finally:
        admin.close()
    return Done(
        f"新建 {made} 个账号，更正 {changed} 个账号的授权。", f"{made} accounts are made, {changed} grants corrected."
    )


def hand_over(county: CountyFile, keycloak: KeycloakAt, passwords: Passwords) -> Done:
    """Asks everybody whose password was made here for one of their own at the next log-in."""
    admin = Admin(keycloak)
    try:
        for username in (one.username for one in county.accounts if one.username in passwords.read()):
            found = admin.find_user(username)
            if found is not None:
                admin.ask_for_password(found)
    finally:
        admin.close()
    return Done("首次登录须自行设置密码。", "everybody sets a password of their own at the first log-in.")


def realm_with(accounts: Sequence[Account], passwords: Mapping[str, str]) -> dict[str, Any]:
    """The realm file with accounts in it, for an issuer that is set up by files alone; passwords are temporary."""
    realm: dict[str, Any] = json.loads(REALM_FILE.read_text("utf-8"))
    users = [
        {
            "username": one.username,
            "enabled": True,
            "attributes": {GRANTS: texts([one.grant])},
            "credentials": [{"type": "password", "value": passwords[one.username], "temporary": True}],
        }
        for one in accounts
    ]
    return realm | {"users": users}
