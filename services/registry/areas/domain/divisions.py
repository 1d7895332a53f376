"""How a division file (区划文件) is read: unpadded codes, levels, kinds, and what is wrong with its lines."""

import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from shared.errors import FieldError, Invalid
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS, Kind, canonical, kind_by_range, parent
from shared.reference.areas import LEVELS as ALL_LEVELS
from shared.reference.digits import is_digits

LEVELS = tuple(level for level in ALL_LEVELS if level <= VILLAGE_DIGITS)
"""Lengths of the codes that registry keeps: province, prefecture, county, town or street, village or community."""

_FILE_LEVELS = dict(zip(("1", "2", "3", "4", "5"), LEVELS, strict=True))

_DIGITS = frozenset("0123456789")

_LOST_MARKS = frozenset("?？*＊")
"""What stands in a name in place of a character that a conversion could not write."""

_ROUND_ZERO = "○"
"""Written for 〇 in names such as 二○一社区; the other symbols never stand in the name of an area."""


@dataclass(frozen=True, slots=True)
class Division:
    """One line of a division file, its code without padding. `row`: which line it was, from 0."""

    code: str
    name: str
    level: int
    parent: str | None
    kind: str
    row: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What the tree holds of an area that a division file names."""

    name: str
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class KnownArea:
    """An area as the tree holds it, whatever has become of it."""

    code: str
    name: str
    kind: str
    parent: str | None
    valid_from: date
    valid_to: date | None


def kind_of(code: str) -> str:
    """Kind of an area by the range of its code. Stored once: some 200 codes nationally lie outside the ranges."""
    return kind_by_range(code) or Kind.SIMILAR


def read_divisions(rows: Iterable[Mapping[str, str | None]]) -> Sequence[Division]:
    """The lines of a division file (`code,name,level,parent_code`, codes padded to 12, level 1–5), parents first.

    Raises `Invalid` with the path `rows.<n>.<column>` of everything that is wrong; levels that are all off by the same
    number, and columns that are swapped, are named once.
    """
    cells = [_Cells.of(number, row) for number, row in enumerate(rows)]
    if whole := _swapped(cells) or _shifted(cells):
        raise Invalid(errors=[whole])
    divisions: list[Division] = []
    errors: list[FieldError] = []
    seen: set[str] = set()
    for line in cells:
        division, wrong = line.read(seen)
        errors += wrong
        if division is not None:
            seen.add(division.code)
            divisions.append(division)
    if errors:
        raise Invalid(errors=errors)
    return sorted(divisions, key=lambda division: division.code)


def check_tree(divisions: Sequence[Division], standing: Mapping[str, Standing], day: date) -> Sequence[FieldError]:
    """What keeps read lines from being taken over into the tree, in the order of the file.

    Below the county no area opens without its parent, nor below one that has ended; no town opens without a village; an
    area that has ended keeps its name. `day`: the first day of the areas that are new.
    """
    named = {one.code for one in divisions}
    peopled = {one.code[:TOWN_DIGITS] for one in divisions if one.level == VILLAGE_DIGITS}
    errors: list[FieldError] = []
    for one in sorted(divisions, key=lambda division: division.row):
        path = f"rows.{one.row}"
        if (before := standing.get(one.code)) is not None:
            if before.valid_to is not None and before.name != one.name:
                errors.append(FieldError(f"{path}.name", "abolished", "该区划已撤销，不再更名"))
            continue
        upper = standing.get(one.parent or "")
        if upper is None and one.parent not in named and one.level > COUNTY_DIGITS:
            message = "上级区划既不在文件中，也未登记：文件可能缺少上一级（如县级）的行"
            errors.append(FieldError(f"{path}.parent_code", "parent_missing", message))
        elif upper is not None and upper.valid_to is not None and upper.valid_to <= day:
            errors.append(FieldError(f"{path}.parent_code", "parent_abolished", "上级区划已撤销，不能在其下新增"))
        if one.level == TOWN_DIGITS and one.code not in peopled:
            message = "该乡镇（街道）没有村级的行：文件可能缺少第 5 级"
            errors.append(FieldError(f"{path}.code", "no_villages", message))
    return errors


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one line, spaces and invisible characters taken away."""

    number: int
    code: str
    name: str
    level: str
    parent_code: str

    @classmethod
    def of(cls, number: int, row: Mapping[str, str | None]) -> "_Cells":
        return cls(number, *(tidy(row.get(name)) for name in ("code", "name", "level", "parent_code")))

    @property
    def proper_level(self) -> int | None:
        """The level, 1 to 5, that the code itself has; None if it is no code of 12 digits."""
        if len(self.code) != VILLAGE_DIGITS or not is_digits(self.code):
            return None
        if self.code.startswith("00"):
            return None
        return LEVELS.index(len(canonical(self.code))) + 1

    def read(self, seen: Collection[str]) -> tuple[Division | None, Sequence[FieldError]]:
        """The division, as far as code and level allow one, and what is wrong with the line."""

        def wrong(column: str, code: str, message: str) -> FieldError:
            return FieldError(f"rows.{self.number}.{column}", code, message)

        length = _FILE_LEVELS.get(self.level)
        if length is None:
            return None, [wrong("level", "level", "层级须为 1 至 5")]
        if self.proper_level is None:
            return None, [wrong("code", "area_code", "代码须为 12 位数字")]
        if self.proper_level != int(self.level):
            return None, [wrong("level", "level", f"层级与代码不符：该代码是第 {self.proper_level} 级")]
        code = self.code[:length]  # cut, never stripped of zeros: 431000000000 is 4310
        errors = []
        if not 1 <= len(self.name) <= 100:
            errors.append(wrong("name", "name", "名称须为 1 至 100 个字"))
        elif not is_area_name(self.name):
            errors.append(wrong("name", "lost_character", "名称中有丢失或无法识别的字，请更正原文件后再导入"))
        if code in seen:
            errors.append(wrong("code", "duplicate", "代码重复"))
        above = parent(code)
        if above is not None and self.parent_code != above.ljust(VILLAGE_DIGITS, "0"):
            errors.append(wrong("parent_code", "parent", "上级代码与本级代码不符"))
        return Division(code, self.name, length, above, kind_of(code), self.number), errors


def _swapped(cells: Sequence[_Cells]) -> FieldError | None:
    """The error of a file of more than one line whose codes stand in the column of names, or of the codes above."""
    if len(cells) > 1 and all(_is_code(line.name) and not _is_code(line.code) for line in cells):
        return FieldError("rows", "columns_swapped", "代码与名称两列颠倒")
    below = [line for line in cells if line.parent_code]
    if len(below) > 1 and all(_is_code(line.parent_code) and _is_right_above(line) for line in below):
        return FieldError("rows", "columns_swapped", "代码与上级代码两列颠倒")
    return None


def _is_code(cell: str) -> bool:
    return len(cell) == VILLAGE_DIGITS and is_digits(cell) and not cell.startswith("00")


def _is_right_above(line: _Cells) -> bool:
    """Whether the code of a line is that above the one which stands as its parent."""
    above = parent(canonical(line.parent_code))
    return line.code == ("" if above is None else above.ljust(VILLAGE_DIGITS, "0"))


def _shifted(cells: Sequence[_Cells]) -> FieldError | None:
    """The error of a file of more than one line whose levels are all off by the same number."""
    if len(cells) < 2 or any(line.proper_level is None or line.level not in _DIGITS for line in cells):
        return None
    shifts = {int(line.level) - (line.proper_level or 0) for line in cells}
    if len(shifts) != 1 or shifts == {0}:
        return None
    return FieldError("rows", "levels_shifted", "层级整体有偏差：省级应为 1，市 2，县 3，乡镇 4，村 5")


def tidy(cell: str | None) -> str:
    """The cell without any kind of space and without characters of no width: names of areas hold none."""
    return "".join(c for c in cell or "" if not c.isspace() and unicodedata.category(c) != "Cf")


def is_area_name(name: str) -> bool:
    """Whether every character may stand in the name of an area: none was lost by a conversion."""
    return all(_may_stand_in_name(character) for character in name)


def _may_stand_in_name(character: str) -> bool:
    """Letters, digits and punctuation: no control, private or unassigned code point, no symbol, no lost character."""
    if character in _LOST_MARKS:
        return False
    category = unicodedata.category(character)
    return category[0] in "LNPM" or character in (_ROUND_ZERO, "+", "～")
