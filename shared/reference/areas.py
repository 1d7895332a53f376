"""Area codes: 统计用区划代码 (GB/T 10114) to the village, and three digits more for the grid.

Canonical form: unpadded text of 2, 4, 6, 9, 12 or 15 digits. A longer code begins with its parent's.
"""

from collections.abc import Collection

from shared.reference.codes import CodeList
from shared.reference.digits import is_digits
from shared.reference.named_code import NamedCode

LEVELS = (2, 4, 6, 9, 12, 15)
"""Province, prefecture, county, town, village, grid: the lengths of canonical codes."""

PROVINCE_DIGITS, PREFECTURE_DIGITS, COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS, GRID_DIGITS = LEVELS


def county_of(code: str) -> str:
    """The county of a code of 6 digits or more."""
    return code[:COUNTY_DIGITS]


def village_of(code: str) -> str:
    """The village of the code of a village or a grid."""
    return code[:VILLAGE_DIGITS]


def same_village(area: str, other: str) -> bool:
    """Whether two villages or grids lie in one village."""
    return village_of(area) == village_of(other)


def next_grid(village: str, like: str, taken: Collection[str]) -> str | None:
    """The code that a grid gets in another village: with its own three digits if they are free, else the first free.

    `taken`: codes of the village that were ever used. None: all 999 are.
    """
    for number in (like[VILLAGE_DIGITS:], *(f"{one:03d}" for one in range(1, 1000))):
        if village + number not in taken:
            return village + number
    return None


def is_district(code: str) -> bool:
    """Whether the code lies in a district of a city: 01–20 or 51–70 in its third pair of digits (GB/T 2260)."""
    number = code[4:COUNTY_DIGITS]
    return "01" <= number <= "20" or "51" <= number <= "70"


def is_grid(code: str) -> bool:
    """Whether the code is that of a grid."""
    return len(code) == GRID_DIGITS


PROVINCES = CodeList.parse(
    "GB/T 2260",
    """
    11 北京市 12 天津市 13 河北省 14 山西省 15 内蒙古自治区 21 辽宁省 22 吉林省 23 黑龙江省 31 上海市 32 江苏省
    33 浙江省 34 安徽省 35 福建省 36 江西省 37 山东省 41 河南省 42 湖北省 43 湖南省 44 广东省 45 广西壮族自治区
    46 海南省 50 重庆市 51 四川省 52 贵州省 53 云南省 54 西藏自治区 61 陕西省 62 甘肃省 63 青海省 64 宁夏回族自治区
    65 新疆维吾尔自治区 71 台湾省 81 香港特别行政区 82 澳门特别行政区 83 台湾（居住证）
    """,
)
"""Provinces by two digits. 83 is no province: it begins the residence permits of Taiwan residents."""

URBAN_RURAL = CodeList.parse(
    "国统字〔2009〕91号",
    "111 主城区 112 城乡结合区 121 镇中心区 122 镇乡结合区 123 特殊区域 210 乡中心区 220 村庄",
)
"""城乡分类: given to each village apart from its code."""


class Kind(NamedCode):
    """What an area is. Stored with the area; a code only hints at it."""

    PROVINCE = "province", "省"
    PREFECTURE = "prefecture", "地级市"
    COUNTY = "county", "县"
    STREET = "street", "街道"
    TOWN = "town", "镇"
    TOWNSHIP = "township", "乡"
    RESIDENTS_COMMITTEE = "residents_committee", "居民委员会"
    VILLAGERS_COMMITTEE = "villagers_committee", "村民委员会"
    SIMILAR = "similar", "类似单位"
    GRID = "grid", "网格"


_TOWN_RANGES = ((1, 99, Kind.STREET), (100, 199, Kind.TOWN), (200, 399, Kind.TOWNSHIP), (400, 599, Kind.SIMILAR))
_VILLAGE_RANGES = (
    (1, 199, Kind.RESIDENTS_COMMITTEE),
    (200, 399, Kind.VILLAGERS_COMMITTEE),
    (400, 599, Kind.SIMILAR),
)


class NotAnAreaCode(ValueError):
    """The text is no area code in any of the accepted forms."""


def canonical(code: str) -> str:
    """The canonical form of a padded or unpadded code: `431000000000` → `4310`, `450481` → `450481`.

    Whole levels of zeros at the end are padding; zeros within a level never are. Raises `NotAnAreaCode`.
    """
    if len(code) not in LEVELS or not is_digits(code):
        raise NotAnAreaCode
    length = len(code)
    while length > 2:
        shorter = LEVELS[LEVELS.index(length) - 1]
        if code[shorter:length].strip("0"):
            break
        length = shorter
    if not code[:2].strip("0"):
        raise NotAnAreaCode
    return code[:length]


def is_canonical(code: str) -> bool:
    """Whether the text is an area code in canonical form."""
    try:
        return canonical(code) == code
    except NotAnAreaCode:
        return False


def cut(code: str, level: int) -> str:
    """The code of the area of `level` (a length of `LEVELS`) that `code` lies in. Raises `NotAnAreaCode` if shorter."""
    if level not in LEVELS or len(code) < level:
        raise NotAnAreaCode
    return canonical(code[:level])


def parent(code: str) -> str | None:
    """The code one level up, skipping a county level that is not there (`441900003` → `4419`); None for a province."""
    level = LEVELS.index(len(code))
    return canonical(code[: LEVELS[level - 1]]) if level else None


def ancestors(code: str) -> tuple[str, ...]:
    """All areas that `code` lies in, the nearest first, without itself."""
    found: list[str] = []
    above = parent(code)
    while above is not None:
        found.append(above)
        above = parent(above)
    return tuple(found)


def kind_by_range(code: str) -> Kind | None:
    """What the code's range suggests: a hint for an import that says nothing, wrong for some 200 codes nationally."""
    match len(code):
        case 2:
            return Kind.PROVINCE
        case 4:
            return Kind.PREFECTURE
        case 6:
            return Kind.COUNTY
        case 9:
            return _in_range(int(code[6:]), _TOWN_RANGES)
        case 12:
            return _in_range(int(code[9:]), _VILLAGE_RANGES)
        case 15:
            return Kind.GRID
        case _:
            return None


def _in_range(number: int, ranges: tuple[tuple[int, int, Kind], ...]) -> Kind | None:
    return next((kind for first, last, kind in ranges if first <= number <= last), None)
