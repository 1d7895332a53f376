"""Encryption of a file's content as it passes by: SM4-GCM in pieces, under a key of its own, itself sealed in its row.

A piece's nonce is its number, which the key makes unique. Each piece is bound to its file, its number and whether it is
the last, so that pieces cannot be cut off, swapped or moved to another file. To forget the key is to erase.
"""

import os
from collections.abc import AsyncIterator
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PIECE = 1 << 16
"""Bytes of content in one piece."""
TAG = 16
KEY = 16


class CannotOpenFile(Exception):
    """Error: the stored bytes were changed, cut, or belong to another file."""


def new_key() -> bytes:
    """A key for one file."""
    return os.urandom(KEY)


async def seal(content: AsyncIterator[bytes], key: bytes, file: UUID) -> AsyncIterator[bytes]:
    """The sealed pieces of a content."""
    number, held = 0, b""
    async for chunk in content:
        held += chunk
        while len(held) > PIECE:  # not the last: more follows
            yield _sealed(held[:PIECE], key, file, number, last=False)
            number, held = number + 1, held[PIECE:]
    yield _sealed(held, key, file, number, last=True)


async def open_sealed(stored: AsyncIterator[bytes], key: bytes, file: UUID) -> AsyncIterator[bytes]:
    """The content of sealed pieces. Raises `CannotOpenFile`, before any byte of a piece that is not whole."""
    number, held = 0, b""
    async for chunk in stored:
        held += chunk
        while len(held) > PIECE + TAG:
            yield _opened(held[: PIECE + TAG], key, file, number, last=False)
            number, held = number + 1, held[PIECE + TAG :]
    yield _opened(held, key, file, number, last=True)


def _sealed(piece: bytes, key: bytes, file: UUID, number: int, *, last: bool) -> bytes:
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(number.to_bytes(12, "big"))).encryptor()
    encryptor.authenticate_additional_data(_associated(file, number, last))
    return encryptor.update(piece) + encryptor.finalize() + encryptor.tag


def _opened(sealed: bytes, key: bytes, file: UUID, number: int, *, last: bool) -> bytes:
    if len(sealed) < TAG:
        raise CannotOpenFile
    mode = modes.GCM(number.to_bytes(12, "big"), sealed[-TAG:])
    decryptor = Cipher(algorithms.SM4(key), mode).decryptor()
    decryptor.authenticate_additional_data(_associated(file, number, last))
    try:
        return decryptor.update(sealed[:-TAG]) + decryptor.finalize()
    except InvalidTag:
        raise CannotOpenFile from None


def _associated(file: UUID, number: int, last: bool) -> bytes:
    return b"%s %d %d" % (file.bytes, number, last)
