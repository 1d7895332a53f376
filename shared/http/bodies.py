"""Bodies of requests: read up to a limit, and JSON of a bounded shape, before anybody validates them."""

import json
from collections.abc import Sequence
from typing import Any

import orjson
from fastapi import Request

from shared.errors import FieldError, Invalid, TooLarge
from shared.reference.digits import is_digits

MAX_BODY = "x-max-body-bytes"
"""Where a route that takes more than an ordinary body says how much, and every operation in the document its limit."""
ROWS, BULK = 512 * 1024, 1024 * 1024
"""Bytes of bodies that an ordinary limit is too narrow for: one with tables inside, and one of many things."""
MAX_DEPTH = 32
"""How deep a JSON body may nest."""
MAX_NAMES = 256
"""Names that one object of a body may have."""
MAX_NAMES_IN_ALL = 25_000
"""Names that all objects of a body have together: five for each line of the largest division file."""
MAX_PARTS = 60_000
"""Objects and arrays of a body: as many points as fit a body of a megabyte."""
_NESTS = (dict, list)  # a union would be made anew for each value that is looked at
SHAPES = {
    "json_too_deep": f"嵌套层数超过 {MAX_DEPTH} 层",
    "too_many_names": f"一个对象中的字段超过 {MAX_NAMES} 个",
    "too_many_names_in_all": f"各对象的字段合计超过 {MAX_NAMES_IN_ALL} 个",
    "too_many_parts": f"对象和数组合计超过 {MAX_PARTS} 个",
}


async def read_body(request: Request, limit: int) -> None:
    """Read the body, at most `limit` bytes, and parse it if it is JSON. Raises `TooLarge` and `Invalid`."""
    declared = request.headers.get("content-length", "")
    if is_digits(declared) and int(declared) > limit:
        raise TooLarge.over(limit)
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise TooLarge.over(limit)
        chunks.append(chunk)
    body = b"".join(chunks)
    # Starlette keeps what it read under these names; set here, so that it is neither read nor parsed twice.
    request._body = body
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if body and (kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))):
        request._json = parse_json(body)


def parse_json(body: bytes) -> Any:
    """The value of a JSON text without NUL and with no name twice, of a shape that `MAX_DEPTH`, `MAX_NAMES`,
    `MAX_NAMES_IN_ALL` and `MAX_PARTS` bound.

    Raises `Invalid`. A refusal is to cost little more than the reading: every unknown field is an error of its own.
    """
    parts = body.count(b"[") + body.count(b"{")
    if parts > MAX_PARTS:
        raise refused("too_many_parts", SHAPES["too_many_parts"])
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise refused("json_invalid", "不是有效的 JSON") from error
    if (parts > MAX_DEPTH or body.count(b":") > MAX_NAMES) and (code := misshapen(value)) is not None:
        raise refused(code, SHAPES[code])
    if (names := names_in(value)) > MAX_NAMES_IN_ALL:
        raise refused("too_many_names_in_all", SHAPES["too_many_names_in_all"])
    if names != body.count(b":"):  # colons inside of texts, or a name that the parser lost
        json.loads(body, object_pairs_hook=_once, parse_int=str, parse_float=str)
    if b"\\u0000" in body:
        raise refused("control_character", "含有不允许的控制字符")
    return value


def names_in(value: Any) -> int:
    """How many names the objects of a value have together."""
    found, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            found += len(one)
            waiting += [inner for inner in one.values() if isinstance(inner, _NESTS)]
        elif isinstance(one, list):
            waiting += [inner for inner in one if isinstance(inner, _NESTS)]
    return found


def _once(pairs: Sequence[tuple[str, Any]]) -> None:
    """Two readers of an object with a name twice may read two things: a proxy the first, we the last."""
    if len({name for name, _ in pairs}) != len(pairs):
        raise refused("name_twice", "同一对象中有重复的字段")


def misshapen(value: Any) -> str | None:
    """The code of what is wrong with the shape of a body; None if nothing is. It costs less than validating would."""
    level = [value] if isinstance(value, _NESTS) else []
    for _ in range(MAX_DEPTH):
        if any(len(one) > MAX_NAMES for one in level if isinstance(one, dict)):
            return "too_many_names"
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, _NESTS)
        ]
        if not level:
            return None
    return "json_too_deep"


def refused(code: str, message: str) -> Invalid:
    """The refusal of a whole body."""
    return Invalid(errors=[FieldError("body", code, message)])
