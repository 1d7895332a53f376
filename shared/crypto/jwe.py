"""JWE of county systems to the deployment: compact, ECDH-ES+A256KW over P-256 and A256GCM, nothing else.

The sender takes a public key from the deployment's key set and names its `kid`. Two keys stand side by side in a
rotation: the first one is handed out for new messages as well, the old one opens what is still on its way.
"""

from collections.abc import Mapping
from typing import Any, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key, generate_private_key
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.util import urlsafe_b64decode

from shared.crypto.keyring import KeyRing
from shared.reference.strict_json import NotStrict, read_json
from shared.settings import parse_keys

ALGORITHM, ENCRYPTION, CURVE = "ECDH-ES+A256KW", "A256GCM", "P-256"
SCALAR = 32
MAX_LENGTH = 16 * 1024
"""Characters of a compact JWE."""

_KNOWN = frozenset({"alg", "enc", "kid", "typ", "cty", "epk", "apu", "apv"})
_BROKEN = (JoseError, InvalidTag, InvalidUnwrap, ValueError, TypeError, KeyError, AssertionError)


class CannotOpenJwe(Exception):
    """`code`: jwe_invalid, jwe_algorithm (another algorithm, compression, critical extensions), jwe_unknown_key."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InboundKeys:
    """Private keys of the deployment, by id. Key material never shows in a repr."""

    __slots__ = ("_keys",)

    def __init__(self, keys: KeyRing) -> None:
        self._keys = {kid: _private(scalar, kid) for kid, scalar in keys.items()}

    @classmethod
    def parse(cls, text: str) -> Self:
        """From `kid:base64,…`: private scalars of 32 bytes. Raises ValueError that shows no key material."""
        return cls(KeyRing(parse_keys(text, length=SCALAR, name="XIANGLI_INBOUND_PRIVATE_KEYS")))

    def open(self, text: str) -> bytes:
        """Decrypt. Raises CannotOpenJwe."""
        kid = _kid_of(text)
        key = self._keys.get(kid)
        if key is None:
            raise CannotOpenJwe("jwe_unknown_key")
        try:
            plaintext = jwe.decrypt_compact(text, key, registry=_REGISTRY).plaintext
        except _BROKEN:
            raise CannotOpenJwe("jwe_invalid") from None
        if plaintext is None:
            raise CannotOpenJwe("jwe_invalid")
        return plaintext

    def public_set(self) -> dict[str, Any]:
        """The public halves as a JWK set, the one to use first."""
        return {
            "keys": [
                {**key.as_dict(private=False), "kid": kid, "use": "enc", "alg": ALGORITHM}
                for kid, key in self._keys.items()
            ]
        }

    def __repr__(self) -> str:
        return f"InboundKeys({', '.join(self._keys)})"


def seal(plaintext: bytes, public_key: Mapping[str, Any]) -> str:
    """Encrypt as a sender does, with a key of the set: for tests and tools of ours."""
    header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": public_key["kid"], "cty": "application/json"}
    return jwe.encrypt_compact(header, plaintext, ECKey.import_key(dict(public_key)), registry=_REGISTRY)


def new_private_key() -> bytes:
    """A fresh private scalar."""
    return generate_private_key(SECP256R1()).private_numbers().private_value.to_bytes(SCALAR, "big")


def _private(scalar: bytes, kid: str) -> ECKey:
    try:
        return ECKey.import_key(derive_private_key(int.from_bytes(scalar, "big"), SECP256R1()))
    except ValueError:
        raise ValueError(f"XIANGLI_INBOUND_PRIVATE_KEYS: key {kid!r} is no private key of P-256") from None


def _kid_of(text: str) -> str:
    """Reads the header before anything is computed. Raises CannotOpenJwe."""
    parts = text.split(".")
    if len(text) > MAX_LENGTH or len(parts) != 5 or not all(parts):
        raise CannotOpenJwe("jwe_invalid")
    try:
        header = read_json(urlsafe_b64decode(parts[0].encode()), max_depth=3)
    except (NotStrict, ValueError):
        raise CannotOpenJwe("jwe_invalid") from None
    if not isinstance(header, dict) or not all(isinstance(header.get(name), str) for name in ("alg", "enc")):
        raise CannotOpenJwe("jwe_invalid")
    if (header["alg"], header["enc"]) != (ALGORITHM, ENCRYPTION) or header.keys() & {"zip", "crit"}:
        raise CannotOpenJwe("jwe_algorithm")
    if not header.keys() <= _KNOWN or not _is_point(header.get("epk")):
        raise CannotOpenJwe("jwe_invalid")
    if not isinstance(kid := header.get("kid"), str):
        raise CannotOpenJwe("jwe_unknown_key")
    return kid


def _is_point(key: Any) -> bool:
    return isinstance(key, dict) and key.get("kty") == "EC" and key.get("crv") == CURVE and "d" not in key


_REGISTRY = jwe.JWERegistry(algorithms=[ALGORITHM, ENCRYPTION])
