"""Signed extracts: what registry attests of one person, for one audience, for ten minutes.

A compact JWS (Ed25519, RFC 9864) with the key's id. A new key is handed to those who verify before the first extract
is signed with it, and the old one stays with them for ten minutes after the last: the rings overlap.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from joserfc import jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import OKPKey

from shared.crypto.keyring import KeyRing, UnknownKey
from shared.settings import parse_keys

ISSUER = "registry"
ALGORITHM = "Ed25519"
VERIFIED = frozenset({ALGORITHM, "EdDSA"})
"""Names that are verified: `EdDSA` is the older one of the same computation (RFC 8037), with our keys of Ed25519."""
TYPE = "xiangli-extract"  # so that no other token of this or another issuer passes for an extract
LIFETIME = timedelta(minutes=10)
SKEW = timedelta(seconds=30)
"""By how much the clock of the signing process may be ahead."""
MAX_LENGTH = 16_384


class ExtractError(Exception):
    """Error: the text is no valid extract. Carries nothing of it."""


class ExtractExpired(ExtractError):
    """Error: the extract has expired."""


@dataclass(frozen=True, slots=True, repr=False)
class SignedExtract:
    """A signed extract and the first instant at which it no longer holds."""

    jws: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SignedExtract(expires_at={self.expires_at})"


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedExtract:
    """Verified extract: what registry attested. `fields` hold personal data and never show in a repr."""

    id: UUID
    person_id: UUID
    fields: Mapping[str, Any]
    purpose: str
    issued_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"VerifiedExtract(id={self.id}, person_id={self.person_id}, expires_at={self.expires_at})"


class ExtractSigner:
    """Signer of extracts, with the first key of the ring."""

    __slots__ = ("_key", "_kid", "_ring")

    def __init__(self, keys: KeyRing) -> None:
        self._ring = keys
        self._kid = keys.active
        self._key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(keys[self._kid]))

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `kid:base64,…`: Ed25519 seeds of 32 bytes, the first one signs."""
        return cls(KeyRing(parse_keys(text, length=32, name="extract signing keys")))

    def sign(
        self, *, person_id: UUID, fields: Mapping[str, Any], audience: str, purpose: str, now: datetime
    ) -> SignedExtract:
        """Attest `fields` (JSON values) of a person to `audience` for ten minutes from `now`."""
        issued = int(now.timestamp())
        expires = issued + int(LIFETIME.total_seconds())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "iat": issued,
            "exp": expires,
            "jti": str(uuid4()),
            "sub": str(person_id),
            "purpose": purpose,
            "fields": dict(fields),
        }
        header = {"alg": ALGORITHM, "kid": self._kid, "typ": TYPE}
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        text = jws.serialize_compact(header, payload, self._key, registry=_REGISTRY)
        return SignedExtract(text, datetime.fromtimestamp(expires, UTC))

    def public_keys(self) -> dict[str, bytes]:
        """The public halves of all keys of the ring, for those who verify."""
        return {
            kid: Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
            for kid, seed in self._ring.items()
        }

    def __repr__(self) -> str:
        return f"ExtractSigner({self._kid})"


class ExtractVerifier:
    """Verifier of extracts, with any key of the ring."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        ring = KeyRing(keys)
        self._keys = {kid: OKPKey.import_key(Ed25519PublicKey.from_public_bytes(key)) for kid, key in ring.items()}

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `kid:base64,…`: Ed25519 public keys of 32 bytes."""
        return cls(parse_keys(text, length=32, name="XIANGLI_EXTRACT_PUBLIC_KEYS"))

    def verify(self, text: str, *, audience: str, now: datetime) -> VerifiedExtract:
        """What the extract attests. Raises `ExtractExpired`, or `ExtractError` for any other defect."""
        claims = self._claims(text)
        try:
            issued, expires = claims["iat"], claims["exp"]
            if claims["iss"] != ISSUER or claims["aud"] != audience:
                raise ExtractError
            if type(issued) is not int or type(expires) is not int or not isinstance(claims["fields"], dict):
                raise ExtractError
            verified = VerifiedExtract(
                id=UUID(claims["jti"]),
                person_id=UUID(claims["sub"]),
                fields=claims["fields"],
                purpose=str(claims["purpose"]),
                issued_at=datetime.fromtimestamp(issued, UTC),
                expires_at=datetime.fromtimestamp(expires, UTC),
            )
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError):
            raise ExtractError from None
        if now >= verified.expires_at:
            raise ExtractExpired
        if now < verified.issued_at - SKEW or verified.expires_at - verified.issued_at > LIFETIME:
            raise ExtractError
        return verified

    def _claims(self, text: str) -> dict[str, Any]:
        if len(text) > MAX_LENGTH:
            raise ExtractError
        try:
            header = jws.extract_compact(text.encode(), registry=_REGISTRY).headers()
            if header.get("typ") != TYPE or header.get("alg") not in VERIFIED:
                raise ExtractError
            key = self._keys.get(str(header.get("kid")))
            if key is None:
                raise ExtractError
            claims = json.loads(jws.deserialize_compact(text, key, registry=_REGISTRY).payload)
        except (JoseError, UnknownKey, ValueError, TypeError):
            raise ExtractError from None
        if not isinstance(claims, dict):
            raise ExtractError
        return claims

    def __repr__(self) -> str:
        return f"ExtractVerifier({', '.join(self._keys)})"


class _Registry(jws.JWSRegistry):
    """JWS registry: both names of the one algorithm and nothing else.

    The library's own look-up warns of `EdDSA`, because that name leaves the curve to the key; the curve of our keys is
    fixed.
    """

    def get_alg(self, name: str) -> JWSAlgModel:
        if name not in VERIFIED:
            raise UnsupportedAlgorithmError(name)
        return self.algorithms[name]


_REGISTRY = _Registry(algorithms=sorted(VERIFIED))
