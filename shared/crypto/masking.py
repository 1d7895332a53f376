"""Masking (脱敏) of personal data. Fails closed: what is not recognised is all stars.

`450481********019X` · `138****8000` · `张*` · `张*丰` · `欧**远` · `A***` · addresses down to the village.
"""

import unicodedata
from collections.abc import Sequence

from shared.reference.digits import is_digits
from shared.reference.names import DOT, clean_name, is_han, is_plain

STARS = "****"
"""What stands for a value of unexpected form: tells neither its characters nor its length."""


def mask_number(number: str) -> str:
    """An identity number as area, stars, last four: only in canonical form, 18 places."""
    if len(number) == 18 and is_digits(number[:17]) and (is_digits(number[17]) or number[17] == "X"):
        return f"{number[:6]}********{number[14:]}"
    return STARS


def mask_document(number: str) -> str:
    """A passport's or travel permit's number: the last two of at least six places."""
    if len(number) >= 6 and number.isascii() and number.isalnum() and not is_digits(number):
        return f"{STARS}{number[-2:]}"
    return STARS


def mask_phone(phone: str) -> str:
    """A mainland mobile number as 3, stars, 4. Anything else, land lines included, is all stars."""
    if len(phone) == 11 and is_digits(phone) and phone[0] == "1":
        return f"{phone[:3]}****{phone[7:]}"
    return STARS


def mask_name(name: str) -> str:
    """The first character, and from three characters on the last: `张*`, `张*丰`, `欧**远`.

    A name of another script shows its first character, and never its length: `A***`. A name of one character, or one
    that is none (`shared.reference.names`), is all stars.
    """
    if not is_plain(name):
        checked = clean_name(name)
        if not checked.valid:
            return STARS
        name = checked.text
    first = _first(name)
    if not is_plain(name) and not all(is_han(character) or character == DOT for character in name):
        return STARS[1:] if first == name else f"{first}***"
    if len(name) < 2:
        return "*" * 2
    if len(name) == 2:
        return f"{first}*"
    if len(name) > 4:
        return f"{first}**{name[-1]}"
    return f"{first}{'*' * (len(name) - 2)}{name[-1]}"


def mask_address(address: str, *, village: Sequence[str]) -> str:
    """The address down to the village. `village` are the names of the areas, from the county to the village, by our own
    records: the free text is never cut, because nobody can say where in it the house begins.
    """
    return "".join(village) + STARS if address else ""


def _first(name: str) -> str:
    """The first character with the marks that belong to it."""
    end = 1
    while end < len(name) and unicodedata.category(name[end]) in {"Mn", "Mc"}:
        end += 1
    return name[:end]
