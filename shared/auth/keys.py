"""The issuer's public keys: OIDC discovery and JWKS, cached, refreshed behind requests, served stale within a limit."""

import asyncio
from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

from shared.clock import Clock
from shared.errors import Unavailable
from shared.observability import metrics

log = structlog.get_logger(__name__)

REFRESH = 300.0
"""Seconds after which the keys are fetched again, so that a key that was taken away stops working."""
RETRY = 5.0
"""Seconds between fetches while the issuer does not answer."""
UNKNOWN_KID = 10.0
"""Seconds between fetches for key ids that nobody knows: a stranger's tokens must not become a stream of them."""
TIMEOUT = 5.0
MAX_BYTES = 262_144

PublicKey = RSAKey | ECKey | OKPKey


class IssuerAway(Unavailable):
    """The issuer's keys cannot be had, and the known ones are older than the deployment allows."""

    code, title = "issuer_unavailable", "身份服务暂时不可用"


def public_key(jwk: Mapping[str, Any]) -> tuple[PublicKey, str] | None:
    """The key and the one algorithm that it may verify; None for keys that we do not use."""
    parameters: dict[str, str | list[str]] = {
        name: value for name, value in jwk.items() if isinstance(value, str) and name not in ("use", "alg")
    }
    if jwk.get("use", "sig") != "sig":
        return None
    match jwk.get("kty"), jwk.get("crv"):
        case "RSA", _:
            rsa = RSAKey.import_key(parameters)
            return (rsa, "RS256") if rsa.public_key.key_size >= 2048 and jwk.get("alg", "RS256") == "RS256" else None
        case "EC", "P-256":
            return (ECKey.import_key(parameters), "ES256") if jwk.get("alg", "ES256") == "ES256" else None
        case "OKP", "Ed25519":
            return (OKPKey.import_key(parameters), "EdDSA") if jwk.get("alg", "EdDSA") in ("EdDSA", "Ed25519") else None
        case _:
            return None


def read_keys(document: Any) -> dict[str, tuple[PublicKey, str]]:
    """The usable keys of a JWKS by id. One broken key does not spoil the others. Raises ValueError without any."""
    keys: dict[str, tuple[PublicKey, str]] = {}
    entries = document.get("keys") if isinstance(document, dict) else None
    for jwk in entries if isinstance(entries, list) else []:
        if not isinstance(jwk, dict) or not isinstance(jwk.get("kid"), str):
            continue
        try:
            key = public_key(jwk)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            log.warning("jwk_unusable", error=type(error).__name__)
            continue
        if key is not None:
            keys[jwk["kid"]] = key
    if not keys:
        raise ValueError("no usable key")
    return keys


class IssuerKeys:
    """The keys of one issuer. `stale_limit`: seconds beyond `REFRESH` for which known keys serve without the issuer."""

    def __init__(
        self, issuer: str, *, clock: Clock, stale_limit: float, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._issuer = issuer
        self._clock = clock
        self._stale_limit = stale_limit
        self._transport = transport
        self._keys: dict[str, tuple[PublicKey, str]] = {}
        self._thumbprints: frozenset[str] = frozenset()
        self._fetched = float("-inf")
        self._tried = float("-inf")
        self._asked_for_unknown = float("-inf")
        self._lock = asyncio.Lock()
        self._refreshing: asyncio.Task[None] | None = None
        self.generation = 0  # moves whenever the set of keys changes

    async def ensure(self) -> None:
        """Usable keys, or `IssuerAway`. Waits for the issuer only if the known keys are too old to serve."""
        age = self._now() - self._fetched
        if age <= REFRESH:
            return
        if age <= REFRESH + self._stale_limit:
            if (self._refreshing is None or self._refreshing.done()) and self._now() - self._tried >= RETRY:
                self._refreshing = asyncio.create_task(self._refresh(), name="issuer-keys")
            return
        async with self._lock:
            if self._now() - self._fetched > REFRESH:
                await self._refresh()
        if self._now() - self._fetched > REFRESH + self._stale_limit:
            raise IssuerAway(retry_after=int(RETRY))

    async def get(self, kid: str) -> tuple[PublicKey, str] | None:
        """The key of this id and its algorithm. An unknown id makes us ask the issuer, at most every `UNKNOWN_KID`."""
        await self.ensure()
        if (known := self._keys.get(kid)) is not None:
            return known
        async with self._lock:
            if kid not in self._keys and self._now() - max(self._asked_for_unknown, self._fetched) >= UNKNOWN_KID:
                self._asked_for_unknown = self._now()
                await self._refresh()
        return self._keys.get(kid)

    async def close(self) -> None:
        """Stop a refresh that is under way."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            await asyncio.gather(self._refreshing, return_exceptions=True)

    def _now(self) -> float:
        return self._clock.now().timestamp()

    async def _refresh(self) -> None:
        self._tried = self._now()
        try:
            keys = await self._fetch()
        except (httpx.HTTPError, ValueError, TimeoutError) as error:
            metrics.JWKS_FETCHES.labels("failed").inc()
            metrics.JWKS_AGE.set(self._now() - self._fetched if self._keys else 0)
            log.warning("issuer_keys_not_fetched", error=type(error).__name__)
            return
        thumbprints = frozenset(f"{kid}:{key.thumbprint()}" for kid, (key, _) in keys.items())
        if thumbprints != self._thumbprints:
            self.generation += 1
            self._thumbprints = thumbprints
        self._keys, self._fetched = keys, self._now()
        metrics.JWKS_FETCHES.labels("ok").inc()
        metrics.JWKS_AGE.set(0)

    async def _fetch(self) -> dict[str, tuple[PublicKey, str]]:
        async with (
            asyncio.timeout(2 * TIMEOUT),
            httpx.AsyncClient(timeout=TIMEOUT, transport=self._transport) as client,
        ):
            discovery = await _json(client, self._issuer.rstrip("/") + "/.well-known/openid-configuration")
            if not isinstance(discovery, dict) or discovery.get("issuer") != self._issuer:
                raise ValueError("the discovery document is another issuer's")
            return read_keys(await _json(client, str(discovery.get("jwks_uri"))))


async def _json(client: httpx.AsyncClient, url: str) -> Any:
    async with client.stream("GET", url, headers={"accept": "application/json"}) as response:
        response.raise_for_status()
        body = b""
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > MAX_BYTES:
                raise ValueError("the document is too large")
    return httpx.Response(200, content=body).json()
