"""Encryption of personal fields at rest: SM4-GCM with a random nonce, and HMAC-SM3 blind indexes under other keys.

Sealed bytes: version (1) · length of key id (1) · key id · nonce (12) · ciphertext · tag (16). The header, the field's
name and the owner's id are authenticated with it, so that a value moved to another column or row does not open.
"""

import os
from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple, Self
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from shared.crypto.keyring import KeyRing
from shared.db.sealing import NAMES
from shared.settings import ServiceSettings, parse_keys

VERSION = 1
NONCE = 12
TAG = 16


class CannotOpen(Exception):
    """Error: the sealed bytes were changed, cut, moved to another field or owner, or sealed under an unknown key.

    Carries neither the bytes nor the reason in detail: both may travel into a log line.
    """


class UndeclaredField(Exception):
    """Error: nothing is kept under this name, as far as tables say."""


class BlindKey(NamedTuple):
    """Blind index value: `digest` (32 bytes) under the index key `key_id`."""

    key_id: str
    digest: bytes


def cipher_of(algorithm: algorithms.SM4, mode: modes.GCM) -> Cipher[modes.GCM]:
    """A cipher without the checks of its constructor, which cost a fifth of a sealing: whether an algorithm goes with
    a mode follows from their types, and both are named here.
    """
    cipher: Cipher[modes.GCM] = object.__new__(Cipher)
    cipher.algorithm, cipher.mode = algorithm, mode
    return cipher


def _framed(*parts: bytes) -> bytes:
    """Unambiguous concatenation: each part is preceded by its length."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


class Crypto:
    """Field encryption and blind indexes. Safe to share between tasks."""

    __slots__ = ("_algorithms", "_fields", "_frames", "_index", "_kinds", "_macs")

    def __init__(self, fields: KeyRing, index: KeyRing) -> None:
        if set(_materials(fields)) & set(_materials(index)):
            raise ValueError("a field key must not be an index key as well")
        self._fields = fields
        self._index = index
        # What does not depend on the value is made once: a registration seals six values and blinds two.
        self._algorithms = {kid: algorithms.SM4(key) for kid, key in fields.items()}
        self._frames: dict[tuple[bytes, str], bytes] = {}
        self._kinds: dict[str, bytes] = {}
        self._macs = [(kid, hmac.HMAC(key, hashes.SM3())) for kid, key in index.items()]

    @classmethod
    def from_settings(cls, settings: ServiceSettings) -> Self:
        """The key rings of a service's settings."""
        fields = parse_keys(settings.field_keys.get_secret_value(), length=16, name="XIANGLI_FIELD_KEYS")
        index = parse_keys(settings.index_keys.get_secret_value(), length=32, name="XIANGLI_INDEX_KEYS")
        return cls(KeyRing(fields), KeyRing(index))

    def seal(self, plaintext: str, *, field: str, owner: UUID | str) -> bytes:
        """Encrypt under the active key. Two calls never give the same bytes: sealed values cannot be compared.

        Raises `UndeclaredField` for a name that no column declares (`shared.db.sealing`): no rotation would find it.
        """
        return self.seal_all({field: plaintext}, owner)[field]

    def seal_all(self, plaintexts: Mapping[str, str], owner: UUID | str) -> dict[str, bytes]:
        """Encrypt several fields of one owner, each as `seal` does, under a nonce of its own."""
        if not NAMES.issuperset(plaintexts):
            raise UndeclaredField(*sorted(set(plaintexts) - NAMES))
        kid = self._fields.active
        algorithm, header = self._algorithms[kid], _header(kid)
        whose, nonces = str(owner).encode(), os.urandom(NONCE * len(plaintexts))
        found = {}
        for at, (field, plaintext) in enumerate(plaintexts.items()):
            nonce = nonces[at * NONCE : (at + 1) * NONCE]
            encryptor = cipher_of(algorithm, modes.GCM(nonce)).encryptor()
            encryptor.authenticate_additional_data(self._associated(header, field, whose))
            sealed = encryptor.update(plaintext.encode()) + encryptor.finalize()
            found[field] = b"".join((header, nonce, sealed, encryptor.tag))
        return found

    def open(self, sealed: bytes, *, field: str, owner: UUID | str) -> str:
        """Decrypt with whichever key sealed it. Raises `CannotOpen`."""
        sealed = bytes(sealed)
        kid, header = _read_header(sealed)
        body = sealed[len(header) :]
        if len(body) < NONCE + TAG:
            raise CannotOpen
        nonce, text, tag = body[:NONCE], body[NONCE:-TAG], body[-TAG:]
        try:
            decryptor = cipher_of(self._algorithms[kid], modes.GCM(nonce, tag)).decryptor()
            decryptor.authenticate_additional_data(self._associated(header, field, str(owner).encode()))
            return (decryptor.update(text) + decryptor.finalize()).decode()
        except (InvalidTag, KeyError):
            raise CannotOpen from None

    def is_current(self, sealed: bytes) -> bool:
        """Whether the active key sealed it. A re-sealing job asks this. Raises `CannotOpen` on other bytes."""
        return _read_header(bytes(sealed))[0] == self._fields.active

    def sealed_anew(self, sealed: bytes, *, field: str, owner: UUID | str) -> bytes:
        """The same value under the active key; as it is, if that is its key. Raises `CannotOpen`."""
        if self.is_current(sealed):
            return sealed
        return self.seal(self.open(sealed, field=field, owner=owner), field=field, owner=owner)

    @property
    def field_keys(self) -> Sequence[str]:
        """Ids of the keys that open fields; the first one seals."""
        return tuple(self._fields)

    @property
    def index_keys(self) -> Sequence[str]:
        """Ids of the keys of blind indexes, the active one first."""
        return tuple(self._index)

    def blind(self, kind: str, value: str) -> list[BlindKey]:
        """The index values of `value`, the active key's first: store all of them, search by any.

        `kind` separates uses (document number, phone, name token): equal values of two kinds share no digest. The
        caller normalises first.
        """
        frame = self._kinds.get(kind)
        if frame is None:
            frame = self._kinds[kind] = _framed(kind.encode())
        text = value.encode()
        message = frame + len(text).to_bytes(4, "big") + text
        keys = []
        for kid, mac in self._macs:
            own = mac.copy()
            own.update(message)
            keys.append(BlindKey(kid, own.finalize()))
        return keys

    def _associated(self, header: bytes, field: str, owner: bytes) -> bytes:
        """Header, field and owner, framed. Fields are few, and theirs is always the same."""
        frame = self._frames.get((header, field))
        if frame is None:
            frame = self._frames[header, field] = _framed(header, field.encode())
        return frame + len(owner).to_bytes(4, "big") + owner

    def __repr__(self) -> str:
        return f"Crypto(fields={self._fields!r}, index={self._index!r})"


def _materials(ring: KeyRing) -> list[bytes]:
    return [key for _, key in ring.items()]


def header_of(kid: str) -> bytes:
    """The bytes with which everything begins that a key sealed."""
    return _header(kid)


@cache
def _header(kid: str) -> bytes:
    encoded = kid.encode("ascii")
    return bytes((VERSION, len(encoded))) + encoded


def _read_header(sealed: bytes) -> tuple[str, bytes]:
    """The key id and the header's own bytes."""
    if len(sealed) < 2 or sealed[0] != VERSION or len(sealed) < 2 + sealed[1]:
        raise CannotOpen
    header = sealed[: 2 + sealed[1]]
    try:
        return header[2:].decode("ascii"), header
    except UnicodeDecodeError:
        raise CannotOpen from None
