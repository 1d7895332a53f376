"""Sealed extracts: what registry attests of one person, for one audience, purpose and place, for ten minutes.

A compact JWS (Ed25519, RFC 9864) inside a compact JWE (A256KW, A256GCM): whoever carries an extract from registry to
its audience can neither read nor change it. Each names its key. A new key is handed to the audience before the first
extract is made with it, and the old one stays there for ten minutes after the last: the rings overlap.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from joserfc import jwe, jws
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import OctKey, OKPKey
from joserfc.util import urlsafe_b64decode

from shared.crypto.keyring import KeyRing, UnknownKey
from shared.settings import parse_keys

ISSUER = "registry"
ALGORITHM = "Ed25519"
VERIFIED = frozenset({ALGORITHM, "EdDSA"})
"""Names that are verified: `EdDSA` is the older one of the same computation (RFC 8037), with our keys of Ed25519."""
TYPE = "xiangli-extract"  # so that no other token of this or another issuer passes for an extract
WRAPPING, ENCRYPTION = "A256KW", "A256GCM"
CONTENT = "JWT"
LIFETIME = timedelta(minutes=10)
SKEW = timedelta(seconds=30)
"""By how much the clock of the signing process may be ahead."""
MAX_LENGTH = 16_384


class ExtractError(Exception):
    """Error: the text is no valid extract. Carries nothing of it."""


class ExtractExpired(ExtractError):
    """Error: the extract has expired."""


@dataclass(frozen=True, slots=True, repr=False)
class SealedExtract:
    """An extract as its audience takes it, and the first instant at which it no longer holds."""

    text: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SealedExtract(expires_at={self.expires_at})"


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedExtract:
    """Verified extract: what registry attested. `fields` hold personal data and never show in a repr."""

    id: UUID
    person_id: UUID
    fields: Mapping[str, Any]
    purpose: str
    place: str
    issued_at: datetime
    expires_at: datetime

    def __repr__(self) -> str:
        return f"VerifiedExtract(id={self.id}, person_id={self.person_id}, expires_at={self.expires_at})"


class ExtractWriter:
    """Writer of extracts: signs with the first key of one ring, then encrypts with the first key of the other."""

    __slots__ = ("_key", "_kid", "_ring", "_wrapping", "_wrapping_kid")

    def __init__(self, signing: KeyRing, encryption: KeyRing) -> None:
        self._ring = signing
        self._kid = signing.active
        self._key = OKPKey.import_key(Ed25519PrivateKey.from_private_bytes(signing[self._kid]))
        self._wrapping_kid = encryption.active
        self._wrapping = OctKey.import_key(encryption[self._wrapping_kid])

    @classmethod
    def parse(cls, signing: str, encryption: str) -> Self:
        """From two texts `kid:base64,…`: Ed25519 seeds, and AES keys that the audience holds, of 32 bytes each."""
        return cls(
            KeyRing(parse_keys(signing, length=32, name="XIANGLI_EXTRACT_PRIVATE_KEY")),
            KeyRing(parse_keys(encryption, length=32, name="XIANGLI_EXTRACT_ENCRYPTION_KEYS")),
        )

    def write(
        self, *, person_id: UUID, fields: Mapping[str, Any], audience: str, purpose: str, place: str, now: datetime
    ) -> SealedExtract:
        """Attest `fields` (JSON values) of a person to `audience`, for a purpose at a place, for ten minutes."""
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
            "place": place,
            "fields": dict(fields),
        }
        header = {"alg": ALGORITHM, "kid": self._kid, "typ": TYPE}
        payload = json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()
        signed = jws.serialize_compact(header, payload, self._key, registry=_REGISTRY)
        return SealedExtract(self._sealed(signed), datetime.fromtimestamp(expires, UTC))

    def _sealed(self, signed: str) -> str:
        header = {"alg": WRAPPING, "enc": ENCRYPTION, "kid": self._wrapping_kid, "typ": TYPE, "cty": CONTENT}
        return jwe.encrypt_compact(header, signed.encode(), self._wrapping, registry=_SEALING)

    def public_keys(self) -> dict[str, bytes]:
        """The public halves of all keys of the ring, for those who verify."""
        return {
            kid: Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw()
            for kid, seed in self._ring.items()
        }

    def __repr__(self) -> str:
        return f"ExtractWriter({self._kid}, {self._wrapping_kid})"


class ExtractReader:
    """Reader of extracts at their audience: opens and verifies, with any key of either ring."""

    __slots__ = ("_keys", "_wrapping")

    def __init__(self, public: Mapping[str, bytes], encryption: KeyRing) -> None:
        ring = KeyRing(public)
        self._keys = {kid: OKPKey.import_key(Ed25519PublicKey.from_public_bytes(key)) for kid, key in ring.items()}
        self._wrapping = {kid: OctKey.import_key(key) for kid, key in encryption.items()}

    @classmethod
    def parse(cls, public: str, encryption: str) -> Self:
        """From two texts `kid:base64,…`: Ed25519 public keys of registry, and AES keys, of 32 bytes each."""
        return cls(
            parse_keys(public, length=32, name="XIANGLI_EXTRACT_PUBLIC_KEYS"),
            KeyRing(parse_keys(encryption, length=32, name="XIANGLI_EXTRACT_ENCRYPTION_KEYS")),
        )

    def read(self, text: str, *, audience: str, now: datetime) -> VerifiedExtract:
        """What the extract attests. Raises `ExtractExpired`, or `ExtractError` for any other defect."""
        claims = self._claims(self._opened(text))
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
                place=str(claims["place"]),
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

    def _opened(self, text: str) -> str:
        """The signed extract inside. The header is judged before anything is computed."""
        parts = text.split(".")
        if len(text) > MAX_LENGTH or not text.isascii() or len(parts) != 5 or not all(parts):
            raise ExtractError
        try:
            header = json.loads(urlsafe_b64decode(parts[0].encode()))
            if not isinstance(header, dict) or {name: header.get(name) for name in _HEADER} != _HEADER:
                raise ExtractError
            key = self._wrapping.get(str(header.get("kid")))
            if key is None or not header.keys() <= {*_HEADER, "kid"}:
                raise ExtractError
            plaintext = jwe.decrypt_compact(text, key, registry=_SEALING).plaintext
            if plaintext is None:
                raise ExtractError
            return plaintext.decode()
        except (JoseError, InvalidTag, InvalidUnwrap, ValueError, TypeError, KeyError, AssertionError):
            raise ExtractError from None

    def _claims(self, text: str) -> dict[str, Any]:
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
        return f"ExtractReader({', '.join(self._keys)}; {', '.join(self._wrapping)})"


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
_SEALING = jwe.JWERegistry(algorithms=[WRAPPING, ENCRYPTION])
_HEADER = {"alg": WRAPPING, "enc": ENCRYPTION, "typ": TYPE, "cty": CONTENT}
