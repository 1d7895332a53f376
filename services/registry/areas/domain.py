"""Administrative areas, province to village: unpadded codes, levels, kinds and how a division file is read."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from shared.errors import DomainError, ErrorKind, FieldError, Invalid, NotFound
from shared.reference.areas import LEVELS as ALL_LEVELS
from shared.reference.areas import VILLAGE_DIGITS, Kind, kind_by_range
from shared.reference.digits import is_digits

LEVELS = tuple(level for level in ALL_LEVELS if level <= VILLAGE_DIGITS)
"""Lengths of the codes that registry keeps: province, prefecture, county, town or street, village or community."""

_FILE_LEVELS = dict(zip(("1", "2", "3", "4", "5"), LEVELS, strict=True))


class UnknownArea(DomainError):
    """No village of that code is open in this register on that day."""

    kind, code, title = ErrorKind.INVALID, "unknown_area", "行政区划代码不存在或已撤销"
    advice = "请核对区划代码，已撤销的改用其承接区划"


class UnknownGrid(DomainError):
    """No grid of that code is known to be open: the grid service owns grids."""

    kind, code, title = ErrorKind.INVALID, "unknown_grid", "网格不存在或已撤销"
    advice = "请核对网格编码，已撤销的改用其承接网格；新设的网格稍后再试"


class AreaAlreadyAbolished(DomainError):
    """The area was abolished before."""

    kind, code, title = ErrorKind.CONFLICT, "area_already_abolished", "该行政区划已撤销"
    advice = "请在其承接区划上办理"


class AreaNotFound(NotFound):
    """Same body as any other `not_found`."""


@dataclass(frozen=True, slots=True)
class Division:
    """One line of a division file, its code without padding."""

    code: str
    name: str
    level: int
    parent: str | None
    kind: str


def kind_of(code: str) -> str:
    """Kind of an area by the range of its code. Stored once: some 200 codes nationally lie outside the ranges."""
    return kind_by_range(code) or Kind.SIMILAR


def read_divisions(rows: Iterable[Mapping[str, str | None]]) -> Sequence[Division]:
    """The lines of a division file (`code,name,level,parent_code`, codes padded to 12, level 1–5), parents first.

    Raises `Invalid` with the path `rows.<n>.<column>` of everything that is wrong.
    """
    divisions: list[Division] = []
    errors: list[FieldError] = []
    seen: set[str] = set()
    for number, row in enumerate(rows):
        level = _FILE_LEVELS.get((row.get("level") or "").strip())
        padded = (row.get("code") or "").strip()
        name = (row.get("name") or "").strip()
        if level is None:
            errors.append(FieldError(f"rows.{number}.level", "level", "层级须为 1 至 5"))
            continue
        if len(padded) != VILLAGE_DIGITS or not is_digits(padded) or padded[level:].strip("0"):
            errors.append(FieldError(f"rows.{number}.code", "area_code", "代码须为 12 位数字且与层级相符"))
            continue
        code = padded[:level]  # cut, never stripped of zeros: 431000000000 is 4310
        if not 1 <= len(name) <= 100:
            errors.append(FieldError(f"rows.{number}.name", "name", "名称须为 1 至 100 个字"))
        if code in seen:
            errors.append(FieldError(f"rows.{number}.code", "duplicate", "代码重复"))
        parent = _parent_of(code, level, (row.get("parent_code") or "").strip())
        if level > LEVELS[0] and parent is None:
            errors.append(FieldError(f"rows.{number}.parent_code", "parent", "上级代码与本级代码不符"))
        seen.add(code)
        divisions.append(Division(code, name, level, parent, kind_of(code)))
    if errors:
        raise Invalid(errors=errors)
    return sorted(divisions, key=lambda division: division.code)


def _parent_of(code: str, level: int, padded: str) -> str | None:
    """The parent's own code. It may skip a level: 441900, 442000 and 460400 have no county below them."""
    if level == LEVELS[0]:
        return None
    for upper in reversed(LEVELS[: LEVELS.index(level)]):
        parent = code[:upper]
        if parent.ljust(VILLAGE_DIGITS, "0") == padded:
            return parent
    return None
