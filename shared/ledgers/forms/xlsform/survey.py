"""The survey sheet: questions become fields, repeats small tables, groups pages, conditions rules."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.ledgers.forms.conditions.tree import FieldValue, Joined, Literal, Node, Today, Unsaid
from shared.ledgers.forms.conditions.xpath import read_xpath
from shared.ledgers.forms.xlsform.sheets import SheetRow, Workbook
from shared.ledgers.forms.xlsform.typed import cel_of
from shared.ledgers.grammar.words import FieldType
from shared.reference.digits import is_digits

JSON = dict[str, Any]

TYPES = {
    "text": FieldType.TEXT, "string": FieldType.TEXT, "integer": FieldType.INTEGER, "int": FieldType.INTEGER,
    "decimal": FieldType.DECIMAL, "date": FieldType.DATE, "time": FieldType.TIME, "geopoint": FieldType.POINT,
    "image": FieldType.PHOTO, "photo": FieldType.PHOTO, "file": FieldType.FILE, "barcode": FieldType.TEXT,
}  # fmt: skip
"""Questions that have a type of field."""

METADATA = frozenset(
    {"start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "start-geopoint"}
)
"""What a form notes by itself: a record knows who opened it and when."""

_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")
_CODE = re.compile(r"[a-z0-9][a-z0-9_]{0,40}")
_SELECT = re.compile(r"select_(one|multiple)\s+(\S+)(\s+or_other)?")
_FILTER = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*=\s*\$\{\s*([a-z][a-z0-9_]*)\s*\}\s*")
_LENGTH = re.compile(r"\s*string-length\(\s*\.\s*\)\s*<=?\s*([0-9]+)\s*")
_YES = frozenset({"yes", "true", "true()", "1"})
_NO = frozenset({"", "no", "false", "false()", "0"})


@dataclass
class Survey:
    """What the survey sheet gives. `places`: the row of each field, column and table, by path."""

    fields: list[JSON] = field(default_factory=list)
    rows: list[JSON] = field(default_factory=list)
    rules: list[JSON] = field(default_factory=list)
    groups: list[JSON] = field(default_factory=list)
    places: dict[str, SheetRow] = field(default_factory=dict)
    rule_places: list[tuple[SheetRow, str]] = field(default_factory=list)


@dataclass
class _Section:
    kind: str
    row: SheetRow
    relevant: str
    fields: list[JSON] | None = None  # of a repeat; None: left out
    left_out: bool = False


class SurveyReader:
    """Reads the sheet from above. What is left out is told, and everything in it with it."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.survey = Survey()
        self.sections: list[_Section] = []
        self.waiting: list[tuple[SheetRow, JSON, str, bool]] = []  # what has conditions: known once every field is

    def read(self) -> Survey:
        for row in self.workbook.rows("survey"):
            self._row(row)
        types = {one["name"]: FieldType(one["type"]) for one in self.survey.fields}
        for row, made, relevant, inside in self.waiting:
            self._conditions(row, made, relevant, {} if inside else types)
        for section in self.sections:
            self.workbook.tell(section.row, "type", "not_ended", "分组或重复没有结束")
        return self.survey

    def _row(self, row: SheetRow) -> None:
        kind = re.sub(r"\s+", " ", row["type"]).strip()
        begun = re.fullmatch(r"begin[ _](group|repeat)", kind)
        if begun:
            self._begin(begun[1], row)
        elif re.fullmatch(r"end[ _](group|repeat)", kind):
            if self.sections:
                self.sections.pop()
            else:
                self.workbook.tell(row, "type", "not_begun", "没有对应的开始行")
        elif kind and not self._is_left_out() and kind not in METADATA:
            self._question(kind, row)

    def _is_left_out(self) -> bool:
        return any(section.left_out for section in self.sections)

    def _begin(self, kind: str, row: SheetRow) -> None:
        section = _Section(kind, row, row["relevant"], left_out=self._is_left_out())
        inside = any(one.kind == "repeat" for one in self.sections)
        self.sections.append(section)
        if section.left_out:
            return
        if kind == "group":
            if not inside and len(self.sections) == 1:
                self.survey.groups.append({"title": row.words("label")[:60] or row["name"], "fields": []})
            return
        if inside:
            section.left_out = True
            self.workbook.tell(row, "type", "repeat_in_repeat", "重复中不能再有重复，请另设台账")
            return
        if not self._may_be_called(row):
            section.left_out = True
            return
        if row["relevant"]:
            self.workbook.tell(row, "relevant", "condition_of_repeat", "重复的显示条件不能转换，已忽略")
        section.fields = []
        table: JSON = {"name": row["name"], "title": row.words("label")[:60] or row["name"], "fields": section.fields}
        count = row["repeat_count"]
        if is_digits(count) and 1 <= int(count) <= 200:
            table |= {"min": int(count), "max": int(count)}
        elif count:
            self.workbook.tell(row, "repeat_count", "count_not_kept", "行数由表达式决定，不能转换，改为由填报人决定")
        self.survey.places[f"rows.{len(self.survey.rows)}"] = row
        self.survey.rows.append(table)
        self._on_page(row["name"])

    def _may_be_called(self, row: SheetRow) -> bool:
        name = row["name"]
        taken = {one["name"] for one in (*self.survey.fields, *self.survey.rows)}
        if not _NAME.fullmatch(name):
            self.workbook.tell(row, "name", "name", "名称只能用小写字母、数字和下划线，以字母开头，最多 41 个字符")
            return False
        if name in taken:
            self.workbook.tell(row, "name", "repeated", "名称重复")
            return False
        return True

    def _on_page(self, name: str) -> None:
        if self.sections and self.sections[0].kind == "group":
            self.survey.groups[-1]["fields"].append(name)

    def _question(self, type: str, row: SheetRow) -> None:
        table = next((one for one in self.sections if one.kind == "repeat"), None)
        made = self._typed(type, row)
        if made is None:
            return
        into = self.survey.fields if table is None or table.fields is None else table.fields
        if table is None:
            if not self._may_be_called(row):
                return
            self._on_page(row["name"])
            self.survey.places[f"fields.{len(into)}"] = row
        else:
            if not _NAME.fullmatch(row["name"]) or row["name"] in {one["name"] for one in into}:
                self.workbook.tell(row, "name", "name", "列名不符合规则或重复")
                return
            self.survey.places[f"rows.{len(self.survey.rows) - 1}.fields.{len(into)}"] = row
        into.append(made)
        inside = [section.relevant for section in self.sections if section.relevant and section.kind == "group"]
        relevant = " and ".join(f"({one})" for one in (*inside, row["relevant"]) if one)
        self.waiting.append((row, made, relevant, table is not None))

    def _typed(self, type: str, row: SheetRow) -> JSON | None:
        made: JSON = {"name": row["name"], "title": row.words("label")[:60] or row["name"]}
        if hint := row.words("hint"):
            made["help"] = hint[:300]
        selected = _SELECT.fullmatch(type)
        if selected:
            made["type"] = FieldType.CHOICE if selected[1] == "one" else FieldType.CHOICES
            self._choices(selected[2], made, row)
            if selected[3]:
                self.workbook.tell(row, "type", "or_other", "“其他”须写成一个选项，另设文本字段填写内容")
        elif type in TYPES:
            made["type"] = TYPES[type]
            if type == "text" and "multiline" in row["appearance"]:
                made["type"] = FieldType.LONG_TEXT
            if "signature" in row["appearance"]:
                made["type"] = FieldType.SIGNATURE
        else:
            self.workbook.tell(row, "type", "type_not_taken", f"题型“{type[:40]}”不能转换，已略去")
            return None
        if row["field_type"]:
            if row["field_type"] not in FieldType.names():
                self.workbook.tell(row, "field_type", "field_type", "没有这种字段类型")
            else:
                made["type"] = FieldType(row["field_type"])
        if row["privacy"]:
            made["privacy"] = row["privacy"]
        if row["search"].lower() in _YES:
            made["search"] = True
        if row["default"]:
            self.workbook.tell(row, "default", "default_not_taken", "默认值请在台账草稿中填写")
        if row["calculation"]:
            self.workbook.tell(row, "calculation", "calculation_not_taken", "计算请在台账草稿中写成计算字段")
        return made

    def _choices(self, list_name: str, made: JSON, row: SheetRow) -> None:
        narrowed = _FILTER.fullmatch(row["choice_filter"]) if row["choice_filter"] else None
        if row["choice_filter"] and narrowed is None:
            self.workbook.tell(row, "choice_filter", "filter_not_taken", "只支持“列名=${上级字段}”的级联")
        choices: list[JSON] = []
        for one in self.workbook.rows("choices"):
            if (one["list_name"] or one["list"]) != list_name:
                continue
            if not _CODE.fullmatch(one["name"]):
                self.workbook.tell(one, "name", "choice_code", "选项代码只能用小写字母、数字和下划线")
                continue
            choice: JSON = {"code": one["name"], "title": one.words("label")[:60] or one["name"]}
            if narrowed and one[narrowed[1].lower()]:
                choice["parent"] = one[narrowed[1].lower()]
            choices.append(choice)
        if not choices:
            self.workbook.tell(row, "type", "no_choices", f"choices 表中没有“{list_name[:40]}”的选项")
        made["choices"] = choices
        if narrowed:
            made["depends_on"] = narrowed[2]

    def _conditions(self, row: SheetRow, made: JSON, relevant: str, types: dict[str, FieldType]) -> None:
        required = row["required"].lower()
        always = required in _YES
        if relevant and self._rule(row, "relevant", made, relevant, types, shown=True) and always:
            always = False
            self._rule(row, "relevant", made, relevant, types, shown=False)
        if required not in _YES | _NO:
            self._rule(row, "required", made, row["required"], types, shown=False)
        if always:
            made["required"] = True
        if row["constraint"]:
            self._constraint(row, made, types)

    def _rule(
        self, row: SheetRow, column: str, made: JSON, xpath: str, types: dict[str, FieldType], *, shown: bool
    ) -> bool:
        """The rule of a condition: filled only where it holds (`shown`), or wherever it holds."""
        name = made["name"]
        try:
            condition = cel_of(xpath, types, name)
        except Unsaid as unsaid:
            self.workbook.tell(row, column, "condition_not_taken", f"条件不能转换：{unsaid.reason}")
            return False
        that = f"{_whole(condition)} || record.{name} == null" if shown else f"!({condition}) || record.{name} != null"
        message = f"不满足条件时不填{made['title']}" if shown else f"满足条件时须填写{made['title']}"
        self._add_rule(row, column, name, that, message)
        return True

    def _add_rule(self, row: SheetRow, column: str, name: str, that: str, message: str) -> None:
        number = len(self.survey.rules) + 1
        self.survey.rules.append({"id": f"rule_{number}", "field": name, "that": that, "message": message[:300]})
        self.survey.rule_places.append((row, column))

    def _constraint(self, row: SheetRow, made: JSON, types: dict[str, FieldType]) -> None:
        length = _LENGTH.fullmatch(row["constraint"])
        if length:
            made["bounds"] = {"max_length": int(length[1])}
            return
        try:
            bounds = _bounds(read_xpath(row["constraint"]), FieldType(made["type"]))
            if bounds is not None:
                made["bounds"] = bounds
                return
            condition = cel_of(row["constraint"], types, made["name"])
        except Unsaid as unsaid:
            self.workbook.tell(row, "constraint", "condition_not_taken", f"条件不能转换：{unsaid.reason}")
            return
        message = row.words("constraint_message") or f"{made['title']}不符合要求"
        that = f"record.{made['name']} == null || {_whole(condition)}"
        self._add_rule(row, "constraint", made["name"], that, message)


def _whole(condition: str) -> str:
    return f"({condition})" if "&&" in condition or "||" in condition else condition


def _bounds(node: Node, type: FieldType) -> JSON | None:
    """Bounds out of a condition that compares the answer with fixed values only; None for any other."""
    parts: Sequence[Node] = [node]
    while any(isinstance(one, Joined) and one.operator == "and" for one in parts):
        parts = [
            side
            for one in parts
            for side in ((one.left, one.right) if isinstance(one, Joined) and one.operator == "and" else (one,))
        ]
    found: JSON = {}
    for one in parts:
        match one:
            case Joined("<=", FieldValue(None), Today()) if type is FieldType.DATE:
                found["not_after_today"] = True
            case Joined("<=" | ">=" as operator, FieldValue(None), Literal(value)) if (
                type in _BOUNDED and value is not None
            ):
                found["max" if operator == "<=" else "min"] = _BOUNDED[type](value)
            case _:
                return None
    return found


_BOUNDED: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.INTEGER: lambda value: value,
    FieldType.DECIMAL: str,
    FieldType.DATE: str,
}
"""Types with bounds, and how a bound is written."""
