"""Detection of plain personal numbers in a text that should hold a code.

Found: identity numbers (18 places with a right check character, 15 places with a possible date), mainland mobile
numbers that stand alone (11 digits, or 13 with 86 before), land lines (`0774-8223344`), and runs of 16 to 19 digits
that begin with 62 as bank cards do. A UUID is none of these, whatever its digits. Codes of organisations are public.
"""

import re
from datetime import date

from shared.reference.digits import is_digits
from shared.reference.identity import check_number, normalise

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", re.IGNORECASE)
_EIGHTEEN = re.compile(r"(?=([0-9]{17}[0-9X]))")
_FIFTEEN = re.compile(r"(?<![0-9])[0-9]{15}(?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])(?:86)?1[3-9][0-9]{9}(?![0-9])")
_SPACED_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]-[0-9]{4}-[0-9]{4}(?![0-9])")
_LAND_LINE = re.compile(r"(?<![0-9])0[0-9]{2,3}-[0-9]{7,8}(?![0-9])")
_CARD = re.compile(r"(?<![0-9])62[0-9]{14,17}(?![0-9])")

FEWEST = 10
"""Digits of the shortest number that is looked for, a land line's."""


def holds_identifier(text: str, *, on: date) -> bool:
    """Whether a personal number stands anywhere in the text, as seen on the day `on`."""
    if text.isascii() and sum(map(is_digits, text)) < FEWEST:
        return False
    if _UUID.fullmatch(text.removeprefix("urn:uuid:")):
        return False
    plain = normalise(text)  # full-width digits, spaces between groups, zero-width characters
    return any(pattern.search(plain) for pattern in (_MOBILE, _SPACED_MOBILE, _LAND_LINE, _CARD)) or any(
        check_number(found, on=on).valid for found in _EIGHTEEN.findall(plain) + _FIFTEEN.findall(plain)
    )
