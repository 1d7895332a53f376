"""Masking (脱敏) of personal data. Fails closed: what is not recognised is all stars.

`450481********019X` · `138****8000` · `张*` · `张*丰` · `欧**远` · addresses down to the village.
"""

from collections.abc import Sequence

STARS = "****"
"""What stands for a value of unexpected form: tells neither its characters nor its length."""


def mask_number(number: str) -> str:
    """An identity number as area, stars, last four: only in canonical form, 18 places."""
    if len(number) == 18 and number.isascii() and number[:17].isdigit() and (number[17].isdigit() or number[17] == "X"):
        return f"{number[:6]}********{number[14:]}"
    return STARS


def mask_document(number: str) -> str:
    """A passport's or travel permit's number: the last two of at least six places."""
    if len(number) >= 6 and number.isascii() and number.isalnum() and not number.isdigit():
        return f"{STARS}{number[-2:]}"
    return STARS


def mask_phone(phone: str) -> str:
    """A mainland mobile number as 3, stars, 4. Anything else, land lines included, is all stars."""
    if len(phone) == 11 and phone.isascii() and phone.isdigit() and phone[0] == "1":
        return f"{phone[:3]}****{phone[7:]}"
    return STARS


def mask_name(name: str) -> str:
    """The first character, and from three characters on the last: `张*`, `张*丰`, `欧**远`.

    A name of one character, or not in Chinese characters throughout (a middle dot may part them), is all stars.
    """
    if len(name) < 2 or not all(_han(character) or character in "·•" for character in name) or not _han(name[0]):
        return "*" * 2
    if len(name) == 2:
        return f"{name[0]}*"
    if len(name) > 4:
        return f"{name[0]}**{name[-1]}" if _han(name[-1]) else "*" * 2
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def mask_address(address: str, *, village: Sequence[str]) -> str:
    """The address down to the village. `village` are the names of the areas, from the county to the village, by our own
    records: the free text is never cut, because nobody can say where in it the house begins.
    """
    return "".join(village) + STARS if address else ""


def _han(character: str) -> bool:
    """CJK ideographs with all extensions, compatibility ideographs and the zero 〇."""
    point = ord(character)
    return (
        0x3400 <= point <= 0x4DBF
        or 0x4E00 <= point <= 0x9FFF
        or 0xF900 <= point <= 0xFAFF
        or 0x20000 <= point <= 0x3FFFF
        or character == "〇"
    )
