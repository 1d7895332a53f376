"""Generated README.md of the chart: the template, and tables from values.yaml, the schema and the flows."""

import json
import re
from pathlib import Path
from typing import Any

from deploy.helm.flows import FLOWS
from deploy.helm.schema import DEFINITIONS, VALUES, document
from deploy.helm.values_file import Value, described

TEMPLATE = Path(__file__).parent / "README.template.md"
_SETTING = re.compile(r"`(XIANGLI_[A-Z_]+)`")


def page() -> str:
    """Text of README.md."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, table in (("flows", _flows()), ("settings", _settings()), ("values", _values())):
        text = text.replace(f"<!-- {name} -->", "\n".join(table))
    return text


def schema() -> str:
    """Text of values.schema.json."""
    descriptions = {value.path: value.description for value in described()}
    return json.dumps(document(descriptions), ensure_ascii=False, indent=1) + "\n"


def settings() -> dict[str, list[str]]:
    """Settings (`XIANGLI_…`) → paths of the values that set them, as the comments of values.yaml say."""
    found: dict[str, list[str]] = {}
    for value in described():
        for name in _SETTING.findall(value.description):
            found.setdefault(name, []).append(value.path)
    return found


def schema_at(path: str) -> dict[str, Any]:
    """Schema of the value at a dotted path. Raises KeyError if the schema does not know it."""
    schema = VALUES
    for name in path.split("."):
        schema = _resolved(_resolved(schema)["properties"][name])
    return schema


def type_of(path: str) -> str:
    """Type of a value in a word or two. Raises KeyError if the schema does not know it."""
    schema = schema_at(path)
    if "enum" in schema:
        return "one of a set"
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " or ".join(kinds)


def _resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        schema = DEFINITIONS[schema["$ref"].rpartition("/")[2]]
    return schema


def _flows() -> list[str]:
    rows = [f"| {flow.source} | {flow.target} | {flow.port} | {flow.reason} |" for flow in FLOWS]
    return ["| from | to | port | why |", "| --- | --- | --- | --- |", *rows]


def _settings() -> list[str]:
    rows = [f"| `{name}` | {', '.join(f'`{path}`' for path in paths)} |" for name, paths in sorted(settings().items())]
    return ["| setting | value |", "| --- | --- |", *rows]


def _values() -> list[str]:
    rows = [_row(value) for value in described() if not value.group]
    return ["| value | type | default | meaning |", "| --- | --- | --- | --- |", *rows]


def _row(value: Value) -> str:
    default = json.dumps(value.default, ensure_ascii=False) if value.default not in ("", None) else ""
    shown = f"`{default}`" if default else ""
    path = value.path.replace("services.registry.", "services.*.", 1)
    cells = (f"`{path}`", type_of(value.path), shown, value.description)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
