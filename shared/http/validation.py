"""Validation errors of pydantic as path, code and Chinese message; never the value, never a name from the caller."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic_core.core_schema import ErrorType

from shared.errors import FieldError
from shared.http.patterns import PATTERNS

_NAME = re.compile(r"^[a-z][a-z0-9_-]{0,39}$")
_OURS = re.compile(r"[0-9]{5,}")
_EXPECTED = re.compile(r"'([^']*)'|(-?[0-9]+)")
MAX_NAMED = 20
"""A longer list of values is not told: it stands among the code lists."""
MAX_ERRORS = 50
"""A body with a thousand wrong rows is told of the first of them."""

BUILT_IN = frozenset(get_args(ErrorType))

MESSAGES: Mapping[str, str] = {
    "missing": "必填",
    "extra_forbidden": "含有未定义的字段",
    "json_invalid": "不是有效的 JSON",
    "model_attributes_type": "应为对象",
    "model_type": "应为对象",
    "dict_type": "应为对象",
    "list_type": "应为数组",
    "tuple_type": "应为数组",
    "set_type": "应为数组",
    "too_short": "至少 {min_length} 项",
    "too_long": "最多 {max_length} 项",
    "string_type": "应为文本",
    "string_too_short": "至少 {min_length} 个字符",
    "string_too_long": "最多 {max_length} 个字符",
    "string_pattern_mismatch": "格式不正确",
    "enum": "不在允许的取值之内",
    "literal_error": "不在允许的取值之内",
    "int_type": "应为整数",
    "int_parsing": "应为整数",
    "int_from_float": "应为整数",
    "float_type": "应为数字",
    "float_parsing": "应为数字",
    "decimal_type": "应为数字",
    "decimal_parsing": "应为数字",
    "bool_type": "应为 true 或 false",
    "bool_parsing": "应为 true 或 false",
    "greater_than": "应大于 {gt}",
    "greater_than_equal": "应不小于 {ge}",
    "less_than": "应小于 {lt}",
    "less_than_equal": "应不大于 {le}",
    "uuid_type": "应为 UUID",
    "uuid_parsing": "应为 UUID",
    "date_type": "应为日期（YYYY-MM-DD）",
    "date_parsing": "应为日期（YYYY-MM-DD）",
    "date_from_datetime_parsing": "应为日期（YYYY-MM-DD）",
    "date_from_datetime_inexact": "应为日期（YYYY-MM-DD）",
    "datetime_type": "应为时间（RFC 3339）",
    "datetime_parsing": "应为时间（RFC 3339）",
    "datetime_from_date_parsing": "应为时间（RFC 3339）",
    "timezone_aware": "时间应带时区",
    "union_tag_invalid": "类别不在允许的取值之内",
    "union_tag_not_found": "缺少类别",
    "value_error": "取值不正确",
}


def field_errors(errors: Sequence[Any]) -> list[FieldError]:
    """One `FieldError` per pydantic error, in order; of what has wrong items these alone.

    Pydantic counts the items of a tuple after it dropped the wrong ones, and calls it too short besides.
    """
    told = [error for error in errors if error["type"] != "too_short" or not _has_wrong_items(error, errors)]
    return [_field_error(error) for error in told[:MAX_ERRORS]]


def _has_wrong_items(error: Mapping[str, Any], errors: Sequence[Any]) -> bool:
    at = tuple(error["loc"])
    return any(len(one["loc"]) > len(at) and tuple(one["loc"][: len(at)]) == at for one in errors)


def _field_error(error: Mapping[str, Any]) -> FieldError:
    type_ = str(error["type"])
    location = tuple(error["loc"])
    if type_ == "json_invalid":
        location = location[:1]
    if type_ == "extra_forbidden":
        location = location[:-1]  # its last part is the caller's own word
    if type_ not in BUILT_IN:  # PydanticCustomError: code and message are ours
        return FieldError(_path(location), type_, str(error["msg"]))
    return FieldError(_path(location), type_, _message(type_, error.get("ctx", {})))


def _message(type_: str, context: Mapping[str, Any]) -> str:
    """What is asked for: the form, the values or the bounds, all of them the contract's own."""
    if type_ == "string_pattern_mismatch" and (form := PATTERNS.get(str(context.get("pattern")))):
        return form
    if type_ in ("enum", "literal_error"):
        values = [text or number for text, number in _EXPECTED.findall(str(context.get("expected", "")))]
        if 0 < len(values) <= MAX_NAMED:
            return f"应为下列之一：{'、'.join(values)}"
    try:
        return MESSAGES.get(type_, "格式不正确").format(**{name: _written(value) for name, value in context.items()})
    except (KeyError, IndexError):
        return "格式不正确"


def _written(bound: Any) -> Any:
    """A bound as people write it: 90, not 90.0."""
    return int(bound) if isinstance(bound, float) and bound.is_integer() else bound


def _path(location: Sequence[Any]) -> str:
    """`members.0.name` in the body, `body` for the whole of it; `query.limit`, `path.id`, `header.if-match` elsewhere.

    Keys of a mapping are the caller's words too: what does not look like a field of ours becomes `*`.
    """
    parts = location[1:] if location and location[0] == "body" else location
    path = ".".join(
        str(part) if isinstance(part, int) or (_NAME.match(str(part)) and not _OURS.search(str(part))) else "*"
        for part in parts
    )
    return path or "body"
