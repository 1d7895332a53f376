"""Strict JSON parser for untrusted input: one meaning only, and of bounded depth."""

import json
import math
import re
from typing import Any

_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)


class NotStrict(ValueError):
    """Error: no JSON, or JSON that two readers might understand differently. Carries nothing of it."""


def read_json(text: bytes, *, max_depth: int = 16) -> Any:
    """Parse: UTF-8 without a mark, no key twice, no NaN or infinity, no lone surrogate, at most so deep.

    Raises NotStrict. The caller bounds the length.
    """
    if _depth(text) > max_depth:
        raise NotStrict("too deep")
    try:
        found = json.loads(
            text.decode(), object_pairs_hook=_once, parse_constant=_refuse, parse_float=_finite, parse_int=_whole
        )
        json.dumps(found, ensure_ascii=False).encode()  # lone surrogates have no UTF-8
    except NotStrict:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrict("no JSON") from error
    return found


def _depth(text: bytes) -> int:
    deepest = depth = 0
    for character in _TEXTS.sub(b"", text):
        if character in b"[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in b"]}":
            depth -= 1
    return deepest


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise NotStrict("a key twice")
    return found


def _refuse(constant: str) -> Any:
    raise NotStrict("no number")


def _finite(text: str) -> float:
    if not math.isfinite(found := float(text)):
        raise NotStrict("no finite number")
    return found


def _whole(text: str) -> int:
    if len(text.removeprefix("-")) > 18:  # beyond 64 bits readers differ
        raise NotStrict("a number too long")
    return int(text)
