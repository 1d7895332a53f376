"""Keyset pages: a cursor is the key of the last row shown, sealed, and good for one operation only."""

import hashlib
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, TypeVar

import orjson
from fastapi import Depends, Query, Request

from shared.crypto.keyring import KeyRing
from shared.crypto.opaque import OpaqueTokens
from shared.crypto.service import CannotOpen
from shared.errors import DomainError, ErrorKind
from shared.http.kit import Kit, state_of

R = TypeVar("R")

MAX_LIMIT = 200
DEFAULT_LIMIT = 50
MAX_CURSOR = 2048


class InvalidCursor(DomainError):
    """Not a cursor that this operation gave out."""

    kind, code, title = ErrorKind.INVALID, "invalid_cursor", "翻页标记无效"
    advice = "请从第一页重新查询"


@cache
def _tokens(secret: str, operation: str) -> OpaqueTokens:
    """Maker and reader of an operation's cursors; the key is drawn from the setting, which is a text of any length."""
    key = hmac.new(secret.encode(), b"page cursors", hashlib.sha256).digest()[:16]
    return OpaqueTokens(KeyRing({"p": key}), purpose=f"cursor {operation}")


def _tokens_of(kit: Kit, operation: str) -> OpaqueTokens:
    return _tokens(kit.settings.cursor_key.get_secret_value(), operation)


def encode_cursor(kit: Kit, *values: Any, operation: str = "") -> str:
    """The cursor of a row's key: text, numbers, dates, UUIDs."""
    return _tokens_of(kit, operation).seal(orjson.dumps(values, default=str))


def decode_cursor(kit: Kit, cursor: str, *, operation: str = "") -> tuple[Any, ...]:
    """The values of a cursor, as JSON gives them back (dates and UUIDs as text). Raises `InvalidCursor`."""
    if len(cursor) > MAX_CURSOR:
        raise InvalidCursor
    try:
        return tuple(orjson.loads(_tokens_of(kit, operation).open(cursor)))
    except CannotOpen:
        raise InvalidCursor from None


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
        str | None,
        Query(max_length=MAX_CURSOR, description="翻页标记 `next_cursor` of the page before; absent for the first"),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT, description="每页条数 rows per page")] = DEFAULT_LIMIT,
) -> PageRequest:
    """Dependency: the page that the caller asks for."""
    state = state_of(request)
    after = None if cursor is None else decode_cursor(state.kit, cursor, operation=state.operation)
    return PageRequest(limit=limit, after=after, kit=state.kit, operation=state.operation)


PageQuery = Annotated[PageRequest, Depends(page_query)]
