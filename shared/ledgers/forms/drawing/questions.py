"""One question for each type of field: what is asked, with which keyboard, and what JavaRosa holds the answer to.

Exact numbers are asked as text with a keyboard of digits: a decimal of JavaRosa is a floating point number, its whole
numbers end at 32 bits, and Collect takes nine digits. Money is asked in yuan (元) and kept in fen (分).
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from shared.ledgers.forms.drawing.nodes import NO, YES
from shared.ledgers.grammar.fields import Bounds, FieldDefinition
from shared.ledgers.grammar.words import FieldType

Question = dict[str, Any]

AREAS = "areas.csv"
"""The list of areas that comes beside a form: of the device's own areas, so that the form is the same for everybody."""

DEPARTMENTS = "departments"
"""The id of the county's departments among the code lists."""

NINE_DIGITS = 999_999_999
IDS = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
REQUIRED = "必填"
SCANNED = frozenset(
    {FieldType.PERSON, FieldType.HOUSEHOLD, FieldType.DWELLING, FieldType.ORGANISATION, FieldType.RECORD}
)
"""Types whose value is an id: read from a code on the door, a card or a file, never typed."""


def plain(text: str) -> str:
    """A text for people that pyxform leaves as it is: `${…}` in a label would be taken for a field."""
    return "".join(letter for letter in text.replace("${", "＄{") if letter in "\t\n" or letter.isprintable())


def question(
    field: FieldDefinition, *, node: str, parent: str | None, lists: Mapping[str, Mapping[str, str]]
) -> tuple[Question, Sequence[tuple[str, str]]]:
    """The question of a field, and the constraints of its type with what is told if they do not hold.

    `parent`: the node of the field that narrows its choices.
    """
    asked: Question = {"name": node, "label": plain(field.title)}
    if field.help is not None:
        asked["hint"] = plain(field.help)
    made, constraints = _of_type(field, parent, lists)
    asked |= made
    if field.default is not None and (default := _default(field)) is not None:
        asked["default"] = default
    return asked, constraints


def _of_type(
    field: FieldDefinition, parent: str | None, lists: Mapping[str, Mapping[str, str]]
) -> tuple[Question, Sequence[tuple[str, str]]]:
    bounds = field.bounds or Bounds()
    match field.type:
        case FieldType.INTEGER:
            return _integer(bounds)
        case FieldType.DECIMAL | FieldType.PERCENT:
            scale = 2 if field.scale is None else field.scale
            return _digits(scale, bounds.min, bounds.max)
        case FieldType.MONEY:
            asked, held = _digits(2, _yuan(bounds.min), _yuan(bounds.max))
            return asked | {"label": plain(f"{field.title}（元）")}, held
        case FieldType.BOOLEAN:
            return _select([(YES, "是"), (NO, "否")], list_name="yes_no"), ()
        case FieldType.DATE:
            return {"type": "date"}, _days(bounds)
        case FieldType.TIME:
            return {"type": "time"}, ()
        case FieldType.CHOICE | FieldType.CHOICES:
            several = field.type is FieldType.CHOICES
            offered = [one for one in field.choices if not one.retired]
            rows = [(one.code, one.title, one.parent) for one in offered]
            return _cascade(rows, parent, several=several), ()
        case FieldType.CODE:
            return _select(list(lists[field.code_list or ""].items())) | {"control": {"appearance": "minimal"}}, ()
        case FieldType.DEPARTMENT:
            of_county = _select(list(lists[DEPARTMENTS].items()), list_name=DEPARTMENTS)
            return of_county | {"control": {"appearance": "minimal"}}, ()
        case FieldType.AREA:
            return from_areas(None), ()
        case FieldType.GRID:
            return from_areas("level = 'grid'"), ()
        case FieldType.POINT:
            return {"type": "geopoint"}, ()
        case FieldType.PHOTO:
            return {"type": "photo", "parameters": {"max-pixels": "2048"}, "bind": {"orx:max-pixels": "2048"}}, ()
        case FieldType.SIGNATURE:
            return {"type": "photo", "control": {"appearance": "signature"}}, ()
        case FieldType.FILE:
            return {"type": "file"}, ()
        case FieldType.PHONE:
            return _keyboard("numbers"), (("regex(., '^[0-9+ -]{3,20}$')", "请填写电话号码"),)
        case FieldType.IDENTITY_NUMBER:
            return {"type": "text"}, (("regex(., '^[0-9A-Za-z()]{6,20}$')", "请填写证件号码"),)
        case _ if field.type in SCANNED:
            return {"type": "barcode"}, ((f"regex(., '{IDS}')", "请扫描对应的二维码"),)
        case FieldType.LONG_TEXT:
            return _keyboard("multiline"), _length(bounds)
    return {"type": "text"}, _length(bounds)


def from_areas(narrowed: str | None) -> Question:
    """A choice among the areas of the list that comes with the form."""
    made: Question = {"type": "select one", "itemset": AREAS, "parameters": {}, "control": {"appearance": "minimal"}}
    return made if narrowed is None else made | {"choice_filter": narrowed}


def _keyboard(appearance: str) -> Question:
    return {"type": "text", "control": {"appearance": appearance}}


def _length(bounds: Bounds) -> Sequence[tuple[str, str]]:
    if bounds.max_length is None:
        return ()
    return ((f"string-length(.) <= {bounds.max_length}", f"不超过 {bounds.max_length} 字"),)


def _integer(bounds: Bounds) -> tuple[Question, Sequence[tuple[str, str]]]:
    small = all(isinstance(one, int) and abs(one) <= NINE_DIGITS for one in (bounds.min, bounds.max))
    if small:
        return {"type": "integer"}, _between(bounds.min, bounds.max)
    asked, held = _digits(0, bounds.min, bounds.max)
    return asked, held


def _digits(scale: int, least: object, most: object) -> tuple[Question, Sequence[tuple[str, str]]]:
    places = f"([.][0-9]{{1,{scale}}})?" if scale else ""
    told = f"请填写数字，小数不超过 {scale} 位" if scale else "请填写整数"
    return _keyboard("numbers"), ((f"regex(., '^-?[0-9]{{1,15}}{places}$')", told), *_between(least, most))


def _between(least: object, most: object) -> Sequence[tuple[str, str]]:
    held = []
    if least is not None:
        held.append((f". >= {least}", f"不小于 {least}"))
    if most is not None:
        held.append((f". <= {most}", f"不大于 {most}"))
    return held


def _yuan(fen: object) -> str | None:
    return None if fen is None else f"{Decimal(str(fen)) / 100:f}"


def _days(bounds: Bounds) -> Sequence[tuple[str, str]]:
    held = []
    if isinstance(bounds.min, date):
        held.append((f". >= date('{bounds.min}')", f"不早于 {bounds.min}"))
    if isinstance(bounds.max, date):
        held.append((f". <= date('{bounds.max}')", f"不晚于 {bounds.max}"))
    if bounds.not_after_today:
        held.append((". <= today()", "不晚于今天"))
    return held


def _select(rows: Sequence[tuple[str, str]], *, list_name: str | None = None) -> Question:
    choices = [{"name": code, "label": plain(title)} for code, title in rows]
    return {"type": "select one", "choices": choices, "list_name": list_name, "parameters": {}}


def _cascade(rows: Sequence[tuple[str, str, str | None]], parent: str | None, *, several: bool) -> Question:
    choices = []
    for code, title, above in rows:
        choice = {"name": code, "label": plain(title)}
        choices.append(choice | {"parent": above} if above is not None and parent is not None else choice)
    made: Question = {
        "type": "select all that apply" if several else "select one",
        "choices": choices,
        "parameters": {},
    }
    if parent is not None and any("parent" in one for one in choices):
        made["choice_filter"] = f"parent = ${{{parent}}}"
    return made


def _default(field: FieldDefinition) -> str | None:
    """The default as the form holds it; None for free text, which pyxform could take for an expression."""
    value = field.default
    match field.type:
        case FieldType.BOOLEAN:
            return YES if value is True else NO
        case FieldType.MONEY:
            return _yuan(value)
        case FieldType.INTEGER | FieldType.CHOICE | FieldType.CODE | FieldType.DATE:
            return str(value)
        case FieldType.DECIMAL | FieldType.PERCENT if not str(value).startswith("-"):
            return str(value)
    return None
