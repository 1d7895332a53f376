"""Opaque tokens: bytes that only a holder of the keys can make or read, as text for headers and queries.

Encrypted and authenticated (SM4-GCM, random nonce): what was changed, cut, made by somebody else or sealed under a
key that is no longer held does not open, and nobody learns which of these it was.

base64url without padding of: length of key id (1) · key id · nonce (12) · ciphertext · tag (16).
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared.crypto.keyring import KeyRing, UnknownKey
from shared.crypto.service import NONCE, TAG, CannotOpen, cipher_of


class OpaqueTokens:
    """Maker and reader of the tokens of one purpose; `purpose` is authenticated with them."""

    __slots__ = ("_algorithms", "_keys", "_purpose")

    def __init__(self, keys: KeyRing, *, purpose: str) -> None:
        self._keys = keys
        self._algorithms = {kid: algorithms.SM4(key) for kid, key in keys.items()}
        self._purpose = purpose.encode()

    def seal(self, plain: bytes) -> str:
        """Token under the active key. Two calls never give the same text."""
        kid = self._keys.active.encode("ascii")
        header, nonce = bytes((len(kid),)) + kid, os.urandom(NONCE)
        encryptor = cipher_of(self._algorithms[self._keys.active], modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(header + self._purpose)
        sealed = encryptor.update(plain) + encryptor.finalize()
        return base64.urlsafe_b64encode(header + nonce + sealed + encryptor.tag).rstrip(b"=").decode()

    def open(self, token: str) -> bytes:
        """The bytes of a token, under whichever key sealed it. Raises `CannotOpen`."""
        try:
            raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
            header = raw[: 1 + raw[0]]
            key = self._keys[header[1:].decode("ascii")]
            nonce, sealed, tag = raw[len(header) :][:NONCE], raw[len(header) + NONCE : -TAG], raw[-TAG:]
            if len(raw) < len(header) + NONCE + TAG:
                raise CannotOpen
            decryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce, tag)).decryptor()
            decryptor.authenticate_additional_data(header + self._purpose)
            return decryptor.update(sealed) + decryptor.finalize()
        except (binascii.Error, ValueError, IndexError, UnknownKey, InvalidTag):
            raise CannotOpen from None
