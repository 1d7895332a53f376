"""A definition out of an XLSForm: checked by the same compiler, every error told by sheet and cell."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from shared.errors import Invalid
from shared.http.validation import field_errors
from shared.ledgers.compiler import compile_ledger
from shared.ledgers.forms.xlsform.sheets import SheetRow, Told, Workbook, read_workbook
from shared.ledgers.forms.xlsform.survey import Survey, SurveyReader
from shared.ledgers.grammar.definition import Definition

JSON = dict[str, Any]

_SETTINGS = {"form_id": "code", "form_title": "title", "owner": "owner", "source": "source", "subject": "subject"}
_PASSED_OVER = frozenset({"levels", "version", "default_language", "allow_choice_duplicates", "style"})
"""Settings that are ours, or that say nothing of a ledger."""
_QUESTION = frozenset(
    [
        *(
            "type",
            "name",
            "label",
            "hint",
            "required",
            "relevant",
            "constraint",
            "constraint_message",
            "required_message",
        ),
        *("appearance", "search", "privacy", "field_type", "choice_filter", "default", "calculation", "repeat_count"),
    ]
)
"""Columns of questions that are read, or that say nothing which a ledger could keep."""
_ONLY_STATUS = {"code": "recorded", "title": "已登记", "initial": True, "final": True}
_YES = frozenset({"yes", "true", "1"})


@dataclass(frozen=True, slots=True)
class DraftedForm:
    """What an XLSForm gives. `whole`: the definition may be drafted as it stands; else `told` says what is wrong."""

    definition: Mapping[str, Any]
    told: Sequence[Told]
    whole: bool


async def draft_from(content: bytes, *, owner: str) -> DraftedForm:
    """A definition for a service's ledger. Raises the refusals of `shared.spreadsheets` for what is no workbook."""
    return await asyncio.to_thread(_drafted, await read_workbook(content), owner)


def _drafted(workbook: Workbook, owner: str) -> DraftedForm:
    survey = SurveyReader(workbook).read()
    first = {name: row for row in reversed(workbook.rows("survey")) for name, text in row.cells.items() if text}
    for name, where in first.items():
        if name.partition("::")[0] not in _QUESTION:
            workbook.tell(where, name, "column_not_taken", f"列“{name[:40]}”不能转换，已略去")
    definition = _definition(workbook, survey, owner)
    broken = _broken(definition)
    origins = _Origins(workbook, survey)
    told = [*(origins.told(path, code, message) for path, code, message in broken), *workbook.told]
    return DraftedForm(definition, told, not broken)


def _definition(workbook: Workbook, survey: Survey, owner: str) -> JSON:
    settings = next(iter(workbook.rows("settings")), None)
    made: JSON = {"owner": owner, "levels": ["village"], "source": "由 XLSForm 表格起草"}
    if settings is not None:
        made |= {ours: settings[theirs] for theirs, ours in _SETTINGS.items() if settings[theirs]}
        if settings["levels"]:
            made["levels"] = _several(settings["levels"])
        for name in settings.cells:
            if settings[name] and name.partition("::")[0] not in {*_SETTINGS, *_PASSED_OVER}:
                what = "台账表单不加密，密钥不采用" if name == "public_key" else f"设置“{name[:40]}”不能转换，已略去"
                workbook.tell(settings, name, "setting_not_taken", what)
    lifecycle = workbook.rows("lifecycle")
    made["fields"], made["rows"], made["rules"] = survey.fields, survey.rows, survey.rules
    made["statuses"] = [_status(row) for row in lifecycle if row["kind"] != "step"] or [_ONLY_STATUS]
    made["steps"] = [_step(row) for row in lifecycle if row["kind"] == "step"]
    made["measures"] = [_measure(row) for row in workbook.rows("measures")]
    made["layout"] = {"groups": [group for group in survey.groups if group["fields"]]}
    access: JSON = {"captured_in_field": True}
    for row in workbook.rows("access"):
        if row["name"] == "published":
            made["published"] = _several(row["value"])
        elif row["name"]:
            access[row["name"]] = row["value"].lower() in _YES if row["name"] == "captured_in_field" else row["value"]
    made["access"] = access
    return made


def _several(text: str) -> list[str]:
    return text.replace(",", " ").replace("，", " ").split()


def _given(row: SheetRow, *columns: str) -> JSON:
    return {column: row[column] for column in columns if row[column]}


def _status(row: SheetRow) -> JSON:
    flags = {flag: True for flag in ("initial", "final") if row[flag].lower() in _YES}
    return _given(row, "code") | {"title": row.words("title") or row["code"]} | flags


def _step(row: SheetRow) -> JSON:
    lists = {column: _several(row[column]) for column in ("from", "fills", "four_eyes") if row[column]}
    flags = {flag: True for flag in ("reason", "hands_over", "reopens") if row[flag].lower() in _YES}
    title = row.words("title") or row["code"]
    return {"verb": row["code"], "title": title, **_given(row, "to", "permission", "level"), **lists, **flags}


def _measure(row: SheetRow) -> JSON:
    made = _given(row, "code", "title", "meaning", "kind", "date", "dimension", "where", "sum", "unit")
    return made | ({"until": _several(row["until"])} if row["until"] else {})


def _broken(definition: JSON) -> list[tuple[str, str, str]]:
    """What the grammar or the compiler refuses: path, code, message."""
    try:
        compile_ledger(Definition.model_validate(definition), version=0)
    except ValidationError as error:
        errors: list[Any] = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        return [(one.path, one.code, one.message) for one in field_errors(errors)]
    except Invalid as refused:
        return [(one.path, one.code, one.message) for one in refused.errors]
    return []


class _Origins:
    """Where each part of the definition stands in the workbook."""

    def __init__(self, workbook: Workbook, survey: Survey) -> None:
        self._places: dict[str, tuple[SheetRow, str]] = {path: (row, "type") for path, row in survey.places.items()}
        self._places |= {f"rules.{at}": place for at, place in enumerate(survey.rule_places)}
        lifecycle = workbook.rows("lifecycle")
        statuses = [row for row in lifecycle if row["kind"] != "step"]
        steps = [row for row in lifecycle if row["kind"] == "step"]
        for part, rows in (("statuses", statuses), ("steps", steps), ("measures", workbook.rows("measures"))):
            self._places |= {f"{part}.{at}": (row, "code") for at, row in enumerate(rows)}
        settings = next(iter(workbook.rows("settings")), None)
        if settings is not None:
            self._places |= {ours: (settings, theirs) for theirs, ours in {**_SETTINGS, "levels": "levels"}.items()}
        for row in workbook.rows("access"):
            self._places["published" if row["name"] == "published" else f"access.{row['name']}"] = (row, "value")

    def told(self, path: str, code: str, message: str) -> Told:
        """An error at the nearest cell; at the sheet of settings if nothing in the workbook gave that part."""
        parts = path.split(".")
        for length in range(len(parts), 0, -1):
            found = self._places.get(".".join(parts[:length]))
            if found is not None:
                row, column = found
                named = parts[length] if length < len(parts) and parts[length] in row.columns else column
                return Told(row.sheet, row.place(named), code, message)
        return Told("settings", "A1", code, f"{path}：{message}")
