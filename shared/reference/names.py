"""Names of persons (姓名) in the form in which they are stored, shown and compared: one rule for every door.

Chinese names hold no spaces; the dot of translated names is U+00B7 (GB 18030, 姓名间隔号), whichever of its eight
look-alikes was typed; characters that GBK once had in the private use area become their code points of GB 18030-2022
and Unicode. What a system before us lost (`?`, U+FFFD) is refused: nobody can say who that was.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

MAX_NAME = 100
DOT = "\u00b7"
"""The middle dot of names."""
DOTS = "\u00b7\u2022\u30fb\u2027\uff0e\u002e\u2219\uff65"
"""What is typed for the middle dot."""

_GBK_PRIVATE = """
2E81 20087 20089 200CC 2E84 3473 3447 2E88 2E8B 9FB4 359E 361A 360E 2E8C 2E97 396E 3918 9FB5 39CF 39DF 3A73 39D0 9FB6
9FB7 3B4E 3C6E 3CE0 2EA7 215D7 9FB8 2EAA 4056 415F 2EAE 4337 2EB3 2EB6 2EB7 2298F 43B1 43AC 2EBB 43DD 44D6 4661 464C
9FB9 4723 4729 477C 478D 2ECA 4947 497A 497D 4982 4983 4985 4986 499F 499B 49B7 49B6 9FBA 241FE 4CA3 4C9F 4CA0 4CA1
4C77 4CA2 4D13 4D14 4D15 4D16 4D17 4D18 4D19 4DAE 9FBB
"""
"""U+E815 to U+E864 (GBK FE50 to FEA0), in their order."""

STANDARD: Mapping[int, int] = {
    **{0xE815 + place: int(point, 16) for place, point in enumerate(_GBK_PRIVATE.split())},
    0xE5E5: 0x3000,
    0xE7C7: 0x1E3F,
    0xE7C8: 0x01F9,
}
"""Standard code points of the characters that GBK once had in the private use area."""

_PLAIN = re.compile(r"[\u4e00-\u9fff]{2,30}")
_COMPATIBLE = re.compile(r"[\uff01-\uff0d\uff0f-\uff5e\u2e80-\u2fd5]")
"""Full-width Latin and radicals that were taken for the characters they look like."""
_SPACES = re.compile(r"[ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LATIN_MARKS = " '\u2019-."
_OTHER_MARKS = "\u0f0b\u0f0c\u180e"
"""Between Tibetan syllables, and before a Mongolian final vowel: parts of names, though Unicode has them for marks."""

_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


class NameProblem(StrEnum):
    """Why a name is refused, in the order in which problems are reported."""

    LENGTH = "name_length"
    CONTROL = "control_character"
    LOST = "lost_character"
    PRIVATE_USE = "private_use_character"
    SYMBOL = "symbol"
    MIDDLE_DOT = "middle_dot"


MESSAGES: Mapping[NameProblem, str] = {
    NameProblem.LENGTH: f"姓名须为 1 至 {MAX_NAME} 个字符",
    NameProblem.CONTROL: "姓名含有不可见的控制字符，请重新输入",
    NameProblem.LOST: "姓名中有丢失的字（显示为 ? 或 \ufffd），请对照证件补正",
    NameProblem.PRIVATE_USE: "姓名含有自造字（私用区字符），请改用国家标准 GB 18030 收录的字",
    NameProblem.SYMBOL: "姓名只能由文字、间隔号、空格、连字符组成，不能含有数字、表情或其他符号",
    NameProblem.MIDDLE_DOT: "间隔号只能在两个文字之间",
}


@dataclass(frozen=True, slots=True, repr=False)
class Name:
    """A name in canonical form and what is wrong with it. Its repr has no character of it."""

    text: str
    problems: tuple[NameProblem, ...]

    @property
    def valid(self) -> bool:
        return not self.problems

    def __repr__(self) -> str:
        return f"Name(problems={list(self.problems)})"


def is_han(character: str) -> bool:
    """CJK ideographs with all extensions, compatibility ideographs, radicals and the zero 〇."""
    point = ord(character)
    return (
        0x4E00 <= point <= 0x9FFF
        or 0x3400 <= point <= 0x4DBF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
        or 0x2E80 <= point <= 0x2EF3
        or character == "〇"
    )


def is_plain(text: str) -> bool:
    """Whether a text is a name as it stands: two to thirty ideographs of the common block, as nearly all are."""
    return _PLAIN.fullmatch(text) is not None


def clean_name(text: str) -> Name:
    """Canonical form and problems. Cleaning a clean name changes nothing."""
    if is_plain(text):
        return Name(text, ())
    name = _canonical(text)
    return Name(name, tuple(problem for problem in NameProblem if _has(problem, name)))


def _canonical(text: str) -> str:
    text = text.translate(STANDARD)
    text = _COMPATIBLE.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)
    text = unicodedata.normalize("NFC", text)
    # A full stop is one in `J. Smith`, and a middle dot where there is any Chinese character.
    dots = DOTS if any(map(is_han, text)) else DOTS.replace(".", "").replace("\uff0e", "")
    text = "".join(DOT if character in dots else character for character in text).replace("\uff0e", ".")
    text = _SPACES.sub(" ", text).strip(" ")
    kept = [
        character
        for place, character in enumerate(text)
        if character != " " or not (_joins(text[place - 1]) or _joins(text[place + 1]))
    ]
    return "".join(kept)


def _joins(character: str) -> bool:
    """Whether no space stands beside it in a name."""
    return is_han(character) or character == DOT


def _has(problem: NameProblem, name: str) -> bool:
    match problem:
        case NameProblem.LENGTH:
            return not 1 <= len(name) <= MAX_NAME
        case NameProblem.CONTROL:
            return any(
                unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"} and one not in _OTHER_MARKS for one in name
            )
        case NameProblem.LOST:
            return any(one in "?\ufffd" for one in name)
        case NameProblem.PRIVATE_USE:
            return any(unicodedata.category(one) == "Co" for one in name)
        case NameProblem.SYMBOL:
            return any(_is_symbol(one) for one in name)
        case NameProblem.MIDDLE_DOT:
            return name.startswith(DOT) or name.endswith(DOT) or DOT * 2 in name


def _is_symbol(character: str) -> bool:
    """Whether it is none of what other problems name, and no part of a name: a digit, punctuation, an emoji."""
    category = unicodedata.category(character)
    if category[0] == "L" or category == "Mc" or is_han(character) or character in _LATIN_MARKS + _OTHER_MARKS + DOT:
        return False
    if category == "Mn":
        return "\ufe00" <= character <= "\ufe0f"  # presentation of emoji; the selectors of rare characters lie beyond
    return category not in _INVISIBLE | {"Co"} and character not in "?\ufffd"
