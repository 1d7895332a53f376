"""A form's condition as a definition writes it: typed literals, and comparisons that say what an empty field means."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from shared.ledgers.forms.conditions.cel import write_cel
from shared.ledgers.forms.conditions.tree import Chosen, FieldValue, Joined, Literal, Negated, Node, Unsaid, is_null
from shared.ledgers.forms.conditions.xpath import read_xpath
from shared.ledgers.grammar.words import FieldType

_ORDER = frozenset({"<", "<=", ">", ">="})
_WHOLE = frozenset({FieldType.INTEGER, FieldType.MONEY})
_EXACT = frozenset({FieldType.DECIMAL, FieldType.PERCENT})


def cel_of(xpath: str, types: Mapping[str, FieldType], own: str) -> str:
    """The condition of a form in CEL; `types`: of the fields that it may read. Raises `Unsaid`."""
    return write_cel(typed(read_xpath(xpath), types, own), own=own)


def typed(node: Node, types: Mapping[str, FieldType], own: str) -> Node:
    """The same condition with literals of the types of what they are compared with. Raises `Unsaid`."""
    match node:
        case Chosen(field, choice) if _type(field, types, own) is FieldType.CHOICE:
            return Joined("==", field, Literal(choice))
        case Chosen(field, _):
            if _type(field, types, own) is not FieldType.CHOICES:
                raise Unsaid("selected() 只能用于选择题")
            return node
        case Negated(part):
            return Negated(typed(part, types, own))
        case Joined("and" | "or" as operator, left, right):
            return Joined(operator, typed(left, types, own), typed(right, types, own))
        case Joined(operator, left, right):
            one, other = _compared(left, right, types, own), _compared(right, left, types, own)
            made: Node = Joined(operator, one, other)
            if operator in _ORDER:  # on a phone what is empty is neither more nor less
                for side in (other, one):
                    if isinstance(side, FieldValue):
                        made = Joined("and", Joined("!=", side, Literal(None)), made)
            return made
        case FieldValue():
            _type(node, types, own)
    return node


def _compared(node: Node, other: Node, types: Mapping[str, FieldType], own: str) -> Node:
    """One side of a comparison or a sum, typed by the other."""
    if isinstance(node, Joined):
        return typed(node, types, own)
    if isinstance(node, FieldValue):
        if _type(node, types, own) is FieldType.CHOICES and not is_null(other):
            raise Unsaid("多选题请用 selected() 判断")
        return node
    if isinstance(node, Literal) and isinstance(other, FieldValue):
        return Literal(_as(_type(other, types, own), node.value))
    return node


def _type(field: FieldValue, types: Mapping[str, FieldType], own: str) -> FieldType:
    name = field.name or own
    if name not in types:
        raise Unsaid(f"条件引用了不能使用的字段 {name}")
    return types[name]


def _as(type: FieldType, value: Any) -> Any:
    """A literal as a value of the type. Raises `Unsaid`."""
    if value is None:
        return None
    try:
        if type in _EXACT:
            return Decimal(value)
        if type in _WHOLE:
            number = Decimal(value)
            if number != int(number):
                raise Unsaid("整数字段不能与小数比较")
            return int(number)
        if type is FieldType.DATE:
            return value if isinstance(value, date) else date.fromisoformat(value)
    except (InvalidOperation, ValueError, TypeError) as error:
        raise Unsaid("比较的值与字段类型不符") from error
    return str(value)
