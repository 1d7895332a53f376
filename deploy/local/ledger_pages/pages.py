"""Pages of the ledgers that ship, out of their definitions: `docs/ledgers/<code>.md`, in Chinese, for counties.

Beside each stands `<code>.json`, the body with which a county drafts it.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from deploy.local.ledger_pages.sections import (
    accounts_of,
    computed,
    english,
    fields_of,
    figures,
    lifecycle,
    limits,
    markdown_table,
    permissions,
    section,
    table_of,
)
from shared.ledgers.compiler import Ledger, compile_ledger
from shared.ledgers.grammar.definition import Definition

ROOT = Path(__file__).resolve().parents[3]
PAGES = Path("docs/ledgers")


def pages() -> Iterator[tuple[Path, str]]:
    """Every page, and the list of them."""
    found = [_read(path) for path in _shipped()]
    for ledger, counted in found:
        yield PAGES / f"{ledger.code}.md", page(ledger, counted)
        yield PAGES / f"{ledger.code}.json", draft(ledger)
    lines = [
        "# 随附的台账\n\n*Ledgers that ship* · 由定义生成，请勿手改。Generated from the definitions.\n\n",
        *markdown_table(
            ("台账", "English", "归口", "依据"),
            (
                (f"[{one.title}]({one.code}.md)", english(one), one.definition.owner.label, one.definition.source)
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
        f"# {ledger.title}\n\n*{english(ledger)}* · `{ledger.code}` · 由定义生成，请勿手改。\n\n",
        f"- 依据：{definition.source}\n",
        f"- 归口：{definition.owner.label}（`{ledger.owner}`）\n",
        f"- 启用：把 [{ledger.code}.json]({ledger.code}.json) 发到 `POST {draft_path(ledger)}`，再由另一人发布\n",
        f"- 记录所在层级：{'、'.join(level.label for level in definition.levels)}\n",
        f"- 对象：{subject}\n",
        f"- 不得重复：{keys or '无'}\n",
        f"- 现场采集：{'手机表单可填' if definition.access.captured_in_field else '不设手机表单'}\n",
        f"- 传输：{'受限主题，县里系统不读' if ledger.travels_restricted else '普通主题'}\n",
        *section("字段", fields_of(ledger.fields.values(), ledger)),
    ]
    for rows in definition.rows:
        parts += section(f"子表：{rows.title}（{rows.min} 至 {rows.max} 行）", fields_of(rows.fields, ledger))
    parts += section("计算字段", computed(ledger))
    parts += section("规则", [f"- {rule.message}（`{rule.that}`）\n" for rule in definition.rules])
    parts += section("状态与操作", lifecycle(ledger))
    parts += section("时限", limits(ledger))
    parts += section("账户", accounts_of(definition))
    parts += section("指标", figures(ledger, counted))
    parts += section("权限", permissions(ledger))
    parts += section("表格", table_of(ledger))
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
    written = yaml.load(path.with_suffix("").with_suffix(".yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    definition = Definition.model_validate_json(json.dumps(written, default=str))
    counted: list[dict[str, str]] = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    return compile_ledger(definition, version=1), counted
