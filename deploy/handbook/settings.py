"""Generated pages of all settings (`docs/operations/settings*.md`), English and Chinese, with the chart's values."""

import importlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from deploy.handbook.meanings import CHINESE
from deploy.helm import readme
from deploy.helm.values_file import described
from shared.contracts.asyncapi import SERVICES
from shared.settings import ServiceSettings

FOLDER = Path("docs/operations")
_NAMED = re.compile(r" ?\(`XIANGLI_[^)]*`\)")

HEADS = {
    "en": """\
# All settings

Generated from `shared/settings.py`, `services/*/settings.py` and the chart's `values.yaml`; `make generate` renews it.
A process reads `XIANGLI_…` from its environment; with the chart you set the value in the second column. Keys and
passwords come from Secrets: the value then names the Secret or its key. Defaults are those of the program; the chart
may have others.

| setting | value of the chart | of | type | default | meaning |
| --- | --- | --- | --- | --- | --- |
""",
    "zh-CN": """\
# 全部设置项

由 `shared/settings.py`、`services/*/settings.py` 和 Chart 的 `values.yaml` 生成，`make generate` 会更新本页。
进程从环境变量 `XIANGLI_…` 读取设置；用 Chart 部署时，填写第二列的值。
密钥和口令取自 Secret：此时该值写的是 Secret 的名称或其中的键名。默认值是程序的默认值，Chart 可另有规定。

| 设置项 | Chart 的值 | 所属 | 类型 | 默认值 | 含义 |
| --- | --- | --- | --- | --- | --- |
""",
}
WORDS = {
    "en": {"required": "required", "everybody": "all", "empty": "–"},
    "zh-CN": {"required": "必填", "everybody": "全部服务", "empty": "–"},
}

TYPES: dict[str, dict[str, str]] = {
    "en": {},
    "zh-CN": {"number": "数字", "text": "文本", "secret": "保密", "file": "文件"},
}


@dataclass(frozen=True)
class Setting:
    """One environment variable. `service` is None if all four have it."""

    name: str
    service: str | None
    field: FieldInfo

    @property
    def variable(self) -> str:
        return f"XIANGLI_{self.name.upper()}"


def pages() -> Iterator[tuple[Path, str]]:
    """Paths and texts of both pages. Raises KeyError or ValueError for a setting without a meaning in that language."""
    for language, suffix in (("en", ""), ("zh-CN", ".zh-CN")):
        rows = "".join(_row(setting, language) for setting in settings())
        yield FOLDER / f"settings{suffix}.md", HEADS[language] + rows


def settings() -> list[Setting]:
    """Every setting in the order of the code, the common ones first."""
    common = ServiceSettings.model_fields
    found = [Setting(name, None, field) for name, field in common.items()]
    for service in SERVICES:
        own = importlib.import_module(f"services.{service}.settings").Settings.model_fields
        found += [Setting(name, service, field) for name, field in own.items() if name not in common]
    return found


def english(setting: Setting) -> str:
    """English meaning of a setting: the description in the code, else the comment of the chart."""
    values = readme.settings().get(setting.variable, [])
    comments = {value.path: value.description for value in described()}
    if len(values) == 1 and not setting.field.description:
        return _NAMED.sub("", comments[values[0]]).strip()
    if setting.field.description:
        return setting.field.description
    if values:
        return _NAMED.sub("", comments[values[0]]).strip()
    raise ValueError(f"{setting.variable} has no description in the code and no value in the chart")


def _row(setting: Setting, language: str) -> str:
    words = WORDS[language]
    values = readme.settings().get(setting.variable, [])
    shown = ", ".join(f"`{path.replace('services.registry.', 'services.*.')}`" for path in values) or words["empty"]
    kind = type_name(setting.field.annotation)
    cells = (
        f"`{setting.variable}`",
        shown,
        setting.service or words["everybody"],
        TYPES[language].get(kind, kind),
        words["required"] if setting.field.is_required() else _default(setting.field.default, words["empty"]),
        english(setting) if language == "en" else CHINESE[setting.name],
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def type_name(annotation: Any) -> str:
    """Type of a setting in plain words: number, text, secret, file, or the values it may have."""
    if annotation is None or annotation is type(None):
        return ""
    if get_origin(annotation) is Literal:
        return ", ".join(get_args(annotation))
    if hasattr(annotation, "__members__"):
        return ", ".join(str(each.value) for each in annotation)
    plain = {"int": "number", "float": "number", "str": "text", "SecretStr": "secret", "Path": "file"}
    if getattr(annotation, "__name__", "") in plain and not get_args(annotation):
        return plain[annotation.__name__]
    return " ".join(dict.fromkeys(filter(None, (type_name(each) for each in get_args(annotation)[:2]))))


def _default(value: Any, empty: str) -> str:
    if hasattr(value, "get_secret_value"):
        value = value.get_secret_value()
    value = getattr(value, "value", value)
    return empty if value in (None, "") else f"`{value}`"
