"""The folder that describes a county: `county.yaml`, and beside it the division file and the grids it names."""

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from deploy.first_day.refusal import FirstDayRefused
from shared.auth.roles import DEPARTMENT_ROLES, Role
from shared.reference.digits import is_digits

Code = Annotated[str, StringConstraints(pattern=r"^[0-9]{2,15}$")]
COLUMNS = ("code", "name", "level", "parent_code")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Year(_Part):
    """Days off and weekends that are worked, as the State Council's notice lists them."""

    year: int
    holidays: list[date]
    working_weekends: list[date]
    source: str


class Unit(_Part):
    """A unit that handles incidents."""

    area: Code
    department: str
    name: str


class Item(_Part):
    """An item of the hall and what its first version says, in the words of the interface `takeItemCollection`."""

    code: str
    department: str
    category: str
    target: str = "natural_person"
    content: dict[str, Any]


class Account(_Part):
    """Somebody who logs in, with one grant."""

    username: Annotated[str, StringConstraints(pattern=r"^[a-z0-9._-]{1,64}$")]
    role: Role
    area: Code
    department: str | None = None

    @property
    def grant(self) -> dict[str, str]:
        """The grant as the claim `xiangli_grants` holds it."""
        found = {"role": str(self.role), "area": self.area}
        return found | ({"department": self.department} if self.department else {})


class CountyFile(_Part):
    """What a county begins with."""

    county: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
    books_opened_on: date
    divisions: list[dict[str, str]]
    successors: dict[str, str | None] = Field(default_factory=dict)
    calendar: list[Year] = Field(default_factory=list)
    units: list[Unit] = Field(default_factory=list)
    items: list[Item] = Field(default_factory=list)
    ledgers: list[dict[str, Any]] = Field(default_factory=list)
    grids: list[dict[str, Any]] = Field(default_factory=list)
    households: list[dict[str, Any]] = Field(default_factory=list)
    tags: dict[str, list[str]] = Field(default_factory=dict)
    accounts: list[Account] = Field(default_factory=list)

    def who(self, role: Role, *, nth: int = 0) -> Account:
        """The account that does a step. Raises FirstDayRefused if the file has none."""
        found = [one for one in self.accounts if one.role == role]
        if len(found) <= nth:
            raise FirstDayRefused(
                f"county.yaml 的 accounts 中需要 {nth + 1} 个岗位为 {role}（{role.label}）的账号。请补上。",
                f"county.yaml: {nth + 1} accounts of the role {role} are needed; add them under `accounts`.",
            )
        return found[nth]


def read(folder: Path, ledgers: Path) -> CountyFile:
    """The county of a folder; shipped ledgers are named by their code and lie in `ledgers`. Raises FirstDayRefused."""
    found: Any = _yaml(folder / "county.yaml")
    if not isinstance(found, dict):
        raise _wrong("county.yaml", "it is no mapping", "内容不是键值对")
    divisions = _divisions(folder / str(found.pop("divisions", "divisions.csv")))
    grids = _features(folder / str(found.pop("grids"))) if "grids" in found else []
    codes = found.pop("ledgers", [])
    shipped = [_ledger(ledgers, str(code)) for code in codes]
    return county({**found, "divisions": divisions, "grids": grids, "ledgers": shipped})


def county(content: Mapping[str, Any]) -> CountyFile:
    """The county with this content. Raises FirstDayRefused with the first fault."""
    try:
        made = CountyFile.model_validate(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _wrong("county.yaml", f"{where}: {first['msg']}", f"{where} 填写有误") from None
    names = [one.username for one in made.accounts]
    if double := next((name for name in names if names.count(name) > 1), None):
        raise _wrong("county.yaml", f"accounts: {double} stands there twice", f"accounts 中 {double} 重复")
    for one in made.accounts:
        if one.role in DEPARTMENT_ROLES and not one.department:
            raise _wrong("county.yaml", f"accounts: {one.username} needs a department", f"{one.username} 缺少部门")
        if not one.area.startswith(made.county):
            said = f"accounts: {one.username} has a grant outside the county"
            raise _wrong("county.yaml", said, f"{one.username} 的授权不在本县")
    return made


def _wrong(file: str, english: str, chinese: str) -> FirstDayRefused:
    return FirstDayRefused(f"{file}：{chinese}。请更正后再试。", f"{file}: {english}; correct it and try again.")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise _wrong(path.name, f"there is no such file in {path.parent}", "该文件夹中没有此文件") from None
    except (OSError, UnicodeDecodeError):
        raise _wrong(path.name, "it cannot be read as UTF-8", "无法按 UTF-8 读取") from None


def _yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(_text(path))
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise _wrong(path.name, f"line {line} is not YAML", f"第 {line} 行不符合 YAML 格式") from None


def _divisions(path: Path) -> Sequence[dict[str, str]]:
    rows = list(csv.DictReader(_text(path).splitlines()))
    if not rows or not set(COLUMNS) <= set(rows[0]):
        columns = ", ".join(COLUMNS)
        raise _wrong(path.name, f"it needs lines and the columns {columns}", f"须有内容，列名为 {columns}")
    for number, row in enumerate(rows, 2):
        if None in row or not is_digits(row["level"] or ""):
            raise _wrong(path.name, f"line {number} has another form", f"第 {number} 行格式有误")
    return [{name: row[name] or "" for name in COLUMNS} for row in rows]


def _features(path: Path) -> Sequence[dict[str, Any]]:
    try:
        features: list[dict[str, Any]] = json.loads(_text(path))["features"]
    except (ValueError, KeyError, TypeError):
        raise _wrong(path.name, "it is no GeoJSON FeatureCollection", "不是 GeoJSON FeatureCollection") from None
    return features


def _ledger(folder: Path, code: str) -> dict[str, Any]:
    path = folder / f"{code}.json"
    if not code.replace("_", "").isalnum() or not path.exists():
        shipped = ", ".join(sorted(one.stem for one in folder.glob("*.json")))
        raise _wrong("county.yaml", f"ledgers: {code} does not ship; these do: {shipped}", f"随附的台账中没有 {code}")
    definition: dict[str, Any] = json.loads(_text(path))["definition"]
    return definition
