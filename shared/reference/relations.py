"""Relations to the head of a household, GB/T 4761-2008."""

from collections.abc import Mapping
from datetime import date

from shared.reference.codes import CodeList
from shared.reference.sexes import FEMALE, MALE

HEAD = "02"  # 户主: exactly one in an active household

RELATIONS = CodeList.parse(
    "GB/T 4761",
    """
    01 本人 02 户主
    10 配偶 11 夫 12 妻
    20 子 21 独生子 22 长子 23 次子 24 三子 25 四子 26 五子 27 养子或继子 28 女婿 29 其他儿子
    30 女 31 独生女 32 长女 33 次女 34 三女 35 四女 36 五女 37 养女或继女 38 儿媳 39 其他女儿
    40 孙子、孙女或外孙子、外孙女 41 孙子 42 孙女 43 外孙子 44 外孙女 45 孙媳妇或外孙媳妇 46 孙女婿或外孙女婿
    47 曾孙子或外曾孙子 48 曾孙女或外曾孙女 49 其他孙子、孙女或外孙子、外孙女
    50 父母 51 父亲 52 母亲 53 公公 54 婆婆 55 岳父 56 岳母 57 继父或养父 58 继母或养母 59 其他父母关系
    60 祖父母或外祖父母 61 祖父 62 祖母 63 外祖父 64 外祖母 65 配偶的祖父母或外祖父母 66 曾祖父 67 曾祖母
    68 配偶的曾祖父母或外曾祖父母 69 其他祖父母或外祖父母关系
    70 兄弟姐妹 71 兄 72 嫂 73 弟 74 弟媳 75 姐姐 76 姐夫 77 妹妹 78 妹夫 79 其他兄弟姐妹
    80 其他 81 伯父 82 伯母 83 叔父 84 婶母 85 舅父 86 舅母 87 姨父 88 姨母 89 姑父 90 姑母 91 堂兄弟、堂姐妹
    92 表兄弟、表姐妹 93 侄子 94 侄女 95 外甥 96 外甥女 97 其他亲属 99 非亲属
    """,
)

_MEN = "11 20 21 22 23 24 25 26 27 28 29 41 43 46 47 51 53 55 57 61 63 66 71 73 76 78 81 83 85 87 89 93 95"
_WOMEN = "12 30 31 32 33 34 35 36 37 38 39 42 44 45 48 52 54 56 58 62 64 67 72 74 75 77 82 84 86 88 90 94 96"
SEX_OF: Mapping[str, str] = {code: sex for sex, codes in ((MALE, _MEN), (FEMALE, _WOMEN)) for code in codes.split()}
"""Sex (GB/T 2261.1) that a relation's name says; the others (配偶, 父母, 孙子、孙女或外孙子、外孙女 …) say none."""


def agrees(relation: str, sex: str) -> bool:
    """Whether somebody of this sex may be so related. A sex that is not known (0, 9) contradicts nothing."""
    return sex not in (MALE, FEMALE) or SEX_OF.get(relation, sex) == sex


_YOUNGER = "20 21 22 23 24 25 26 30 31 32 33 34 35 36 40 41 42 43 44 47 48 73 77"
_OLDER = "50 51 52 60 61 62 63 64 66 67 71 75"
AGE_OF: Mapping[str, int] = dict.fromkeys(_YOUNGER.split(), 1) | dict.fromkeys(_OLDER.split(), -1)
"""1 for kin by birth who are younger than the head, -1 for older ones; in-laws, step and foster kin tell no age."""

_ONCE = ("10 11 12", "51", "52", "61", "62", "63", "64")
ONCE_OF: Mapping[str, str] = {code: codes.split()[0] for codes in _ONCE for code in codes.split()}
"""Relations of which a head has one at a time: one spouse, whatever it is called, one father, one mother …"""


SPOUSES = frozenset({"10", "11", "12"})
"""Relations of a spouse to the head: 配偶, 夫, 妻."""

_BY_BLOOD = (
    (0, 0, "02"),
    (0, 1, "20 21 22 23 24 25 26 30 31 32 33 34 35 36"),
    (0, 2, "40 41 42 43 44"),
    (0, 3, "47 48"),
    (1, 0, "50 51 52"),
    (2, 0, "60 61 62 63 64"),
    (3, 0, "66 67"),
    (1, 1, "70 71 73 75 77"),
    (2, 1, "81 83 85 88 90"),
    (2, 2, "91 92"),
    (1, 2, "93 94 95 96"),
)
BLOOD: Mapping[str, tuple[int, int]] = {code: (up, down) for up, down, codes in _BY_BLOOD for code in codes.split()}
"""Kin by birth of a head: how many generations up to the common ancestor, how many down from it. In-laws,
step and foster kin and whatever a code leaves open (其他…) are not in it."""


def agrees_in_age(relation: str, born_on: date, head_born_on: date) -> bool:
    """Whether somebody born on a day may be so related to a head: no child is older than its parent."""
    return AGE_OF.get(relation, 0) * (born_on - head_born_on).days >= 0
