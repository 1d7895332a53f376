"""Tokens of the development issuer: its keys, what it signs, and which grants a form asks for."""

import json
import os
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from pathlib import Path
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from shared.auth.roles import DEPARTMENT_ROLES, Role
from shared.clock import Clock, SystemClock
from shared.reference.areas import is_canonical
from shared.reference.digits import is_digits

ALGORITHMS = ("RS256", "ES256")
LIFETIME = 3600
LONGEST = 30 * 86_400
KEPT = 3
"""Generations of keys that stay published."""

PrivateKey = RSAKey | ECKey


class TokenRefused(Exception):
    """The request for a token is wrong; the arguments are RFC 6749's error code and a sentence."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


class Issuer:
    """An issuer with its keys in a folder; the newest ones sign. `url` is the `iss` of its tokens."""

    def __init__(self, folder: Path, *, url: str, audience: str = "xiangli", clock: Clock | None = None) -> None:
        self.url = url
        self.audience = audience
        self.clock = clock or SystemClock()
        self._file = folder / "issuer-keys.json"
        self._generations: list[dict[str, PrivateKey]] = self._read()
        if not self._generations:
            self.rotate()

    def rotate(self, *, drop: bool = False) -> list[str]:
        """New keys sign from now on; the old ones stay published or (`drop`) are forgotten. Returns the new key ids."""
        name = uuid4().hex[:8]
        new: dict[str, PrivateKey] = {
            "RS256": RSAKey.generate_key(2048, {"kid": f"rs-{name}", "use": "sig", "alg": "RS256"}),
            "ES256": ECKey.generate_key("P-256", {"kid": f"es-{name}", "use": "sig", "alg": "ES256"}),
        }
        kept = [] if drop else self._generations
        self._generations = [new, *kept][:KEPT]
        self._write()
        return [str(key.kid) for key in new.values()]

    def mint(
        self,
        *,
        role: str,
        area: str,
        department: str | None = None,
        subject: str | None = None,
        lifetime: int = LIFETIME,
        algorithm: str = "RS256",
    ) -> str:
        """An access token with one grant. A negative lifetime gives one that is over."""
        grants = [{"role": role, "area": area, "department": department}]
        return self.sign(grants, subject=subject or f"{role}-{area}", lifetime=lifetime, algorithm=algorithm)

    def sign(
        self,
        grants: Sequence[Mapping[str, str | None]],
        *,
        subject: str,
        lifetime: int = LIFETIME,
        algorithm: str = "RS256",
        **claims: Any,
    ) -> str:
        """An access token with any grants; `claims` are put over the usual ones."""
        now = int(self.clock.now().timestamp())
        key = self._generations[0][algorithm]
        usual = {
            "iss": self.url,
            "aud": self.audience,
            "sub": subject,
            "iat": now,
            "exp": now + lifetime,
            "jti": uuid4().hex,
            "xiangli_grants": [dict(grant) for grant in grants],
        }
        header = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt"}
        return jwt.encode(header, usual | claims, key, algorithms=list(ALGORITHMS))

    def jwks(self) -> dict[str, Any]:
        """The public halves of all keys that still verify."""
        return {"keys": [key.as_dict(private=False) for generation in self._generations for key in generation.values()]}

    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.url,
            "jwks_uri": f"{self.url}/jwks",
            "token_endpoint": f"{self.url}/token",
            "authorization_endpoint": f"{self.url}/authorize",
            "grant_types_supported": ["client_credentials", "authorization_code", "refresh_token"],
            "response_types_supported": ["code"],
            "code_challenge_methods_supported": ["S256"],
            "scopes_supported": ["openid", "offline_access"],
            "subject_types_supported": ["public"],
            "token_endpoint_auth_methods_supported": ["none"],
            "id_token_signing_alg_values_supported": list(ALGORITHMS),
        }

    def answer(self, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        """Answer to a form with `grant_type=client_credentials`. Raises `TokenRefused`."""
        grants = grants_of(form)
        algorithm = form.get("alg", ["RS256"])[0]
        lifetime = form.get("lifetime", [str(LIFETIME)])[0]
        if algorithm not in ALGORITHMS:
            raise TokenRefused("invalid_request", "alg must be RS256 or ES256")
        if not (is_digits(lifetime) and 0 < int(lifetime) <= LONGEST):
            raise TokenRefused("invalid_request", f"lifetime is 1 to {LONGEST} seconds")
        usual = f"{grants[0]['role']}-{grants[0]['area']}"
        subject = form.get("subject") or form.get("client_id") or [usual]
        token = self.sign(grants, subject=subject[0], lifetime=int(lifetime), algorithm=algorithm)
        return {"access_token": token, "token_type": "Bearer", "expires_in": int(lifetime)}

    def _read(self) -> list[dict[str, PrivateKey]]:
        try:
            generations = json.loads(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return []
        return [
            {"RS256": RSAKey.import_key(keys["RS256"]), "ES256": ECKey.import_key(keys["ES256"])}
            for keys in generations
        ]

    def _write(self) -> None:
        """Replaces the key file atomically; it is readable by its owner only."""
        self._file.parent.mkdir(parents=True, exist_ok=True)
        text = json.dumps(
            [{name: key.as_dict(private=True) for name, key in keys.items()} for keys in self._generations]
        )
        partial = self._file.with_suffix(".new")
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(self._file)


def grants_of(form: Mapping[str, Sequence[str]]) -> list[dict[str, str | None]]:
    """The grants that a form asks for, in either notation. Raises `TokenRefused`."""
    if "grants" in form:
        try:
            asked = [(grant["role"], grant["area"], grant.get("department")) for grant in json.loads(form["grants"][0])]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise TokenRefused("invalid_request", "grants is a JSON list of {role, area, department}") from None
    else:
        roles, areas, departments = (form.get(name, []) for name in ("role", "area", "department"))
        if len(areas) != len(roles) or len(departments) > len(roles):
            raise TokenRefused("invalid_request", "each role needs an area")
        asked = list(zip_longest(roles, areas, departments))
    if not asked:
        raise TokenRefused("invalid_request", "at least one grant is needed")
    for role, area, department in asked:
        if role not in list(Role):
            raise TokenRefused("invalid_scope", f"role must be one of {', '.join(Role)}")
        if not (isinstance(area, str) and is_canonical(area)):
            raise TokenRefused("invalid_scope", "area must be a code of 2, 4, 6, 9, 12 or 15 digits")
        if not isinstance(department, str | None):
            raise TokenRefused("invalid_scope", "department is text")
        if role in DEPARTMENT_ROLES and not department:
            raise TokenRefused("invalid_scope", f"{role} needs a department, such as civil_affairs")
    return [{"role": role, "area": area, "department": department or None} for role, area, department in asked]
