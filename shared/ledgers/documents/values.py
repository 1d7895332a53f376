"""JSON Schemas of the values of a ledger: as they are sent, changed, shown."""

from collections.abc import Mapping
from typing import Any

from shared.contracts.examples import UUID_EXAMPLE
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.compiler.indexes import SEALED
from shared.ledgers.compiler.ledger import Ledger
from shared.ledgers.compiler.texts import MAX_LONG_TEXT, MAX_TEXT, bounds_of
from shared.ledgers.compiler.values import MAX_SAFE, scale_of
from shared.ledgers.grammar.fields import FieldDefinition, RowsDefinition
from shared.ledgers.grammar.words import FieldType

Schema = dict[str, Any]

AREA = r"^[0-9]{2}([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3}([0-9]{3})?)?)?)?)?$"
POINT: Schema = {
    "type": "object",
    "properties": {
        "longitude": {"type": "number", "minimum": -180, "maximum": 180, "examples": [111.205]},
        "latitude": {"type": "number", "minimum": -90, "maximum": 90, "examples": [22.905]},
    },
    "required": ["longitude", "latitude"],
    "additionalProperties": False,
}
_PLAIN: Mapping[FieldType, Schema] = {
    FieldType.BOOLEAN: {"type": "boolean", "examples": [True]},
    FieldType.DATE: {"type": "string", "format": "date", "examples": ["2026-11-02"]},
    FieldType.TIME: {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["08:30"]},
    FieldType.AREA: {"type": "string", "pattern": AREA, "examples": ["450481114201"]},
    FieldType.GRID: {"type": "string", "pattern": "^[0-9]{15}$", "examples": ["450481114201001"]},
    FieldType.DEPARTMENT: {"type": "string", "pattern": "^[A-Za-z0-9_.-]{1,64}$", "examples": ["civil_affairs"]},
    FieldType.PHONE: {"type": "string", "maxLength": 40, "examples": ["0774-8212345"]},
    FieldType.IDENTITY_NUMBER: {"type": "string", "maxLength": 40, "examples": ["11010519491231002X"]},
    FieldType.NAME: {"type": "string", "maxLength": 100, "examples": ["示例甲"]},
    FieldType.ADDRESS: {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "examples": ["示例路 1 号"]},
    FieldType.POINT: POINT,
}
_FILES: Mapping[FieldType, str] = {
    FieldType.PHOTO: "照片：先用 uploadFile 上传图片，此处填文件标识 id of an uploaded picture",
    FieldType.SIGNATURE: "签名：先用 uploadFile 上传图片，此处填文件标识 id of an uploaded picture",
    FieldType.FILE: "附件：先用 uploadFile 上传，此处填文件标识 id of an uploaded file",
}
"""What is told of fields whose value is the id of a file."""

_ID: Schema = {"type": "string", "format": "uuid", "examples": [UUID_EXAMPLE]}


def area_schema() -> Schema:
    """The schema of an area's code."""
    return dict(_PLAIN[FieldType.AREA])


def sent(ledger: Ledger) -> Schema:
    """What is sent when a record is opened: required fields stand there, others may be null or left out."""
    required = [name for name, field in ledger.fields.items() if field.required and field.default is None]
    required += [name for name, rows in ledger.rows.items() if rows.min > 0]
    return _values(ledger, _sendable(ledger), required)


def changed(ledger: Ledger, names: list[str] | None = None) -> Schema:
    """What is sent when values are set right, or by a step that fills these."""
    return _values(ledger, _sendable(ledger) if names is None else names, [])


def _sendable(ledger: Ledger) -> list[str]:
    """Fields and small tables but for those that follow the subject."""
    return [name for name in (*ledger.fields, *ledger.rows) if name not in ledger.followed_fields]


def shown(ledger: Ledger, names: list[str] | None = None) -> Schema:
    """What is shown: filled fields only; what is sealed may be masked, and is then a text."""
    found: Schema = {"type": "object", "properties": {}, "additionalProperties": False}
    for name in [*ledger.fields, *ledger.rows, *ledger.computed_fields] if names is None else names:
        if name in ledger.computed_fields:
            computed = ledger.computed_fields[name]
            plain = field_schema(
                FieldDefinition(name=computed.name, title=computed.title, type=computed.type, scale=computed.scale)
                if computed.type is not FieldType.CHOICE
                else FieldDefinition(name=computed.name, title=computed.title, type=FieldType.TEXT)
            )
        elif name in ledger.rows:
            plain = _table(ledger.rows[name], masked=True)
        else:
            plain = _shown(ledger.fields[name])
        if name in ledger.computed_fields and ledger.privacy[name] in SEALED:
            plain = {"description": plain["description"]}
        found["properties"][name] = plain
    return found


def field_schema(field: FieldDefinition) -> Schema:
    """The schema of a field's values, its title and help with it, and an example that it takes."""
    told = (field.title, field.help, _FILES.get(field.type))
    schema = {**_typed(field), "description": " ".join(filter(None, told))}
    if field.example is not None:
        schema["examples"] = [[field.example] if field.type is FieldType.CHOICES else field.example]
    return schema


def _typed(field: FieldDefinition) -> Schema:
    bounds = bounds_of(field)
    match field.type:
        case FieldType.TEXT | FieldType.LONG_TEXT:
            longest = bounds.max_length or (MAX_TEXT if field.type is FieldType.TEXT else MAX_LONG_TEXT)
            return {"type": "string", "minLength": 1, "maxLength": longest, "examples": ["示例"[:longest]]}
        case FieldType.INTEGER | FieldType.MONEY:
            least = bounds.min if type(bounds.min) is int else -MAX_SAFE
            most = bounds.max if type(bounds.max) is int else MAX_SAFE
            return {"type": "integer", "minimum": least, "maximum": most, "examples": [min(max(1, least), most)]}
        case FieldType.DECIMAL | FieldType.PERCENT:
            places = scale_of(field)
            tail = rf"(\.[0-9]{{1,{places}}})?" if places else ""
            return {"type": "string", "pattern": rf"^-?[0-9]{{1,12}}{tail}$", "examples": ["1"]}
        case FieldType.CHOICE | FieldType.CHOICES:
            offered = [choice for choice in field.choices if not choice.retired]
            one: Schema = {
                "type": "string",
                "enum": [choice.code for choice in offered],
                "x-enum-descriptions": [choice.title for choice in offered],
            }
            if field.type is FieldType.CHOICE:
                return one
            return {"type": "array", "items": one, "minItems": 1, "uniqueItems": True}
        case FieldType.CODE:
            names = CODE_LISTS[field.code_list or ""]
            return {"type": "string", "enum": list(names), "x-enum-descriptions": list(names.values())}
        case _:
            return dict(_PLAIN.get(field.type, _ID))


def _values(ledger: Ledger, names: list[str], required: list[str]) -> Schema:
    found: Schema = {"type": "object", "properties": {}, "required": required, "additionalProperties": False}
    for name in names:
        if name in ledger.rows:
            found["properties"][name] = _table(ledger.rows[name], masked=False)
        else:
            plain = field_schema(ledger.fields[name])
            found["properties"][name] = plain if name in required else _or_null(plain)
    return found


def _table(rows: RowsDefinition, *, masked: bool) -> Schema:
    columns = {
        column.name: _or_null(_shown(column) if masked else field_schema(column))
        if masked or not column.required
        else field_schema(column)
        for column in rows.fields
    }
    row: Schema = {"type": "object", "properties": columns, "additionalProperties": False}
    if not masked:
        row["required"] = [column.name for column in rows.fields if column.required and column.default is None]
    limits = {} if masked else {"minItems": rows.min, "maxItems": rows.max}
    return {"type": "array", "items": row, **limits, "description": rows.title}


def _shown(field: FieldDefinition) -> Schema:
    schema = field_schema(field)
    if field.privacy in SEALED:
        return {"description": schema["description"], "examples": ["*"]}
    if field.type in (FieldType.CHOICE, FieldType.CHOICES):  # retired ones are shown where they stand
        codes: Schema = {"type": "string", "enum": [choice.code for choice in field.choices]}
        codes = codes if field.type is FieldType.CHOICE else {"type": "array", "items": codes}
        return {**codes, "description": schema["description"]}
    return schema


def _or_null(schema: Schema) -> Schema:
    outside: Schema = {key: schema[key] for key in ("description", "examples") if key in schema}
    inside = {key: value for key, value in schema.items() if key not in outside}
    return {"anyOf": [inside, {"type": "null"}], **outside} if inside else outside
