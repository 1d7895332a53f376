"""Titles of columns that nobody knows, sealed: of a table without titles they are its first person."""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from shared.crypto.service import Crypto

TITLE = "import.title"
"""Name under which a title is sealed."""


def sealed_titles(crypto: Crypto, import_id: UUID, titles: Mapping[str, str]) -> list[Any]:
    """Letters of each column and its title, sealed, as an import keeps them."""
    return [
        [column, b64encode(crypto.seal(title, field=TITLE, owner=import_id)).decode()]
        for column, title in titles.items()
    ]


def open_titles(crypto: Crypto, import_id: UUID, kept: Sequence[Any]) -> Mapping[str, str]:
    """Titles by letters of the column, as whoever imports sees them."""
    return {column: crypto.open(b64decode(sealed), field=TITLE, owner=import_id) for column, sealed in kept}
