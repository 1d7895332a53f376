"""Identity numbers: GB 11643 and its relatives with the same check character.

Three families share 18 places: citizens' numbers, residence permits of Hong Kong, Macao and Taiwan residents
(810000, 820000, 830000), and foreign permanent residents' numbers of 2023 (`9`, province 2, nationality 3,
birth date 8, sequence 3, check). Old 15-digit citizens' numbers are upgraded. An address part that today's table does
not know is a warning only: codes are abolished, the number is for life.
"""

import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from operator import mul
from typing import NamedTuple

from shared.reference import sexes
from shared.reference.areas import PROVINCES
from shared.reference.days import is_possible
from shared.reference.digits import is_digits

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_CHARACTERS = "10X98765432"
_ZEROS = ord("0") * sum(WEIGHTS)
OLDEST = 130
"""Completed years above which an age is a warning."""

_APOSTROPHES = "'‘’`´ʼ＇"
_UPPER = {lower: lower - 32 for lower in range(ord("a"), ord("z") + 1)}
_PERMIT_ADDRESSES = frozenset({"810000", "820000", "830000"})


class Problem(StrEnum):
    """Why a number is refused, in the order in which problems are reported."""

    LENGTH = "length"
    CHARSET = "charset"
    UNKNOWN_PROVINCE = "unknown_province"
    IMPOSSIBLE_DATE = "impossible_date"
    FUTURE_DATE = "future_date"
    CHECKSUM = "checksum"


class Warned(StrEnum):
    """What is unusual and yet accepted."""

    ADDRESS_NOT_IN_TABLE = "address_not_in_table"
    AGE_OVER_130 = "age_over_130"
    SEQUENCE_000 = "sequence_000"


MESSAGES: Mapping[Problem | Warned, str] = {
    Problem.LENGTH: "证件号码位数不正确，应为18位（或旧版15位）",
    Problem.CHARSET: "证件号码含有不允许的字符",
    Problem.UNKNOWN_PROVINCE: "证件号码的省级代码不存在",
    Problem.IMPOSSIBLE_DATE: "证件号码中的出生日期不存在",
    Problem.FUTURE_DATE: "证件号码中的出生日期晚于今天",
    Problem.CHECKSUM: "证件号码校验码不正确",
    Warned.ADDRESS_NOT_IN_TABLE: "证件号码的地址码不在现行区划表中",
    Warned.AGE_OVER_130: "按证件号码推算年龄超过130岁",
    Warned.SEQUENCE_000: "证件号码顺序码为000",
}


class Family(StrEnum):
    """Whose number it is, told by its first digits."""

    CITIZEN = "citizen"
    PERMIT = "hk_macao_taiwan_permit"
    FOREIGNER = "foreign_permanent_resident"


class Checked(NamedTuple):
    """What a number says. `number` is canonical: 18 places if it could be upgraded, upper case X.

    `birth_date` and `sex` (GB/T 2261.1) are None if the number cannot be read. The repr shows no digit.
    """

    number: str
    family: Family
    birth_date: date | None
    sex: str | None
    problems: tuple[Problem, ...]
    warnings: tuple[Warned, ...]

    @property
    def valid(self) -> bool:
        return not self.problems

    def __repr__(self) -> str:
        return f"Checked({self.family}, problems={list(self.problems)}, warnings={list(self.warnings)})"


def normalise(text: str) -> str:
    """NFKC, without spaces of any kind, zero-width characters and leading apostrophes, in upper case (ASCII).

    Applying it twice changes nothing.
    """
    if text.isascii() and text.isalnum() and not text.islower() and text.upper() == text:
        return text
    while True:
        kept = "".join(c for c in unicodedata.normalize("NFKC", text.lstrip(_APOSTROPHES)) if not _invisible(c))
        kept = kept.lstrip(_APOSTROPHES).translate(_UPPER)
        if kept == text:
            return kept
        text = kept


def check_character(first17: str) -> str:
    """ISO 7064 MOD 11-2 over 17 digits. Raises `ValueError` for anything else."""
    if len(first17) != len(WEIGHTS) or not is_digits(first17):
        raise ValueError("17 digits are needed")
    return CHECK_CHARACTERS[(sum(map(mul, first17.encode(), WEIGHTS)) - _ZEROS) % 11]


def upgrade(number: str) -> str:
    """A 15-digit number in 18 places: the century after the address part, a check character at the end."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_character(first17)


def canonical(text: str) -> str:
    """A number in the form by which it is compared, be it right or not: normalised, an old one upgraded."""
    number = normalise(text)
    return upgrade(number) if len(number) == 15 and is_digits(number) else number


def check_number(text: str, *, on: date) -> Checked:
    """Normalise and check a number of any of the three families, as seen on the day `on`.

    All problems that apply are reported, in the order of `Problem`. What cannot be read (a date in a number of the
    wrong length, a checksum over something that is no digit) is not judged.
    """
    number = normalise(text)
    plain = _plain_citizens(number, on)
    if plain is not None:
        return plain
    old = len(number) == 15
    length_right = old or len(number) == 18
    first, last = (number, "") if old else (number[:17], number[17:])
    charset_right = (
        is_digits(first) and (not last or is_digits(last) or last == "X") if length_right else _plain(number)
    )
    if old and charset_right:
        number = upgrade(number)

    problems: list[Problem] = []
    if not length_right:
        problems.append(Problem.LENGTH)
    if not charset_right:
        problems.append(Problem.CHARSET)
    family = Family.CITIZEN if old else _family(number)
    province = number[1:3] if family is Family.FOREIGNER else number[:2]
    if is_digits(province) and len(province) == 2 and province not in PROVINCES:
        problems.append(Problem.UNKNOWN_PROVINCE)

    birth_text = "" if not length_right else f"19{number[6:12]}" if len(number) == 15 else number[6:14]
    birth_date = _date(birth_text)
    if birth_date is None and is_digits(birth_text):
        problems.append(Problem.IMPOSSIBLE_DATE)
    elif birth_date is not None and birth_date > on:
        problems.append(Problem.FUTURE_DATE)
    if length_right and charset_right and number[17] != check_character(number[:17]):
        problems.append(Problem.CHECKSUM)

    sequence = number[14:17] if len(number) == 18 and is_digits(number[14:17]) else None
    return Checked(
        number=number,
        family=family,
        birth_date=birth_date,
        sex=None if sequence is None else sexes.MALE if int(sequence) % 2 else sexes.FEMALE,
        problems=tuple(problems),
        warnings=() if problems else _warnings(number, family, birth_date, on),
    )


def _plain_citizens(number: str, on: date) -> Checked | None:
    """A citizen's number of 18 places in which nothing is wrong, as nearly all are. None: it is another, or wrong."""
    first17 = number[:17]
    if len(number) != 18 or not is_digits(first17) or number[0] == "9" or number[:2] not in PROVINCES:
        return None
    if number[17] != CHECK_CHARACTERS[(sum(map(mul, first17.encode(), WEIGHTS)) - _ZEROS) % 11]:
        return None
    try:
        birth_date = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    if birth_date > on or not is_possible(birth_date) or number[:6] in _PERMIT_ADDRESSES:
        return None
    sex = sexes.MALE if int(number[16]) % 2 else sexes.FEMALE
    return Checked(number, Family.CITIZEN, birth_date, sex, (), _warnings(number, Family.CITIZEN, birth_date, on))


def completed_years(birth_date: date, on: date) -> int:
    """Age on a day; somebody born on 29 February is a year older on 1 March of other years."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


@cache
def county_codes() -> frozenset[str]:
    """Six-digit address parts of today's table (read once, from the file beside this module)."""
    lines = resources.files("shared.reference").joinpath("county_codes.txt").read_text("utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return frozenset(prefecture + county for prefecture, *counties in rows for county in counties)


def _warnings(number: str, family: Family, birth_date: date | None, on: date) -> tuple[Warned, ...]:
    found: list[Warned] = []
    if family is Family.CITIZEN and number[:6] not in county_codes():
        found.append(Warned.ADDRESS_NOT_IN_TABLE)
    if birth_date is not None and completed_years(birth_date, on) > OLDEST:
        found.append(Warned.AGE_OVER_130)
    if number[14:17] == "000":
        found.append(Warned.SEQUENCE_000)
    return tuple(found)


def _family(number: str) -> Family:
    if number[:6] in _PERMIT_ADDRESSES:
        return Family.PERMIT
    return Family.FOREIGNER if number.startswith("9") and len(number) == 18 else Family.CITIZEN


def _date(text: str) -> date | None:
    if len(text) != 8 or not is_digits(text):
        return None
    try:
        day = date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
    return day if is_possible(day) else None


def _plain(text: str) -> bool:
    """Whether all places are digits, or all but the last, and that an X. Empty text offends by its length alone."""
    return not text or is_digits(text) or (text[-1] == "X" and (len(text) == 1 or is_digits(text[:-1])))


def _invisible(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) in {"Cc", "Cf", "Zs", "Zl", "Zp"}
