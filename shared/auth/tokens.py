"""OIDC access tokens: signature, algorithm, issuer, audience, time; then the grants that they carry."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any, TypeGuard

import structlog
from joserfc import jws, jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError

from shared.auth.jwks import ED25519, ES256, RS256
from shared.auth.keys import IssuerKeys
from shared.auth.principal import ANONYMOUS, Grant, Principal
from shared.auth.roles import DEPARTMENT_ROLES, ROLES
from shared.clock import Clock
from shared.errors import Unauthenticated
from shared.observability import metrics
from shared.observability.seldom import Seldom

log = structlog.get_logger(__name__)

GRANTS = "xiangli_grants"
SETTINGS = {
    "issuer": "XIANGLI_OIDC_ISSUER",
    "audience": "XIANGLI_OIDC_AUDIENCE",
    "type": "XIANGLI_OIDC_TOKEN_TYPES",
}
"""The settings that a refused token may be the sign of."""
ALGORITHMS = RS256 | ES256 | ED25519
"""Names of algorithms that a token's header may carry; which of them a key verifies stands with the key."""
SKEW = 60
"""Seconds by which clocks may differ."""
LATEST = 253_402_300_799
"""End of the year 9999: a time beyond it, infinity and what is no number are none."""
MAX_TOKEN = 8192
MAX_GRANTS = 200
MAX_SUBJECT = 200
REMEMBERED = 10_000
"""Tokens whose verification is remembered, by digest, until they expire or the keys change."""

TYPES = ("at+jwt", "JWT")
"""Values of a token's `typ` header that are taken by default: RFC 9068, and the general one that most issuers set."""
SYSTEM = "system:"
"""Begins the subjects of our own processes; nobody signs in as one."""

_AREA = re.compile(r"[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3}([0-9]{3})?)?)?)?)?", re.ASCII)
_DEPARTMENT = re.compile(r"[A-Za-z0-9_.-]{1,64}")


class TokenRefused(Unauthenticated):
    """Refusal: the token is not valid. The reason is counted and logged, not sent to the caller."""


class TokenExpired(Unauthenticated):
    """Refusal: the token has expired."""

    code, title = "token_expired", "登录已过期"
    advice = "请重新登录后继续，已填内容请先保存"


class TokenTooLarge(Unauthenticated):
    """Refusal: the token is longer than any is taken, for it holds too many grants. Logging in again would not help."""

    code, title = "token_too_large", "您的授权条目过多，无法登录"
    advice = "请联系管理授权的人，合并或减少您账号的授权条目"
    challenge = f'Bearer error="invalid_token", error_description="longer than {MAX_TOKEN} characters: too many grants"'


class _Registry(jws.JWSRegistry):
    """Our three algorithms and no other, whatever the token's header or the library's defaults say.

    The library's own look-up warns of `EdDSA`, which RFC 9864 deprecates: issuers go on signing under that name.
    """

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=sorted(ALGORITHMS), strict_check_header=False)


class OidcVerifier:
    """Verifier of the access tokens of one issuer for one audience, with a cache."""

    def __init__(
        self, keys: IssuerKeys, *, issuer: str, audience: str, clock: Clock, types: Collection[str] = TYPES
    ) -> None:
        self._keys = keys
        self._issuer = issuer
        self._types = frozenset(_media_type(one) for one in types)
        self._audience = audience
        self._clock = clock
        self._known: dict[bytes, tuple[float, int, Principal]] = {}
        self._seldom = Seldom(clock)

    async def verify(self, token: str) -> Principal:
        """Verify a token: its principal. Raises `Unauthenticated`, or `IssuerAway` while keys cannot be fetched."""
        if len(token) > MAX_TOKEN:
            self._refused("too_long")
            raise TokenTooLarge
        await self._keys.ensure()
        now = self._clock.now().timestamp()
        digest = hashlib.sha256(token.encode()).digest()
        known = self._known.get(digest)
        if known is not None and known[1] == self._keys.generation:
            if now <= known[0]:
                return known[2]
            del self._known[digest]
            raise TokenExpired
        expires, principal = await self._verified(token, now)
        if len(self._known) >= REMEMBERED:
            del self._known[next(iter(self._known))]
        self._known[digest] = (expires, self._keys.generation, principal)
        return principal

    async def _verified(self, token: str, now: float) -> tuple[float, Principal]:
        try:
            unverified = jws.extract_compact(token.encode(), registry=_REGISTRY)
            header, claimed = unverified.headers(), json.loads(unverified.payload)
        except (JoseError, ValueError, TypeError, UnicodeError, RecursionError) as error:
            raise self._refused("malformed") from error
        kid, algorithm = header.get("kid"), header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise self._refused("algorithm")
        type_ = header.get("typ")
        if not isinstance(type_, str) or _media_type(type_) not in self._types:
            raise self._refused("type", ",".join(sorted(self._types)), type_)
        # before anybody is asked for keys; what the signature covers below is these same bytes
        if not isinstance(claimed, dict) or claimed.get("iss") != self._issuer:
            raise self._refused("issuer", self._issuer, claimed.get("iss") if isinstance(claimed, dict) else None)
        found = await self._keys.get(kid) if isinstance(kid, str) else None
        if found is None:
            raise self._refused("unknown_key")
        key, names = found
        if algorithm not in names:  # the key decides, not the token
            raise self._refused("algorithm")
        try:
            claims = jwt.decode(token, key, registry=_REGISTRY).claims
        except (JoseError, ValueError, TypeError) as error:
            raise self._refused("signature") from error
        return self._checked(claims, now)

    def _checked(self, claims: Mapping[str, Any], now: float) -> tuple[float, Principal]:
        audience = claims.get("aud")
        if self._audience not in (audience if isinstance(audience, list) else [audience]):
            raise self._refused("audience", self._audience, audience)
        expires, begins, issued = claims.get("exp"), claims.get("nbf", 0), claims.get("iat", 0)
        if not all(
            isinstance(moment, int | float) and not isinstance(moment, bool) and abs(moment) <= LATEST
            for moment in (expires, begins, issued)
        ):
            raise self._refused("times")
        assert isinstance(expires, int | float)
        if now > expires + SKEW:
            metrics.TOKENS_REFUSED.labels("expired").inc()
            raise TokenExpired
        if max(begins, issued) > now + SKEW:
            raise self._refused("not_yet_valid")
        subject = claims.get("sub")
        if not _is_subject(subject):
            raise self._refused("subject")
        ends = float(expires + SKEW)
        return ends, Principal(subject, grants_of(claims.get(GRANTS)), expires_at=ends)

    def _refused(self, reason: str, expected: str | None = None, found: object = None) -> TokenRefused:
        """Counts every one, but writes a line per reason and minute: strangers decide how many there are."""
        metrics.TOKENS_REFUSED.labels(reason).inc()
        silenced = self._seldom.allows(reason)
        if silenced is None:
            return TokenRefused()
        if (setting := SETTINGS.get(reason)) is None:
            log.info("token_refused", reason=reason, silenced=silenced)
        else:
            log.warning(
                "token_refused",
                reason=reason,
                setting=setting,
                expected=expected,
                found=_shown(found),
                silenced=silenced,
            )
        return TokenRefused()


def _media_type(typ: str) -> str:
    """The `typ` of a header, compared without case and without the prefix that RFC 7515 lets issuers leave out."""
    return typ.lower().removeprefix("application/")


def _is_subject(subject: object) -> TypeGuard[str]:
    """Whether somebody may sign in as this: a printable text that is none of our own processes."""
    return (
        isinstance(subject, str)
        and 0 < len(subject) <= MAX_SUBJECT
        and subject.isprintable()
        and subject == subject.strip()
        and subject != ANONYMOUS
        and not unicodedata.normalize("NFKC", subject).casefold().startswith(SYSTEM)
    )


def _shown(found: object) -> str:
    """Text of unknown origin, shortened and made harmless for a log."""
    return ascii(found)[:200]


def grants_of(claim: object) -> tuple[Grant, ...]:
    """The grants of a claim. An invalid one is ignored; the others stay valid."""
    grants: list[Grant] = []
    for entry in claim[:MAX_GRANTS] if isinstance(claim, list) else []:
        match entry:
            case {"role": str(role), "area": str(area)} if role in ROLES and _AREA.fullmatch(area):
                department = entry.get("department")
                if department is None and role in DEPARTMENT_ROLES:
                    log.warning("grant_without_department", role=role)
                elif department is None:
                    grants.append(Grant(role, area))
                elif isinstance(department, str) and _DEPARTMENT.fullmatch(department):
                    grants.append(Grant(role, area, department))
                else:
                    log.warning("grant_ignored")
            case _:
                log.warning("grant_ignored")
    return tuple(grants)
