"""The values of a record out of an instance, in the JSON forms of docs/architecture/ledgers.md."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from shared.errors import FieldError
from shared.ledgers.forms.drawing.form import version_of
from shared.ledgers.forms.drawing.nodes import AREA, NO, SUBJECT, YES, node_of, rows_node
from shared.ledgers.forms.instances.reading import Node
from shared.ledgers.forms.instances.refusals import InstanceEncrypted, NotAnInstance, NotFilledIn
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import MAX_ROWS, FieldDefinition
from shared.ledgers.grammar.words import ATTACHED, FieldType

_ID = re.compile(r"uuid:([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})")
_CODE = re.compile(r"[a-z][a-z0-9_]{2,40}")
_WHOLE = re.compile(r"-?[0-9]{1,15}")
_YUAN = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,2})?")
_TIME = re.compile(r"(([01][0-9]|2[0-3]):[0-5][0-9])(:[0-5][0-9](\.[0-9]{1,9})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?")
_POINT = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{1,20})?) (-?[0-9]{1,3}(?:\.[0-9]{1,20})?)(?: -?[0-9.E-]{1,20}){0,2}")
_KEY = "base64EncryptedKey"
"""Stands in the manifest that phones send for what they encrypted (ODK XForms, Encryption)."""
_FILE = re.compile(r"[^/\\\x00-\x1f]{1,200}")


@dataclass(frozen=True, slots=True)
class Head:
    """Which form an instance is of, and its id: the same id is the same record, however often it comes."""

    code: str
    ledger_version: int
    instance_id: UUID


@dataclass(frozen=True, slots=True)
class Attached:
    """The name of a file that comes with the instance, in place of its id."""

    name: str


@dataclass(frozen=True, slots=True)
class Filled:
    """What was filled in. Among `values`, files are `Attached` until they are stored."""

    area: str | None
    subject: str | None
    values: Mapping[str, Any]

    def files(self) -> Iterator[tuple[str, str | None, int | None, Attached]]:
        """Every file that the values name: field, column and row of a small table, the file."""
        for name, value in self.values.items():
            if isinstance(value, Attached):
                yield name, None, None, value
            elif isinstance(value, list):
                for place, row in enumerate(value):
                    for column, held in row.items() if isinstance(row, dict) else ():
                        if isinstance(held, Attached):
                            yield name, column, place, held


def head_of(root: Node) -> Head:
    """Form, version and id. Raises `NotAnInstance` if one is missing, or if the instance changes another.

    Of a manifest of encrypted answers raises `InstanceEncrypted`.
    """
    if root.attributes.get("encrypted") == "yes" or any(child.name == _KEY for child in root.children):
        raise InstanceEncrypted
    meta = [child for child in root.children if child.name == "meta"]
    inside = {one.name: one.text.strip() for one in meta[0].children} if len(meta) == 1 else {}
    found = _ID.fullmatch(inside.get("instanceID", ""))
    version = version_of(root.attributes.get("version", ""))
    code = _CODE.fullmatch(root.attributes.get("id", ""))
    if found is None or version is None or code is None or inside.get("deprecatedID"):
        raise NotAnInstance
    return Head(code[0], version, UUID(found.group(1)))


def filled_in(root: Node, definition: Definition) -> Filled:
    """The answers of an instance of this ledger's form. Raises `NotFilledIn` with every field that is wrong.

    What the values mean is the ledger's to judge; here only the writing of the form is undone.
    """
    return _Reading(definition).read(root)


class _Reading:
    """Reads one instance."""

    def __init__(self, definition: Definition) -> None:
        self.fields = {node_of(one.name): one for one in definition.fields}
        self.rows = {rows_node(one.name): one for one in definition.rows}
        self.errors: list[FieldError] = []
        self.values: dict[str, Any] = {}
        self.places: dict[str, str | None] = {AREA: None, SUBJECT: None}

    def read(self, root: Node) -> Filled:
        self._page(root.children)
        if self.errors:
            raise NotFilledIn(errors=self.errors[:20])
        return Filled(self.places[AREA], self.places[SUBJECT], self.values)

    def _page(self, nodes: Sequence[Node]) -> None:
        for node in nodes:
            if node.name in self.rows:
                self._row(node)
            elif node.name in self.fields:
                one = self.fields[node.name]
                self._take(self.values, one, node, f"values.{one.name}")
            elif node.name in self.places:
                self.places[node.name] = node.text.strip() or None
            elif node.name[:1].isupper():  # a page, or the number of rows
                self._page(node.children)
            elif node.name != "meta":
                self._wrong("values", "extra_forbidden", "表单中有本台账没有的字段")

    def _row(self, node: Node) -> None:
        rows = self.rows[node.name]
        found: list[dict[str, Any]] = self.values.setdefault(rows.name, [])
        if len(found) >= MAX_ROWS:
            self._wrong(f"values.{rows.name}", "too_long", f"行数不得超过 {MAX_ROWS}")
            return
        columns = {node_of(one.name, rows.name): one for one in rows.fields}
        row: dict[str, Any] = {}
        for cell in _cells(node):
            if cell.name not in columns:
                self._wrong(f"values.{rows.name}", "extra_forbidden", "表单中有本台账没有的列")
                continue
            one = columns[cell.name]
            self._take(row, one, cell, f"values.{rows.name}.{len(found)}.{one.name}")
        found.append(row)

    def _take(self, into: dict[str, Any], one: FieldDefinition, node: Node, path: str) -> None:
        text = node.text.strip()
        if node.children or one.name in into:
            self._wrong(path, "repeated", "只能填写一次")
        elif text:
            try:
                into[one.name] = value_of(one.type, text)
            except ValueError:
                self._wrong(path, "format", "格式不正确")

    def _wrong(self, path: str, code: str, message: str) -> None:
        self.errors.append(FieldError(path, code, message))


def _cells(node: Node) -> Iterator[Node]:
    for child in node.children:
        if child.name[:1].isupper():
            yield from _cells(child)
        else:
            yield child


def value_of(type: FieldType, text: str) -> Any:
    """An answer in the JSON form of its type. Raises `ValueError` for what the form cannot have written."""
    match type:
        case FieldType.INTEGER:
            return int(_matched(_WHOLE, text)[0])
        case FieldType.MONEY:
            return int(Decimal(_matched(_YUAN, text)[0]) * 100)
        case FieldType.BOOLEAN:
            return {YES: True, NO: False}[text] if text in (YES, NO) else _wrong()
        case FieldType.TIME:
            return _matched(_TIME, text)[1]
        case FieldType.CHOICES:
            return text.split()
        case FieldType.POINT:
            found = _matched(_POINT, text)
            return {"longitude": float(found[2]), "latitude": float(found[1])}
        case _ if type in ATTACHED:
            return Attached(_matched(_FILE, text)[0])
    return text


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    return _wrong() if found is None else found


def _wrong() -> Any:
    raise ValueError("not written by a form")
