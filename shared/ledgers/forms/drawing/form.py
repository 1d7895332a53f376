"""The form of one version of a ledger: the same definition gives the same bytes."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.lazily import lazily
from shared.ledgers.forms.drawing.nodes import AREA, COUNT, ROOT, SUBJECT, node_of, rows_node
from shared.ledgers.forms.drawing.questions import AREAS, IDS, REQUIRED, Question, from_areas, plain, question
from shared.ledgers.forms.drawing.rules import Asked, asked_by
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition, RowsDefinition
from shared.ledgers.grammar.words import ATTACHED, Subject
from shared.reference.digits import is_digits

pyxform = lazily("pyxform")  # with its readers of spreadsheets: a third of a second that few processes need

SHORT = 8
"""Letters of the digest that stand in a form's version."""


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it is served. `version` is that of the ledger and of the drawing: it changes if any byte does."""

    code: str
    title: str
    ledger_version: int
    version: str
    xml: str

    @property
    def hash(self) -> str:
        """What a phone compares to know whether its copy is the same (OpenRosa wants MD5)."""
        return "md5:" + hashlib.md5(self.xml.encode(), usedforsecurity=False).hexdigest()


def draw(
    definition: Definition, ledger_version: int, lists: Mapping[str, Mapping[str, str]], *, files: bool = True
) -> Form:
    """The form of what is filled in when a record is opened.

    `lists`: the code lists that its fields name, and the county's departments. `files`: whether photos and the like are
    asked for.
    """
    definition = definition if files else without_files(definition)
    unversioned = _xml(definition, "", lists)
    version = f"{ledger_version}-{hashlib.sha256(unversioned.encode()).hexdigest()[:SHORT]}"
    return Form(definition.code, definition.title, ledger_version, version, _xml(definition, version, lists))


def version_of(written: str) -> int | None:
    """The ledger's version out of a form's; None for what is no version of ours."""
    number, dash, digest = written.partition("-")
    ours = dash and len(digest) == SHORT and is_digits(number) and len(number) <= 9
    return int(number) if ours else None


def without_files(definition: Definition) -> Definition:
    """The same ledger without its photos, files and signatures."""
    rows = [
        table.model_copy(update={"fields": kept})
        for table in definition.rows
        if (kept := [one for one in table.fields if one.type not in ATTACHED])
    ]
    fields = [one for one in definition.fields if one.type not in ATTACHED]
    return definition.model_copy(update={"fields": fields, "rows": rows})


def opening_fields(definition: Definition) -> Sequence[FieldDefinition]:
    """The fields that are filled in when a record is opened, in order.

    A field that a step fills is asked then, unless the first status needs it or the layout puts it into the form.
    """
    initial = {status.code for status in definition.statuses if status.initial}
    later = {name for step in definition.steps for name in step.fills}
    grouped = {name for group in definition.layout.groups for name in group.fields}
    return [
        one
        for one in definition.fields
        if not one.follows_subject
        and (one.name not in later or one.name in grouped or one.required or initial & set(one.required_in))
    ]


def _xml(definition: Definition, version: str, lists: Mapping[str, Mapping[str, str]]) -> str:
    survey: dict[str, Any] = {
        "type": "survey",
        "name": ROOT,
        "title": plain(definition.title),
        "id_string": definition.code,
        "sms_keyword": definition.code,
        "default_language": "default",
        "version": version,
        "children": [*_Drawing(definition, lists).pages(), _META],
    }
    choices: dict[str, Any] = {}
    for one in _selects(survey["children"]):
        one["list_name"] = one["itemset"] = one.get("list_name") or f"{one['name']}_list"
        choices[one["list_name"]] = one["choices"]
    survey["choices"] = choices
    made = pyxform.builder.create_survey_element_from_dict(survey)
    text: str = made.to_xml(validate=False, pretty_print=False)
    return text


_META: Question = {
    "name": "meta",
    "type": "group",
    "control": {"bodyless": True},
    "children": [
        {"name": "instanceID", "type": "calculate", "bind": {"readonly": "true()", "jr:preload": "uid"}},
    ],
}


def _selects(children: Sequence[Question]) -> Iterator[Question]:
    for child in children:
        yield from _selects(child.get("children", ()))
        if "choices" in child:
            yield child


class _Drawing:
    """The pages of one form."""

    def __init__(self, definition: Definition, lists: Mapping[str, Mapping[str, str]]) -> None:
        self.definition = definition
        self.lists = lists
        self.initial = {status.code for status in definition.statuses if status.initial}
        self.fields = {one.name: one for one in opening_fields(definition)}
        self.rows = {one.name: one for one in definition.rows}
        rules = [rule for rule in definition.rules if not rule.in_statuses or self.initial & set(rule.in_statuses)]
        types = {name: one.type for name, one in self.fields.items()}
        self.asked = asked_by(rules, types, {name: node_of(name) for name in self.fields})

    def pages(self) -> list[Question]:
        """The place first, then the groups of the layout, then what no group names, small tables after their page."""
        pages = [self._place()]
        waiting = [*self.fields, *self.rows]
        for number, group in enumerate(self.definition.layout.groups, start=1):
            named = [name for name in group.fields if name in waiting]
            waiting = [name for name in waiting if name not in named]
            pages.extend(self._page(f"G{number}", group.title, named))
        title = "其他" if self.definition.layout.groups else self.definition.title
        pages.extend(self._page("G0", title, waiting))
        return pages

    def _place(self) -> Question:
        levels = " or ".join(f"level = '{level}'" for level in self.definition.levels)
        asked = [{"name": AREA, "label": "所在区域", "bind": _must()} | from_areas(levels)]
        match self.definition.subject:
            case Subject.NOTHING:
                pass
            case Subject.AREA:
                asked.append({"name": SUBJECT, "label": "所涉区域", "bind": _must()} | from_areas(None))
            case subject:
                held = {"constraint": f"regex(., '{IDS}')", "jr:constraintMsg": "请扫描对应的二维码"}
                label = f"{subject.label}（扫描二维码）"
                asked.append({"name": SUBJECT, "type": "barcode", "label": label, "bind": _must() | held})
        return _group("PLACE", "地点与对象", asked)

    def _page(self, node: str, title: str, names: Sequence[str]) -> list[Question]:
        """A page of fields, then its small tables, each on pages of its own: none stands inside a page."""
        asked = [self._question(self.fields[name], node_of(name), None) for name in names if name in self.fields]
        tables = [part for name in names if name in self.rows for part in self._table(self.rows[name])]
        return [*([_group(node, title, asked)] if asked else []), *tables]

    def _table(self, rows: RowsDefinition) -> list[Question]:
        """How many rows there are is asked first, so that the form holds their number."""
        node = rows_node(rows.name)
        bounds = {
            "constraint": f". >= {rows.min} and . <= {rows.max}",
            "jr:constraintMsg": f"行数应为 {rows.min} 至 {rows.max}",
        }
        count: Question = {
            "name": COUNT + rows.name, "type": "integer", "label": plain(f"{rows.title}（几行）"),
            "bind": _must() | bounds, "default": str(rows.min),
        }  # fmt: skip
        columns = [self._question(one, node_of(one.name, rows.name), rows) for one in rows.fields]
        page = _group(f"P_{rows.name}", rows.title, columns)
        table: Question = {
            "name": node, "type": "repeat", "label": plain(rows.title), "children": [page],
            "control": {"jr:count": f"${{{COUNT}{rows.name}}}"},
        }  # fmt: skip
        return [count, table]

    def _question(self, one: FieldDefinition, node: str, rows: RowsDefinition | None) -> Question:
        parent = None
        if one.depends_on is not None:
            column = rows is not None and any(other.name == one.depends_on for other in rows.fields)
            if column or one.depends_on in self.fields:
                parent = node_of(one.depends_on, rows.name if column and rows is not None else None)
        asked, constraints = question(one, node=node, parent=parent, lists=self.lists)
        rules = Asked() if rows is not None else self.asked.get(one.name, Asked())
        bind: Question = dict(asked.pop("bind", {}))
        held = [*constraints, *rules.constraints]
        if held:
            bind["constraint"] = " and ".join(f"({xpath})" for xpath, _ in held)
            bind["jr:constraintMsg"] = plain("；".join(dict.fromkeys(told for _, told in held)))
        if one.required or self.initial & set(one.required_in):
            bind |= _must()
        elif rules.required is not None:
            bind |= {"required": rules.required, "jr:requiredMsg": REQUIRED}
        if rules.relevant is not None:
            bind["relevant"] = rules.relevant
        return asked | ({"bind": bind} if bind else {})


def _must() -> Question:
    return {"required": "yes", "jr:requiredMsg": REQUIRED}


def _group(node: str, title: str, asked: Sequence[Question]) -> Question:
    return {
        "name": node, "type": "group", "label": plain(title), "control": {"appearance": "field-list"},
        "children": list(asked),
    }  # fmt: skip


__all__ = ["AREAS", "Form", "draw", "opening_fields", "version_of"]
