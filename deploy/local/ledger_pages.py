"""Pages of the ledgers that ship, out of their definitions: `docs/ledgers/<code>.md`, in Chinese, for counties.

Beside each stands `<code>.json`, the body with which a county drafts it.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from shared.auth.roles import PERMISSIONS, Role
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import MeasureKind
from shared.ledgers.sheets.columns import columns_of, template_columns

ROOT = Path(__file__).resolve().parents[2]
PAGES = Path("docs/ledgers")
SHOWN = 8
"""Choices that a table shows; of longer lists it tells how many there are."""

_UNITS = {"fen": "分", "minute": "分钟", "piece": "件"}


def pages() -> Iterator[tuple[Path, str]]:
    """Every page, and the list of them."""
    found = [_read(path) for path in _shipped()]
    for ledger, counted in found:
        yield PAGES / f"{ledger.code}.md", page(ledger, counted)
        yield PAGES / f"{ledger.code}.json", draft(ledger)
    lines = [
        "# 随附的台账\n\n*Ledgers that ship* · 由定义生成，请勿手改。Generated from the definitions.\n\n",
        *_table(
            ("台账", "English", "归口", "依据"),
            (
                (f"[{one.title}]({one.code}.md)", _english(one), one.definition.owner.label, one.definition.source)
                for one, _ in found
            ),
        ),
    ]
    yield PAGES / "shipped.md", "".join(lines)


def page(ledger: Ledger, counted: Sequence[Mapping[str, str]]) -> str:
    """One ledger: what it is, its fields, lifecycle, limits, figures, who may do what, and its table."""
    definition = ledger.definition
    keys = "；".join(" + ".join(ledger.fields[name].title for name in names) for names in ledger.unique)
    subject = definition.subject.label if definition.subject_required else f"{definition.subject.label}（可暂缺）"
    parts = [
        f"# {ledger.title}\n\n*{_english(ledger)}* · `{ledger.code}` · 由定义生成，请勿手改。\n\n",
        f"- 依据：{definition.source}\n",
        f"- 归口：{definition.owner.label}（`{ledger.owner}`）\n",
        f"- 启用：把 [{ledger.code}.json]({ledger.code}.json) 发到 `POST {draft_path(ledger)}`，再由另一人发布\n",
        f"- 记录所在层级：{'、'.join(level.label for level in definition.levels)}\n",
        f"- 对象：{subject}\n",
        f"- 不得重复：{keys or '无'}\n",
        f"- 现场采集：{'手机表单可填' if definition.access.captured_in_field else '不设手机表单'}\n",
        f"- 传输：{'受限主题，县里系统不读' if ledger.travels_restricted else '普通主题'}\n",
        *_section("字段", _fields(ledger.fields.values(), ledger)),
    ]
    for rows in definition.rows:
        parts += _section(f"子表：{rows.title}（{rows.min} 至 {rows.max} 行）", _fields(rows.fields, ledger))
    parts += _section("计算字段", _computed(ledger))
    parts += _section("规则", [f"- {rule.message}（`{rule.that}`）\n" for rule in definition.rules])
    parts += _section("状态与操作", _lifecycle(ledger))
    parts += _section("时限", _limits(ledger))
    parts += _section("账户", _accounts(definition))
    parts += _section("指标", _figures(ledger, counted))
    parts += _section("权限", _permissions(ledger))
    parts += _section("表格", _columns(ledger))
    return "".join(parts)


def shipped() -> list[Ledger]:
    """The ledgers that ship."""
    return [_read(path)[0] for path in _shipped()]


def _shipped() -> list[Path]:
    return sorted(ROOT.glob("services/*/ledgers/*.measures.yaml"))


def draft_path(ledger: Ledger) -> str:
    """Where a county drafts it: the service that keeps its records."""
    return f"/{ledger.owner.replace('_', '-')}/v1/ledger-drafts"


def draft(ledger: Ledger) -> str:
    """The body with which it is drafted: what the definition says, without what it leaves to the defaults."""
    said = ledger.definition.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    return json.dumps({"definition": said}, ensure_ascii=False, indent=1) + "\n"


def _read(path: Path) -> tuple[Ledger, list[dict[str, str]]]:
    written = yaml.safe_load(path.with_suffix("").with_suffix(".yaml").read_text(encoding="utf-8"))
    definition = Definition.model_validate_json(json.dumps(written, default=str))
    counted: list[dict[str, str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return compile_ledger(definition, version=1), counted


def _english(ledger: Ledger) -> str:
    return ledger.code.replace("_", " ").capitalize()


def _section(title: str, lines: Iterable[str]) -> list[str]:
    told = list(lines)
    return [f"\n## {title}\n\n", *told] if told else []


def _table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    found = [[_cell(one) for one in row] for row in rows]
    lines = [list(titles), ["---"] * len(titles), *found]
    return [f"| {' | '.join(line)} |\n" for line in lines] if found else []


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _fields(fields: Iterable[FieldDefinition], ledger: Ledger) -> list[str]:
    return _table(
        ("名称", "代码", "类型", "保密级别", "必填", "取值"),
        (
            (one.title, f"`{one.name}`", one.type.label, one.privacy.label, _needed(one, ledger), _values(one))
            for one in fields
        ),
    )


def _needed(field: FieldDefinition, ledger: Ledger) -> str:
    if field.required:
        return "是"
    return "、".join(f"{ledger.statuses[name].title}时" for name in field.required_in)


def _values(field: FieldDefinition) -> str:
    if field.code_list:
        return f"代码表 `{field.code_list}`（{len(CODE_LISTS[field.code_list])} 项）"
    if field.choices:
        titles = [one.title for one in field.choices if not one.retired]
        return "、".join(titles[:SHOWN]) + (f" 等 {len(titles)} 项" if len(titles) > SHOWN else "")
    if field.bounds is None:
        return ""
    told = [
        "" if field.bounds.min is None else f"不小于 {field.bounds.min}",
        "" if field.bounds.max is None else f"不大于 {field.bounds.max}",
        "" if field.bounds.max_length is None else f"不超过 {field.bounds.max_length} 字",
        "不晚于今天" if field.bounds.not_after_today else "",
    ]
    return "，".join(one for one in told if one)


def _computed(ledger: Ledger) -> list[str]:
    return _table(
        ("名称", "代码", "类型", "保密级别", "算式"),
        (
            (one.title, f"`{name}`", one.type.label, ledger.privacy[name].label, f"`{one.value}`")
            for name, one in ledger.computed_fields.items()
        ),
    )


def _lifecycle(ledger: Ledger) -> Iterator[str]:
    yield "```mermaid\nstateDiagram-v2\n"
    for code, status in ledger.statuses.items():
        yield f"    {code} : {status.title}\n"
    yield f"    [*] --> {ledger.initial}\n"
    for step in ledger.definition.steps:
        for origin in step.origins:
            yield f"    {origin} --> {step.to} : {step.title}\n"
    for code in sorted(ledger.finals):
        yield f"    {code} --> [*]\n"
    yield "```\n\n"
    titles = {step.verb: step.title for step in ledger.definition.steps} | {"open": "登记"}
    yield from _table(
        ("操作", "由", "至", "权限", "层级", "填写", "要求"),
        (
            (
                step.title,
                "、".join(ledger.statuses[origin].title for origin in step.origins),
                ledger.statuses[step.to].title,
                f"`{step.permission}`",
                "" if step.level is None else f"{step.level.label}以上",
                "、".join(_title(ledger, name) for name in step.fills),
                "；".join(
                    one
                    for one in (
                        "说明理由" if step.reason else "",
                        f"须另一人（{'、'.join(titles[verb] for verb in step.four_eyes)}者不得办理）"
                        if step.four_eyes
                        else "",
                        "重新打开" if step.reopens else "",
                    )
                    if one
                ),
            )
            for step in ledger.definition.steps
        ),
    )


def _title(ledger: Ledger, name: str) -> str:
    return ledger.fields[name].title if name in ledger.fields else ledger.rows[name].title


def _limits(ledger: Ledger) -> Iterator[str]:
    if ledger.definition.clock and ledger.definition.clock.source:
        yield f"依据：{ledger.definition.clock.source}\n\n"
    yield from _table(
        ("时限", "起算", "截止", "中止", "期限", "延期", "预警"),
        (
            (
                one.title,
                ledger.statuses[one.starts].title,
                _statuses(ledger, one.ends),
                _statuses(ledger, one.pauses),
                f"{one.amount} {one.unit.label}",
                ""
                if one.extension is None
                else f"{one.extension.times} 次，每次 {one.extension.amount} {one.unit.label}"
                f"（`{one.extension.permission}`）",
                "、".join(_warned(warning, one.unit.label) for warning in one.warnings),
            )
            for one in ledger.limits
        ),
    )


def _statuses(ledger: Ledger, names: Iterable[str]) -> str:
    return "、".join(ledger.statuses[name].title for name in names)


def _warned(warning: Any, unit: str) -> str:
    if warning.amount == 0:
        return f"{warning.title}（到期）"
    return f"{warning.title}（{'前' if warning.before else '后'} {warning.amount} {unit}）"


def _accounts(definition: Definition) -> Iterator[str]:
    accounts = definition.accounts
    if accounts is None:
        return
    titles = {kind.code: kind.title for kind in accounts.kinds}
    yield f"单位：{_UNITS[accounts.unit]}。每笔分录各方合计为零，只能冲正，不得更改。\n\n"
    yield from _table(
        ("账户", "归属", "可为负"),
        (
            (kind.title, "每条记录" if kind.holder == "record" else "每个区域", "是" if kind.may_be_negative else "")
            for kind in accounts.kinds
        ),
    )
    yield "\n"
    yield from _table(
        ("分录", "各方", "权限", "冲正权限"),
        (
            (
                one.title,
                "，".join(f"{titles[side.account]} {'+' if side.sign > 0 else '−'}" for side in one.sides),
                f"`{one.permission}`",
                f"`{one.reverse_permission}`",
            )
            for one in accounts.postings
        ),
    )


def _figures(ledger: Ledger, counted: Sequence[Mapping[str, str]]) -> Iterator[str]:
    yield "“样例”是按随附样例记录手工数出的数值（时期 · 区划 · 分组 → 数值），导入样例即得。\n\n"
    told: dict[str, list[str]] = {}
    for line in counted:
        part = f" · {line['dimension']}" if "dimension" in line else ""
        told.setdefault(line["measure"], []).append(f"{line['period']} · {line['area']}{part} → {line['value']}")
    rows = [
        (
            one.title, f"`{ledger.owner}.{ledger.code}.{one.code}`", one.kind.label, one.unit, one.meaning,
            "" if one.dimension is None else _dimension(ledger, one.dimension), "<br>".join(told.get(one.code, [])),
        )
        for one in ledger.definition.measures
    ]  # fmt: skip
    rows += [
        (
            one.title, f"`{ledger.owner}.{ledger.code}.{one.code}`", "比率", "%", one.meaning, "",
            "<br>".join(told.get(one.code, [])),
        )
        for one in ledger.definition.ratios
    ]  # fmt: skip
    yield from _table(("指标", "代码", "类型", "单位", "统计口径", "分组", "样例"), rows)
    if ledger.about_persons:
        yield f"\n台账涉及居民：{MeasureKind.STOCK.label}和{MeasureKind.FLOW.label}为 1 至 4 的不向任何人显示。\n"


def _dimension(ledger: Ledger, name: str) -> str:
    field = ledger.fields.get(name)
    return ledger.computed_fields[name].title if field is None else field.title


def _permissions(ledger: Ledger) -> list[str]:
    access = ledger.definition.access
    asked = [
        *(("读取", access.read), ("登记、更正", access.write), ("查看完整个人信息", access.personal)),
        *(("导入", access.bulk), ("导出", access.export)),
    ]
    asked += [(step.title, step.permission) for step in ledger.definition.steps]
    lines = _table(
        ("事项", "权限", "岗位"),
        (
            (title, f"`{name}`", "、".join(role.label for role in Role if role in PERMISSIONS[name]))
            for title, name in dict.fromkeys(asked)
        ),
    )
    if access.disclosed is not None:
        fields = "、".join(ledger.fields[name].title for name in access.disclosed.fields)
        lines.append(f"\n向居民公开：{_statuses(ledger, access.disclosed.after)}的记录，公开{fields}。\n")
    return lines


def _columns(ledger: Ledger) -> Iterator[str]:
    yield "导入模板按下列标题，顺序不限；括号内的写法也认得。“状态”和状态日期用于整本转入已经办过的纸质台账。\n\n"
    for column in template_columns(ledger, columns_of(ledger)):
        also = f"（{'、'.join(column.synonyms)}）" if column.synonyms else ""
        yield f"- {column.title}{also}{'，必填' if column.required else ''}\n"
