"""Detection of plain personal numbers in a text that should hold a code.

Found: identity numbers (18 places with a right check character, 15 places with a possible date), mainland mobile
numbers that stand alone (11 digits, or 13 with 86 before), land lines (`0774-8223344`), and runs of 16 to 19 digits
that begin with 62 as bank cards do. A UUID is none of these, whatever its digits. Codes of organisations are public.

Order numbers of hotlines are built like identity numbers (area code, date, serial), and every eleventh has a right
check character: `without_order_numbers` tells them apart by their date, which is no adult's birthday.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from shared.reference.areas import PROVINCES
from shared.reference.digits import is_digits
from shared.reference.identity import check_number, normalise

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_EIGHTEEN = re.compile(r"(?=([0-9]{17}[0-9X]))")
_FIFTEEN = re.compile(r"(?<![0-9])(?=([0-9]{15})(?![0-9]))")
_OTHERS = (
    re.compile(r"(?<![0-9])(?:86)?1[3-9][0-9]{9}(?![0-9])"),  # mobile
    re.compile(r"(?<![0-9])1[3-9][0-9]-[0-9]{4}-[0-9]{4}(?![0-9])"),
    re.compile(r"(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])"),  # land line
    re.compile(r"(?<![0-9])62[0-9]{14,17}(?![0-9])"),  # bank card
)
_ORDER = re.compile(
    r"(?<![0-9])(?:"
    r"(?P<area>(?:[0-9]{2}){1,3}|[0-9]{9}|[0-9]{12})(?P<day>20[0-9]{6})[0-9]{3,8}"
    r"|(?P<county>[0-9]{6})(?P<short>[0-9]{6})[0-9]{3}"
    r")(?![0-9X])"
)

FEWEST = 10
"""Digits of the shortest number that is looked for, a land line's."""
ORDERS_KEPT = timedelta(days=366)
"""How old an order may be whose number is still sent."""


def holds_identifier(text: str, *, on: date) -> bool:
    """Whether a personal number stands anywhere in the text, as seen on the day `on`."""
    if text.isascii() and sum(map(is_digits, text)) < FEWEST:
        return False
    if _UUID.fullmatch(text.removeprefix("urn:uuid:")):
        return False
    # full-width digits, spaces between groups, zero-width characters
    return next(_found(normalise(text), on), None) is not None


def without_identifiers(text: str, *, on: date) -> str:
    """The text with every character of a personal number replaced by `*`; normalised if it has other characters."""
    plain = normalise(text)
    characters = list(text if len(plain) == len(text) else plain)
    for start, end in _found(plain, on):
        characters[start:end] = "*" * (end - start)
    return "".join(characters)


def without_order_numbers(text: str, *, on: date) -> str:
    """The text without order numbers: area code, a date of the last year, serial. A citizen's of that age is an infant.

    For the numbers that an office gives to its own papers. In any other field an order number is looked at as it is.
    """
    return _ORDER.sub(lambda found: "" if _is_order(found, on) else found[0], text)


def _is_order(found: re.Match[str], on: date) -> bool:
    digits = found["day"] or "20" + found["short"]
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return found[0][:2] in PROVINCES and on - ORDERS_KEPT <= day <= on + timedelta(days=1)


def _found(plain: str, on: date) -> Iterator[tuple[int, int]]:
    """Where personal numbers begin and end in a normalised text."""
    for pattern in (_EIGHTEEN, _FIFTEEN):
        for match in pattern.finditer(plain):
            if check_number(match[1], on=on).valid:
                yield match.span(1)
    for pattern in _OTHERS:
        for match in pattern.finditer(plain):
            yield match.span()
