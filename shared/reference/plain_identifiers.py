"""Detection of plain personal numbers in a text that should hold a code.

Found: identity numbers (18 places with a right check character, 15 places with a possible date), mainland mobile
numbers that stand alone (11 digits, or 13 with 86 before), land lines (`0774-8223344`), and runs of 16 to 19 digits
that begin with 62 as bank cards do. A UUID is none of these, whatever its digits. Codes of organisations are public.
"""

import re
from datetime import date

from shared.reference.identity import check_number, normalise

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_EIGHTEEN = re.compile(r"(?=(\d{17}[\dX]))")
_FIFTEEN = re.compile(r"(?<!\d)\d{15}(?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:86)?1[3-9]\d{9}(?!\d)")
_SPACED_MOBILE = re.compile(r"(?<!\d)1[3-9]\d-\d{4}-\d{4}(?!\d)")
_LAND_LINE = re.compile(r"(?<!\d)0\d{2,3}-\d{7,8}(?!\d)")
_CARD = re.compile(r"(?<!\d)62\d{14,17}(?!\d)")

FEWEST = 10
"""Digits of the shortest number that is looked for, a land line's."""


def holds_identifier(text: str, *, on: date) -> bool:
    """Whether a personal number stands anywhere in the text, as seen on the day `on`."""
    if text.isascii() and sum(map(str.isdigit, text)) < FEWEST:
        return False
    if _UUID.fullmatch(text.removeprefix("urn:uuid:")):
        return False
    plain = normalise(text)  # full-width digits, spaces between groups, zero-width characters
    return any(pattern.search(plain) for pattern in (_MOBILE, _SPACED_MOBILE, _LAND_LINE, _CARD)) or any(
        check_number(found, on=on).valid for found in _EIGHTEEN.findall(plain) + _FIFTEEN.findall(plain)
    )
