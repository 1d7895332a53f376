"""Log-in of the development issuer: authorization code with PKCE (RFC 7636), and refresh tokens that rotate.

Nobody proves who they are: the page offers the people of the demo county, or asks for role, area and department.
Codes and refresh tokens live in memory.
"""

import base64
import hashlib
import hmac
import html
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Template
from typing import Any
from urllib.parse import urlencode, urlsplit

from deploy.local.county.catalogue import PERSONAS, Persona
from deploy.local.issuer.tokens import LIFETIME, Issuer, TokenRefused, grants_of
from shared.auth.roles import Role

Grants = list[dict[str, str | None]]

CODE_LIFETIME = 60
"""Seconds in which a code is redeemed."""
MOST = 1000
"""Codes, and refresh tokens, that are remembered at most; the oldest are forgotten."""

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_OWN_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+")
"""A private-use scheme in reverse domain notation, as apps register them (RFC 8252 §7.1)."""

_PAGE = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>开发用登录 Development login</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>body { font: 16px/1.6 system-ui, sans-serif; margin: 2rem auto; max-width: 30rem; padding: 0 1rem }
label { display: block; margin: 1rem 0 } input, select, button { font: inherit; width: 100%; box-sizing: border-box;
padding: .5rem; margin: .15rem 0 } h2 { font-size: 1.1rem }</style></head><body>
<h1>开发用登录</h1><p>不需要密码：选择要扮演的人。No password: choose who to be.</p>
<form method="post" action="authorize">$hidden
<h2>演示县的人员 People of the demo county</h2>
$personas
<h2>其他人 Anybody else</h2>
<label>岗位 Role<select name="role">$roles</select></label>
<label>区划代码 Area<input name="area" value="450481100201" inputmode="numeric" required></label>
<label>部门 Department（县直部门填写）<input name="department" value=""></label>
<button>登录 Log in</button></form></body></html>
""")
_REFUSAL = Template("""<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>不能登录</title></head>
<body><h1>不能登录</h1><p>$reason</p></body></html>
""")


class LoginRefused(Exception):
    """A log-in that cannot even be sent back to the app: the argument says why."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A code that waits to be redeemed."""

    client: str
    redirect: str
    challenge: str
    scope: str
    grants: Grants
    subject: str
    expires_at: float


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who is logged in: what a refresh token renews."""

    client: str
    scope: str
    grants: Grants
    subject: str


class Logins:
    """Log-ins of one issuer."""

    def __init__(self, issuer: Issuer) -> None:
        self._issuer = issuer
        self._codes: dict[str, Pending] = {}
        self._sessions: dict[str, Session] = {}

    def page(self, query: Mapping[str, str]) -> str:
        """The form that asks who to be. Raises `LoginRefused` for a request that names no app or no challenge."""
        asked = {name: query.get(name, "") for name in _REQUEST}
        _check(asked)
        hidden = "".join(f'<input type="hidden" name="{name}" value="{html.escape(asked[name])}">' for name in _REQUEST)
        roles = "".join(
            f'<option value="{role}"{" selected" if role is Role.VILLAGE_CLERK else ""}>{role.label} {role}</option>'
            for role in Role
        )
        personas = "\n".join(
            f'<button name="persona" value="{one.username}">{one.title} {one.username}</button>' for one in PERSONAS
        )
        return _PAGE.substitute(hidden=hidden, roles=roles, personas=personas)

    def refusal(self, refused: LoginRefused) -> str:
        """The page of a log-in that is refused."""
        return _REFUSAL.substitute(reason=html.escape(str(refused)))

    def grant(self, form: Mapping[str, Sequence[str]]) -> str:
        """The app's address with a code, or with the reason why there is none. Raises `LoginRefused`."""
        asked = {name: form.get(name, [""])[0] for name in _REQUEST}
        _check(asked)
        persona = _persona(form.get("persona", [""])[0])
        departments = [one for one in form.get("department", []) if one]
        answer = {"iss": self._issuer.url, **({"state": asked["state"]} if asked["state"] else {})}
        try:
            grants: Grants = [{**persona.grant}] if persona else grants_of({**form, "department": departments})
        except TokenRefused as refused:
            answer |= {"error": "access_denied", "error_description": refused.description}
        else:
            answer["code"] = _remember(
                self._codes,
                Pending(
                    client=asked["client_id"],
                    redirect=asked["redirect_uri"],
                    challenge=asked["code_challenge"],
                    scope=asked["scope"],
                    grants=grants,
                    subject=persona.username if persona else f"{grants[0]['role']}-{grants[0]['area']}",
                    expires_at=self._now() + CODE_LIFETIME,
                ),
            )
        joined = "&" if urlsplit(asked["redirect_uri"]).query else "?"
        return asked["redirect_uri"] + joined + urlencode(answer)

    def redeem(self, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Tokens for a code, once. Raises `TokenRefused`."""
        found = self._codes.pop(form.get("code", [""])[0], None)
        if found is None or found.expires_at < self._now():
            raise TokenRefused("invalid_grant", "the code is unknown, used or too old")
        if form.get("redirect_uri") != [found.redirect] or form.get("client_id") != [found.client]:
            raise TokenRefused("invalid_grant", "redirect_uri and client_id must be those of the log-in")
        verifier = form.get("code_verifier", [""])[0]
        if not _VERIFIER.fullmatch(verifier) or not hmac.compare_digest(challenge_of(verifier), found.challenge):
            raise TokenRefused("invalid_grant", "code_verifier does not belong to the code_challenge")
        return self._tokens(Session(found.client, found.scope, found.grants, found.subject))

    def refresh(self, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """New tokens for a refresh token, which is then used up. Raises `TokenRefused`."""
        found = self._sessions.pop(form.get("refresh_token", [""])[0], None)
        if found is None or form.get("client_id") != [found.client]:
            raise TokenRefused("invalid_grant", "the refresh token is unknown or used, or another client's")
        return self._tokens(found)

    def _tokens(self, session: Session) -> dict[str, Any]:
        subject = session.subject
        answer: dict[str, Any] = {
            "access_token": self._issuer.sign(session.grants, subject=subject, client_id=session.client),
            "token_type": "Bearer",
            "expires_in": LIFETIME,
            "scope": session.scope,
        }
        if "offline_access" in session.scope.split():
            answer["refresh_token"] = _remember(self._sessions, session)
        if "openid" in session.scope.split():
            answer["id_token"] = self._issuer.sign([], subject=subject, aud=session.client)
        return answer

    def _now(self) -> float:
        return self._issuer.clock.now().timestamp()


_REQUEST = ("response_type", "client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method")


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636 §4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _persona(username: str) -> Persona | None:
    return next((one for one in PERSONAS if one.username == username), None)


def _check(asked: Mapping[str, str]) -> None:
    """Raises `LoginRefused` for a request that is not answered at its redirect address, for nobody can trust it."""
    address = urlsplit(asked["redirect_uri"])
    here = address.scheme in ("http", "https") and address.hostname in ("localhost", "127.0.0.1", "::1")
    if not (here or _OWN_SCHEME.fullmatch(address.scheme)) or address.fragment:
        raise LoginRefused("redirect_uri: http://localhost, or the app's own scheme such as county.app:/login")
    if asked["response_type"] != "code" or not asked["client_id"]:
        raise LoginRefused("response_type=code and a client_id are needed")
    if asked["code_challenge_method"] != "S256" or not _CHALLENGE.fullmatch(asked["code_challenge"]):
        raise LoginRefused("code_challenge with code_challenge_method=S256 is needed")


def _remember(known: dict[str, Any], value: object) -> str:
    """A new secret under which the value is found."""
    secret = secrets.token_urlsafe(32)
    known[secret] = value
    while len(known) > MOST:
        del known[next(iter(known))]
    return secret
