"""Keyset pages: a cursor is the key of the last row shown, signed, opaque and good for one operation only."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Query, Request

from shared.errors import DomainError, ErrorKind
from shared.http.kit import Kit, state_of

R = TypeVar("R")

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
MAX_CURSOR = 2048
_MAC = 16


class InvalidCursor(DomainError):
    """Not a cursor that this operation gave out."""

    kind, code, title = ErrorKind.INVALID, "invalid_cursor", "翻页标记无效"
    advice = "请从第一页重新查询"


def _mac(kit: Kit, operation: str, payload: bytes) -> bytes:
    key = kit.settings.cursor_key.get_secret_value().encode()
    return hmac.new(key, operation.encode() + b"\0" + payload, hashlib.sha256).digest()[:_MAC]


def encode_cursor(kit: Kit, *values: Any, operation: str = "") -> str:
    """The cursor of a row's key: text, numbers, dates, UUIDs."""
    payload = orjson.dumps(values, default=str)
    return base64.urlsafe_b64encode(_mac(kit, operation, payload) + payload).rstrip(b"=").decode()


def decode_cursor(kit: Kit, cursor: str, *, operation: str = "") -> tuple[Any, ...]:
    """The values of a cursor, as JSON gives them back (dates and UUIDs as text). Raises `InvalidCursor`."""
    if len(cursor) > MAX_CURSOR:
        raise InvalidCursor
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidCursor from error
    mac, payload = raw[:_MAC], raw[_MAC:]
    if not hmac.compare_digest(mac, _mac(kit, operation, payload)):
        raise InvalidCursor
    return tuple(orjson.loads(payload))


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted: up to `limit` rows whose key comes after `after` (None: from the beginning)."""

    limit: int
    after: tuple[Any, ...] | None
    kit: Kit
    operation: str

    def cursor(self, *values: Any) -> str:
        """The cursor after a row with this key."""
        return encode_cursor(self.kit, *values, operation=self.operation)

    def cut(self, rows: Sequence[R], key: Callable[[R], Sequence[Any]]) -> tuple[Sequence[R], str | None]:
        """From up to `limit` + 1 rows in key order: the page, and its next cursor if there is one row too many."""
        if len(rows) <= self.limit:
            return rows, None
        shown = rows[: self.limit]
        return shown, self.cursor(*key(shown[-1]))


async def page_query(
    request: Request,
    cursor: Annotated[
        str | None, Query(max_length=MAX_CURSOR, description="`next_cursor` of the page before; absent for the first")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="rows per page")] = DEFAULT_LIMIT,
) -> PageRequest:
    """Dependency: the page that the caller asks for."""
    state = state_of(request)
    after = None if cursor is None else decode_cursor(state.kit, cursor, operation=state.operation)
    return PageRequest(limit=limit, after=after, kit=state.kit, operation=state.operation)


PageQuery = Annotated[PageRequest, Depends(page_query)]
