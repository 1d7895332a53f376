"""Opaque tokens: bytes that only a holder of the keys can make or read, as text for headers and queries.

Encrypted and authenticated (SM4-GCM, random nonce): what was changed, cut, made by somebody else or sealed under a
key that is no longer held does not open, and nobody learns which of these it was.

base64url without padding of: length of key id (1) · key id · nonce (12) · ciphertext · tag (16).
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import algorithms, modes

from shared.crypto.keyring import KeyRing
from shared.crypto.service import NONCE, TAG, CannotOpen, cipher_of


class OpaqueTokens:
    """Maker and reader of the tokens of one purpose; `purpose` is authenticated with them."""

    __slots__ = ("_active", "_algorithms", "_purpose")

    def __init__(self, keys: KeyRing, *, purpose: str) -> None:
        self._algorithms = {_header(kid): algorithms.SM4(key) for kid, key in keys.items()}
        self._active = _header(keys.active)
        self._purpose = purpose.encode()

    def seal(self, plain: bytes) -> str:
        """Token under the active key. Two calls never give the same text."""
        header, nonce = self._active, os.urandom(NONCE)
        encryptor = cipher_of(self._algorithms[header], modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(header + self._purpose)
        sealed = encryptor.update(plain) + encryptor.finalize()
        return base64.urlsafe_b64encode(header + nonce + sealed + encryptor.tag).decode().rstrip("=")

    def open(self, token: str) -> bytes:
        """The bytes of a token, under whichever key sealed it. Raises `CannotOpen`."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            header = raw[: 1 + raw[0]]
            if len(raw) < len(header) + NONCE + TAG:
                raise CannotOpen
            nonce, sealed, tag = raw[len(header) : len(header) + NONCE], raw[len(header) + NONCE : -TAG], raw[-TAG:]
            decryptor = cipher_of(self._algorithms[header], modes.GCM(nonce, tag)).decryptor()
            decryptor.authenticate_additional_data(header + self._purpose)
            return decryptor.update(sealed) + decryptor.finalize()
        except (binascii.Error, ValueError, IndexError, KeyError, InvalidTag):
            raise CannotOpen from None


def _header(kid: str) -> bytes:
    encoded = kid.encode("ascii")
    return bytes((len(encoded),)) + encoded
