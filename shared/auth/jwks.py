"""OIDC discovery and JWKS of an issuer. Every error is one sentence for the operator."""

from collections.abc import Mapping
from typing import Any

import httpx
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey

log = structlog.get_logger(__name__)

DISCOVERY = "/.well-known/openid-configuration"
MAX_BYTES = 262_144

PublicKey = RSAKey | ECKey | OKPKey
Keys = dict[str, tuple[PublicKey, frozenset[str]]]
"""By key id, with the names under which a token may call the one algorithm that the key verifies."""

RS256, ES256 = frozenset({"RS256"}), frozenset({"ES256"})
ED25519 = frozenset({"Ed25519", "EdDSA"})
"""One computation under two names: RFC 9864's, and the older one of RFC 8037 that leaves the curve to the key."""


class IssuerFault(Exception):
    """Error: the issuer's keys could not be fetched; the message is one sentence for the operator."""


async def fetch_keys(client: httpx.AsyncClient, issuer: str) -> Keys:
    """The keys that the issuer publishes now. Raises IssuerFault; times out with the caller."""
    where = issuer.rstrip("/") + DISCOVERY
    discovery = await _json(client, where)
    named = discovery.get("issuer") if isinstance(discovery, dict) else None
    if not isinstance(named, str):
        raise IssuerFault(f"{where} is no discovery document of an OIDC issuer")
    if named != issuer:
        raise IssuerFault(f"{where} names another issuer, {named[:200]!r}: both must be the same to the letter")
    address = discovery.get("jwks_uri")
    if not isinstance(address, str) or not address.startswith(("http://", "https://")):
        raise IssuerFault(f"{where} names no jwks_uri")
    try:
        return read_keys(await _json(client, address))
    except ValueError as error:
        raise IssuerFault(f"{address} holds no key for RS256, ES256 or Ed25519") from error


def read_keys(document: Any) -> Keys:
    """The usable keys of a JWKS by id. One broken key does not spoil the others. Raises ValueError without any."""
    keys: Keys = {}
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


def public_key(jwk: Mapping[str, Any]) -> tuple[PublicKey, frozenset[str]] | None:
    """The key and the names of the one algorithm that it may verify; None for keys that we do not use."""
    parameters: dict[str, str | list[str]] = {
        name: value for name, value in jwk.items() if isinstance(value, str) and name not in ("use", "alg")
    }
    if jwk.get("use", "sig") != "sig":
        return None
    match jwk.get("kty"), jwk.get("crv"):
        case "RSA", _:
            rsa = RSAKey.import_key(parameters)
            return (rsa, RS256) if rsa.public_key.key_size >= 2048 and jwk.get("alg", "RS256") in RS256 else None
        case "EC", "P-256":
            return (ECKey.import_key(parameters), ES256) if jwk.get("alg", "ES256") in ES256 else None
        case "OKP", "Ed25519":
            return (OKPKey.import_key(parameters), ED25519) if jwk.get("alg", "Ed25519") in ED25519 else None
        case _:
            return None


async def _json(client: httpx.AsyncClient, url: str) -> Any:
    """The JSON at an address, up to a limit. Redirects are not followed: what is set is what is asked."""
    try:
        async with client.stream("GET", url, headers={"accept": "application/json"}) as response:
            if response.status_code != httpx.codes.OK:
                raise IssuerFault(f"{url} answers {response.status_code}")
            body = b""
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise IssuerFault(f"{url} is longer than {MAX_BYTES} bytes")
    except httpx.TimeoutException as error:
        raise IssuerFault(f"{url} does not answer in time") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise IssuerFault(f"{url} cannot be reached: {str(error)[:200] or type(error).__name__}") from error
    try:
        return httpx.Response(200, content=body).json()
    except (ValueError, RecursionError) as error:
        raise IssuerFault(f"{url} is not JSON") from error
