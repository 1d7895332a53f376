"""Values of fields: what is sent becomes the one JSON form of its type, or is refused. A refusal never repeats it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from shared.contracts.points import Point
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.compiler.texts import TEXT_TAKERS, Refused, Taker, bounds_of
from shared.ledgers.expressions.functions import day_number, decimal_text, millionths
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import FieldType
from shared.reference.areas import GRID_DIGITS, is_canonical
from shared.reference.days import FIRST_YEAR, LAST_YEAR

MAX_SAFE = 2**53 - 1
"""The largest whole number that every JSON reader keeps."""

DEFAULT_SCALE = 2

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_CODE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
_DECIMAL = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def taker(field: FieldDefinition) -> Taker:
    """What takes the values of a field."""
    return _TAKERS.get(field.type, _id)(field)


def scale_of(field: FieldDefinition) -> int:
    """Decimal places of a decimal or percent."""
    return DEFAULT_SCALE if field.scale is None else field.scale


def _integer(field: FieldDefinition) -> Taker:
    bounds = bounds_of(field)
    least = _whole(bounds.min, -MAX_SAFE)
    most = _whole(bounds.max, MAX_SAFE)

    def take(value: Any, today: date) -> int:
        if type(value) is not int:
            raise Refused("int_type", "应为整数")
        if value < least:
            raise Refused("greater_than_equal", f"应不小于 {least}")
        if value > most:
            raise Refused("less_than_equal", f"应不大于 {most}")
        return value

    return take


def _whole(bound: Any, otherwise: int) -> int:
    return bound if type(bound) is int else otherwise


def _decimal(field: FieldDefinition) -> Taker:
    bounds, scale = bounds_of(field), scale_of(field)
    least, most = (None if bound is None else millionths(str(bound)) for bound in (bounds.min, bounds.max))

    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
            raise Refused("decimal_type", "应为数字文本（如 12.50）")
        number = millionths(value)
        text = decimal_text(number, scale)
        if millionths(text) != number:
            raise Refused("decimal_places", f"最多 {scale} 位小数")
        if least is not None and number < least:
            raise Refused("greater_than_equal", f"应不小于 {bounds.min}")
        if most is not None and number > most:
            raise Refused("less_than_equal", f"应不大于 {bounds.max}")
        return text

    return take


def _boolean(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> bool:
        if type(value) is not bool:
            raise Refused("bool_type", "应为 true 或 false")
        return value

    return take


def _date(field: FieldDefinition) -> Taker:
    bounds = bounds_of(field)
    least, most = (bound.isoformat() if isinstance(bound, date) else None for bound in (bounds.min, bounds.max))

    def take(value: Any, today: date) -> str:
        try:
            if not isinstance(value, str):
                raise ValueError("no day")
            day_number(value)
        except ValueError:
            raise Refused("date_type", f"应为日期（YYYY-MM-DD），年份在 {FIRST_YEAR} 至 {LAST_YEAR} 之间") from None
        if least is not None and value < least:
            raise Refused("greater_than_equal", f"应不早于 {least}")
        if most is not None and value > most:
            raise Refused("less_than_equal", f"应不晚于 {most}")
        if bounds.not_after_today and value > today.isoformat():
            raise Refused("after_today", "应不晚于今天")
        return value

    return take


def _time(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise Refused("time_type", "应为时间（HH:MM）")
        return value

    return take


def _choice(field: FieldDefinition) -> Taker:
    offered = {choice.code: not choice.retired for choice in field.choices}

    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or value not in offered:
            raise Refused("choice", "不在选项之内")
        if not offered[value]:
            raise Refused("choice_retired", "该选项已停用")
        return value

    return take


def _choices(field: FieldDefinition) -> Taker:
    one, order = _choice(field), {choice.code: place for place, choice in enumerate(field.choices)}

    def take(value: Any, today: date) -> list[str]:
        if not isinstance(value, list) or not value:
            raise Refused("list_type", "应为选项的数组，至少 1 项")
        if len(value) > len(order):
            raise Refused("repeated", "不得重复")
        taken = [one(item, today) for item in value]
        if len(set(taken)) != len(taken):
            raise Refused("repeated", "不得重复")
        return sorted(taken, key=order.__getitem__)

    return take


def _code(field: FieldDefinition) -> Taker:
    codes: Mapping[str, str] = CODE_LISTS.get(field.code_list or "", {})

    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or value not in codes:
            raise Refused("code", "代码不在代码表中")
        return value

    return take


def _area(field: FieldDefinition) -> Taker:
    grid = field.type is FieldType.GRID

    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or not is_canonical(value) or (grid and len(value) != GRID_DIGITS):
            raise Refused("area_code", "应为 15 位网格编码" if grid else "应为区划代码（2、4、6、9、12 或 15 位）")
        return value

    return take


def _department(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> str:
        if not isinstance(value, str) or not _CODE.fullmatch(value):
            raise Refused("department", "应为部门代码")
        return value

    return take


def _id(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> str:
        try:
            if not isinstance(value, str) or len(value) != 36:
                raise ValueError("no id")
            return str(UUID(value))
        except ValueError:
            raise Refused("uuid_type", "应为标识（UUID）") from None

    return take


def _point(field: FieldDefinition) -> Taker:
    def take(value: Any, today: date) -> dict[str, float]:
        try:
            point = Point.model_validate(value)
        except ValidationError:
            raise Refused("point", "应为坐标点：longitude、latitude 两个数字") from None
        return {"longitude": point.longitude, "latitude": point.latitude}

    return take


_TAKERS: Mapping[FieldType, Callable[[FieldDefinition], Taker]] = {
    **TEXT_TAKERS,
    FieldType.INTEGER: _integer,
    FieldType.MONEY: _integer,
    FieldType.DECIMAL: _decimal,
    FieldType.PERCENT: _decimal,
    FieldType.BOOLEAN: _boolean,
    FieldType.DATE: _date,
    FieldType.TIME: _time,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.CODE: _code,
    FieldType.AREA: _area,
    FieldType.GRID: _area,
    FieldType.DEPARTMENT: _department,
    FieldType.POINT: _point,
}
"""Every other type is an id: of a person, household, dwelling, organisation, record or stored file."""
