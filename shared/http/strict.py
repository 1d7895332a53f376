"""Strictness of incoming bodies: a number is a JSON number, a flag is true or false, a day is YYYY-MM-DD.

Pydantic's own strict mode is made for Python values: it would refuse the text of a date or a UUID, which is how JSON
carries them.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from pydantic_core import PydanticKnownError, core_schema

_DAY = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}[Tt ].*")
_EXACT = frozenset({"bool", "int", "float"})


def make_strict(schema: Any, own: type) -> None:
    """Make the core schema of a body strict, in place; other models inside it see to themselves."""
    if isinstance(schema, list | tuple):
        for part in schema:
            make_strict(part, own)
    elif isinstance(schema, dict):
        if schema.get("type") == "model" and schema.get("cls") is not own:
            return
        if schema.get("type") == "function-before" and schema["function"]["function"] in _TEXTS.values():
            return  # the schema of a class is handed out again for each use: it would get a layer more every time
        for name, part in schema.items():
            if name in ("metadata", "serialization"):
                continue
            make_strict(part, own)
        kind = schema.get("type")
        if not isinstance(kind, str):  # a mapping of fields, one of which may be called so
            return
        if kind in _EXACT:
            schema["strict"] = True
        elif kind in _TEXTS:
            inner = dict(schema)
            schema.clear()
            schema.update(core_schema.no_info_before_validator_function(_TEXTS[kind], inner))


def _day(value: Any) -> Any:
    if type(value) is date:
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("date_type")
    if not _DAY.fullmatch(value):
        raise PydanticKnownError("date_from_datetime_parsing", {"error": "not YYYY-MM-DD"})
    return value


def _instant(value: Any) -> Any:
    if type(value) is datetime:
        return value
    if not isinstance(value, str):
        raise PydanticKnownError("datetime_type")
    if not _INSTANT.fullmatch(value):
        raise PydanticKnownError("datetime_parsing", {"error": "not RFC 3339"})
    return value


_TEXTS: dict[str, Callable[[Any], Any]] = {"date": _day, "datetime": _instant}
