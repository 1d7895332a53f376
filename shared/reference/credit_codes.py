"""Unified social credit codes of organisations, GB 32100: 18 places, ISO 7064-like check over 31 characters.

Collective economic organisations of groups, villages and towns begin with N1, N2, N3 and are as good as any other.
"""

from dataclasses import dataclass
from enum import StrEnum

from shared.reference.codes import CodeList
from shared.reference.digits import is_digits
from shared.reference.identity import normalise

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)

REGISTRARS = CodeList.parse(
    "GB 32100",
    """
    1 机构编制 2 外交 3 司法行政 4 文化 5 民政 6 旅游 7 宗教 8 工会 9 市场监督管理
    A 中央军委改革和编制办公室 N 农业 Y 其他
    """,
)
"""登记管理部门, by the first place."""


class Problem(StrEnum):
    """Why a code is refused, in the order in which problems are reported."""

    LENGTH = "length"
    CHARSET = "charset"
    UNKNOWN_REGISTRAR = "unknown_registrar"
    AREA = "area"
    CHECKSUM = "checksum"


@dataclass(frozen=True, slots=True)
class CheckedCode:
    """A code in canonical form and what is wrong with it."""

    code: str
    problems: tuple[Problem, ...]

    @property
    def valid(self) -> bool:
        return not self.problems


def check_character(first17: str) -> str:
    """The check character over 17 characters of the alphabet."""
    total = sum(ALPHABET.index(c) * w for c, w in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def check_code(text: str) -> CheckedCode:
    """Normalise and check; all problems that apply, in the order of `Problem`."""
    code = normalise(text)
    length_right = len(code) == 18
    charset_right = all(c in ALPHABET for c in code)
    problems: list[Problem] = []
    if not length_right:
        problems.append(Problem.LENGTH)
    if not charset_right:
        problems.append(Problem.CHARSET)
    if code[:1] in ALPHABET and code and code[0] not in REGISTRARS:
        problems.append(Problem.UNKNOWN_REGISTRAR)
    if length_right and not is_digits(code[2:8]):
        problems.append(Problem.AREA)
    if length_right and charset_right and code[17] != check_character(code[:17]):
        problems.append(Problem.CHECKSUM)
    return CheckedCode(code, tuple(problems))
