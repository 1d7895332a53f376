"""A definition drafted from an XLSForm: what can be taken over is, what cannot is told by its sheet and cell."""

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from shared.ledgers.compiler import compile_ledger
from shared.ledgers.forms.drawing.form import draw
from shared.ledgers.forms.xlsform.drafting import DraftedForm, draft_from
from shared.ledgers.grammar.definition import Definition
from shared.spreadsheets.refusals import NotASpreadsheet

SETTINGS = [["form_title", "form_id"], ["入户走访", "home_visits"]]
_DAY = date(2026, 3, 16)
NO_CHOICES = [["list_name", "name", "label"]]


def a_workbook(**sheets: list[list[Any]]) -> bytes:
    """An XLSForm: `survey`, `choices`, `settings` and ours, as lists of rows."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for name, rows in {"choices": NO_CHOICES, "settings": SETTINGS, **sheets}.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


async def drafted(**sheets: list[list[Any]]) -> DraftedForm:
    return await draft_from(a_workbook(**sheets), owner="grid")


def told(form: DraftedForm) -> set[tuple[str, str, str]]:
    return {(one.sheet, one.cell, one.code) for one in form.told}


def whole(form: DraftedForm) -> Definition:
    """The definition, which the compiler accepts and of which a form can be drawn."""
    assert form.whole, form.told
    definition = Definition.model_validate(form.definition)
    draw(compile_ledger(definition, version=1).definition, 1, {})
    return definition


async def test_kinds_of_questions_become_kinds_of_fields() -> None:
    form = await drafted(
        survey=[
            ["type", "name", "label", "hint", "required", "appearance", "constraint"],
            ["start", "start"],
            ["text", "matter", "事由", "按实际填写", "yes", None, "string-length(.) <= 20"],
            ["text", "story", "经过", None, None, "multiline", None],
            ["integer", "people", "人数", None, "true()", None, ". >= 1 and . <= 20"],
            ["decimal", "acres", "面积", None, None, None, ". >= 0.5"],
            ["date", "seen_on", "日期", None, "yes", None, ". <= today()"],
            ["time", "seen_at", "时间"],
            ["geopoint", "place", "位置"],
            ["select_one kinds", "kind", "类型", None, "yes"],
            ["select_multiple kinds", "kinds", "多种"],
        ],
        choices=[["list_name", "name", "label"], ["kinds", "land", "土地"], ["kinds", "wages", "劳资"]],
    )
    definition = whole(form)
    assert form.told == []
    assert (definition.code, definition.title) == ("home_visits", "入户走访")
    by_name = {one.name: one for one in definition.fields}
    assert [one.type.value for one in definition.fields] == [
        "text", "long_text", "integer", "decimal", "date", "time", "point", "choice", "choices",
    ]  # fmt: skip
    assert by_name["matter"].required
    assert by_name["matter"].help == "按实际填写"
    bounds = {name: one.bounds for name, one in by_name.items() if one.bounds is not None}
    assert bounds["matter"].max_length == 20
    assert (bounds["people"].min, bounds["people"].max) == (1, 20)
    assert str(bounds["acres"].min) == "0.5"
    assert bounds["seen_on"].not_after_today
    assert [choice.code for choice in by_name["kind"].choices] == ["land", "wages"]


async def test_a_repeat_becomes_a_small_table_and_a_group_a_page() -> None:
    definition = whole(
        await drafted(
            survey=[
                ["type", "name", "label", "repeat_count", "required"],
                ["begin group", "basics", "基本情况"],
                ["text", "matter", "事由"],
                ["begin repeat", "members", "成员"],
                ["begin group", "inner", "内组"],
                ["text", "who", "称呼", None, "yes"],
                ["end group"],
                ["integer", "age", "年龄"],
                ["end repeat"],
                ["end group"],
                ["begin_repeat", "pair", "一对", "2"],
                ["text", "one", "一"],
                ["end_repeat"],
            ]
        )
    )
    assert [(one.name, one.min, one.max, [c.name for c in one.fields]) for one in definition.rows] == [
        ("members", 0, 200, ["who", "age"]),
        ("pair", 2, 2, ["one"]),
    ]
    assert [(one.title, one.fields) for one in definition.layout.groups] == [("基本情况", ["matter", "members"])]


@pytest.mark.parametrize("count", ["²", "２", "٢"])
async def test_a_count_in_digits_of_another_script_is_told_and_not_kept(count: str) -> None:
    form = await drafted(
        survey=[
            ["type", "name", "label", "repeat_count"],
            ["text", "matter", "事由"],
            ["begin_repeat", "pair", "一对", count],
            ["text", "one", "一"],
            ["end_repeat"],
        ]
    )
    assert "count_not_kept" in {one.code for one in form.told}
    assert (whole(form).rows[0].min, whole(form).rows[0].max) == (0, 200)


async def test_a_cascade_becomes_a_choice_that_depends_on_another() -> None:
    definition = whole(
        await drafted(
            survey=[
                ["type", "name", "label", "choice_filter"],
                ["select_one towns", "town", "镇", None],
                ["select_one villages", "village", "村", "town=${town}"],
            ],
            choices=[
                ["list_name", "name", "label", "town"],
                ["towns", "a", "甲镇"], ["towns", "b", "乙镇"],
                ["villages", "a1", "甲一村", "a"], ["villages", "b1", "乙一村", "b"],
            ],
        )
    )  # fmt: skip
    village = definition.fields[1]
    assert village.depends_on == "town"
    assert [(one.code, one.parent) for one in village.choices] == [("a1", "a"), ("b1", "b")]


RELEVANT: list[list[Any]] = [
    ["type", "name", "label", "required", "relevant", "constraint", "constraint_message"],
    ["select_one yes_no", "agreed", "同意", "yes"],
    ["text", "why", "原因", "yes", "${agreed} = 'no'"],
    ["date", "from_on", "起", "yes"],
    ["date", "to_on", "止", None, None, ". >= ${from_on}", "止不得早于起"],
    ["integer", "people", "人数"],
    ["text", "many", "说明", None, "${people} > 10 and selected(${agreed}, 'yes')"],
]
YES_NO: list[list[Any]] = [["list_name", "name", "label"], ["yes_no", "yes", "是"], ["yes_no", "no", "否"]]


async def test_relevance_and_constraints_become_rules_that_decide_the_same() -> None:
    definition = whole(await drafted(survey=RELEVANT, choices=YES_NO))
    ledger = compile_ledger(definition, version=1)
    from_today = {"from_on": "2026-03-02"}

    def broken(**values: Any) -> set[str]:
        sent = ledger.accept({**from_today, **values}, today=_DAY)
        return {error.path for error in ledger.problems(sent, ledger.initial, today=_DAY)}

    assert broken(agreed="yes") == set()
    assert broken(agreed="no") == {"values.why"}, "asked, and required where it is asked"
    assert broken(agreed="yes", why="不在") == {"values.why"}, "not asked, so not filled"
    assert broken(agreed="no", why="不在") == set()
    assert broken(agreed="yes", to_on="2026-03-01") == {"values.to_on"}
    assert broken(agreed="yes", to_on="2026-03-02") == set()
    assert broken(agreed="yes", many="多") == {"values.many"}, "an empty number is not more than ten"
    assert broken(agreed="yes", people=11, many="多") == set()
    assert broken(agreed="no", why="不在", people=11, many="多") == {"values.many"}
    assert next(rule.message for rule in definition.rules if rule.field == "to_on") == "止不得早于起"


async def test_conditions_survive_the_way_into_a_form_again() -> None:
    definition = whole(await drafted(survey=RELEVANT, choices=YES_NO))
    xml = draw(definition, 1, {}).xml
    assert """relevant=" /record/G0/agreed  = 'no'\"""" in xml
    assert ". &gt;= /record/G0/from_on" in xml.replace("  ", " ")


async def test_our_sheets_give_lifecycle_measures_and_access() -> None:
    definition = whole(
        await drafted(
            survey=[
                ["type", "name", "label", "required", "privacy", "field_type", "search"],
                ["text", "owner_name", "户主", "yes", "personal", "name"],
                ["date", "found_on", "日期", "yes", None, None, "yes"],
                ["date", "done_on", "完成"],
            ],
            lifecycle=[
                ["kind", "code", "title", "initial", "final", "from", "to", "permission", "fills", "reason"],
                ["status", "opened", "已登记", "yes"],
                ["status", "done", "已办结", None, "yes"],
                ["step", "finish", "办结", None, None, "opened", "done", "record.check", "done_on", "yes"],
            ],
            measures=[
                ["code", "title", "meaning", "kind", "date"],
                ["found", "登记数", "当期登记的件数", "flow", "found_on"],
            ],
            access=[["name", "value"], ["published", "found_on"], ["export", "record.export"]],
        )
    )
    assert [(one.verb, one.origins, one.to, one.reason) for one in definition.steps] == [
        ("finish", ["opened"], "done", True)
    ]
    assert definition.fields[0].type == "name"
    assert definition.published == ["found_on"]
    assert definition.access.captured_in_field
    assert definition.measures[0].code == "found"


async def test_what_cannot_be_taken_over_is_told_by_sheet_and_cell() -> None:
    form = await drafted(
        survey=[
            ["type", "name", "label", "relevant", "constraint", "choice_filter", "calculation", "default"],
            ["geotrace", "path", "路线"],
            ["note", "hint", "说明"],
            ["text", "Upper", "大写"],
            ["text", "ok", "好", "pulldata('a','b','c','d') = 1"],
            ["text", "ok", "重名"],
            ["integer", "n", "数", None, "count(${ok}) > 1"],
            ["calculate", "c", None, None, None, None, "1 + 1"],
            ["select_one none", "s", "无选项"],
            ["select_one odd", "t", "过滤", None, None, "position(..) > 1"],
            ["text", "d", "默认", None, None, None, None, "今天"],
            ["begin repeat", "outer", "外"],
            ["text", "in_outer", "外列", "${ok} = 'x'"],
            ["begin repeat", "inner", "内"],
            ["text", "in_inner", "内列"],
            ["end repeat"],
            ["end repeat"],
            ["end group"],
            ["begin group", "open", "未完"],
        ],
        choices=[["list_name", "name", "label"], ["odd", "A-1", "甲"], ["odd", "b", "乙"]],
    )
    assert told(form) >= {
        ("survey", "A2", "type_not_taken"),
        ("survey", "A3", "type_not_taken"),
        ("survey", "B4", "name"),
        ("survey", "D5", "condition_not_taken"),
        ("survey", "B6", "repeated"),
        ("survey", "E7", "condition_not_taken"),
        ("survey", "A8", "type_not_taken"),
        ("survey", "A9", "no_choices"),
        ("survey", "F10", "filter_not_taken"),
        ("choices", "B2", "choice_code"),
        ("survey", "H11", "default_not_taken"),
        ("survey", "D13", "condition_not_taken"),
        ("survey", "A14", "repeat_in_repeat"),
        ("survey", "A18", "not_begun"),
        ("survey", "A19", "not_ended"),
    }
    assert [one["name"] for one in form.definition["rows"]] == ["outer"]
    assert [one["name"] for one in form.definition["rows"][0]["fields"]] == ["in_outer"]
    assert "path" not in {one["name"] for one in form.definition["fields"]}


async def test_what_the_compiler_refuses_is_told_where_the_workbook_says_it() -> None:
    form = await drafted(
        survey=[
            ["type", "name", "label", "privacy", "field_type"],
            ["text", "who", "姓名", "internal", "name"],
            ["text", "fine", "好"],
        ],
        settings=[["form_title", "form_id"], ["走访", "Home Visits"]],
    )
    assert not form.whole
    assert ("settings", "B2") in {(one.sheet, one.cell) for one in form.told}
    fixed = await drafted(
        survey=[["type", "name", "label", "privacy", "field_type"], ["text", "who", "姓名", "internal", "name"]],
        lifecycle=[["kind", "code", "title", "initial"], ["status", "lost", "无出路", "yes"]],
    )
    assert not fixed.whole
    assert {("survey", "D2"), ("lifecycle", "B2")} <= {(one.sheet, one.cell) for one in fixed.told}


async def test_settings_and_columns_that_a_ledger_does_not_have_are_told_by_their_cells() -> None:
    """A key by which phones would encrypt is not taken over either (decision 64)."""
    form = await drafted(
        survey=[
            ["type", "name", "label", "media::image", "read_only", "appearance"],
            ["text", "a", "事由", None, None, "multiline"],
            ["text", "b", "经过", "river.png", "yes", None],
            ["text", "c", "结果", "lake.png", None, None],
        ],
        settings=[
            ["form_title", "form_id", "public_key", "submission_url", "instance_name", "version", "style"],
            ["入户走访", "home_visits", "MIIBIjANBg", "https://elsewhere.example", "${a}", "3", "pages"],
        ],
    )
    assert whole(form).code == "home_visits"
    assert told(form) == {
        *(("settings", cell, "setting_not_taken") for cell in ("C2", "D2", "E2")),
        *(("survey", cell, "column_not_taken") for cell in ("D3", "E3")),
    }


async def test_translations_prefer_the_language_of_the_county() -> None:
    definition = whole(
        await drafted(survey=[["type", "name", "label::en", "label::中文 (zh)"], ["text", "a", "Matter", "事由"]])
    )
    assert definition.fields[0].title == "事由"


async def test_what_is_no_workbook_is_refused() -> None:
    with pytest.raises(NotASpreadsheet):
        await draft_from(b"%PDF-1.7", owner="grid")


async def test_an_empty_workbook_is_told_to_be_empty() -> None:
    form = await drafted(survey=[["type", "name", "label"]])
    assert not form.whole
    assert form.told
