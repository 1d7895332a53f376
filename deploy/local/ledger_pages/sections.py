"""Sections of a ledger's page, each as lines of Markdown."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from shared.auth.roles import PERMISSIONS, Role
from shared.ledgers.compiler import Ledger
from shared.ledgers.compiler.code_lists import CODE_LISTS
from shared.ledgers.grammar.definition import Definition
from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import MeasureKind
from shared.ledgers.sheets.columns import columns_of, template_columns

SHOWN = 8
"""Choices that a table shows; of longer lists it tells how many there are."""

_UNITS = {"fen": "分", "minute": "分钟", "piece": "件"}


def english(ledger: Ledger) -> str:
    """The English name, out of the code."""
    return ledger.code.replace("_", " ").capitalize()


def section(title: str, lines: Iterable[str]) -> list[str]:
    """A titled section; nothing at all if it has no lines."""
    told = list(lines)
    return [f"\n## {title}\n\n", *told] if told else []


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A table; nothing at all if it has no rows."""
    found = [[_cell(one) for one in row] for row in rows]
    lines = [list(titles), ["---"] * len(titles), *found]
    return [f"| {' | '.join(line)} |\n" for line in lines] if found else []


def _cell(value: object) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def fields_of(fields: Iterable[FieldDefinition], ledger: Ledger) -> list[str]:
    """Fields with type, privacy, when they are needed, and what they may hold."""
    return markdown_table(
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


def computed(ledger: Ledger) -> list[str]:
    """Computed fields with their expressions."""
    return markdown_table(
        ("名称", "代码", "类型", "保密级别", "算式"),
        (
            (one.title, f"`{name}`", one.type.label, ledger.privacy[name].label, f"`{one.value}`")
            for name, one in ledger.computed_fields.items()
        ),
    )


def lifecycle(ledger: Ledger) -> Iterator[str]:
    """Statuses as a diagram, and the steps between them."""
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
    yield from markdown_table(
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


def limits(ledger: Ledger) -> Iterator[str]:
    """Limits with their extensions and warnings."""
    if ledger.definition.clock and ledger.definition.clock.source:
        yield f"依据：{ledger.definition.clock.source}\n\n"
    yield from markdown_table(
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


def accounts_of(definition: Definition) -> Iterator[str]:
    """Accounts and the postings that move them."""
    accounts = definition.accounts
    if accounts is None:
        return
    titles = {kind.code: kind.title for kind in accounts.kinds}
    yield f"单位：{_UNITS[accounts.unit]}。每笔分录各方合计为零，只能冲正，不得更改。\n\n"
    yield from markdown_table(
        ("账户", "归属", "可为负"),
        (
            (kind.title, "每条记录" if kind.holder == "record" else "每个区域", "是" if kind.may_be_negative else "")
            for kind in accounts.kinds
        ),
    )
    yield "\n"
    yield from markdown_table(
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


def figures(ledger: Ledger, counted: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """Measures and ratios, with what the sample records give."""
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
    yield from markdown_table(("指标", "代码", "类型", "单位", "统计口径", "分组", "样例"), rows)
    if ledger.about_persons:
        yield f"\n台账涉及居民：{MeasureKind.STOCK.label}和{MeasureKind.FLOW.label}为 1 至 4 的不向任何人显示。\n"


def _dimension(ledger: Ledger, name: str) -> str:
    field = ledger.fields.get(name)
    return ledger.computed_fields[name].title if field is None else field.title


def permissions(ledger: Ledger) -> list[str]:
    """Who may do what."""
    access = ledger.definition.access
    asked = [
        *(("读取", access.read), ("登记、更正", access.write), ("查看完整个人信息", access.personal)),
        *(("导入", access.bulk), ("导出", access.export)),
    ]
    asked += [(step.title, step.permission) for step in ledger.definition.steps]
    lines = markdown_table(
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


def table_of(ledger: Ledger) -> Iterator[str]:
    """Columns of the template for imports."""
    yield "导入模板按下列标题，顺序不限；括号内的写法也认得。“状态”和状态日期用于整本转入已经办过的纸质台账。\n\n"
    for column in template_columns(ledger, columns_of(ledger)):
        also = f"（{'、'.join(column.synonyms)}）" if column.synonyms else ""
        yield f"- {column.title}{also}{'，必填' if column.required else ''}\n"
