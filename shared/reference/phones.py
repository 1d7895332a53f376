"""Telephone numbers of mainland China in one form, however they were typed: one rule for every door.

`13807748000` for a mobile; `0774-8212345` and `0774-8212345-801` for a land line with its extension. Ranges are those
of the numbering plan (电信网编号计划, 2017): mobiles are `1[3-9]` and nine digits, area codes `010`, `02x` or
`0[3-9]xx`, local numbers seven or eight digits that begin with 2 to 8.
"""

import re

from shared.reference.identity import normalise

MESSAGE = "电话号码不正确：手机号为 11 位，固定电话须带区号（如 0774-8212345，分机 0774-8212345-801）"
SERVICE_MESSAGE = "电话号码不正确：可填手机号、带区号的固定电话、短号（如 12345）或 400、800 号码"
MAX_PHONE = 40
"""Characters in which a number may be typed."""

_HYPHENS = str.maketrans(dict.fromkeys("‐‑‒–—―−﹣－", "-"))  # what is typed for a hyphen
_ABROAD = re.compile(r"(?:\+|00)86-?|86-?(?=1[3-9][0-9-]{9,11}$)")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MOBILE_GROUPS = re.compile(r"[0-9]{3}-[0-9]{4}-[0-9]{4}|[0-9]{11}")
_LAND_LINE = re.compile(
    r"(?P<zero>0?)(?P<area>10|2[0-9]|[3-9][0-9]{2})-?(?P<local>[2-8][0-9]{6,7})"
    r"(?:(?:-|转|转分机|分机|#|\*|,|EXT\.?|X)(?P<extension>[0-9]{1,6}))?"
)
_SERVICE = re.compile(r"1[0-9]{2,4}|9[56][0-9]{3,4}")
_FREE = re.compile(r"(400|800)-?([0-9]{3})-?([0-9]{4})")


def clean_phone(text: str) -> str | None:
    """The canonical form of a mobile or land line number; None for what is neither."""
    if _MOBILE.fullmatch(text):
        return text
    typed = normalise(text).translate(_HYPHENS).replace("(", "").replace(")", "-").replace("--", "-")
    national = _ABROAD.sub("", typed, count=1) if _ABROAD.match(typed) else typed
    if _MOBILE_GROUPS.fullmatch(national) and _MOBILE.fullmatch(national.replace("-", "")):
        return national.replace("-", "")
    found = _LAND_LINE.fullmatch(national)
    if found is None or not (found["zero"] or national != typed):
        return None
    if found["area"] in ("10", *(f"2{place}" for place in range(10))) and len(found["local"]) != 8:
        return None
    extension = f"-{found['extension']}" if found["extension"] else ""
    return f"0{found['area']}-{found['local']}{extension}"


def clean_service_phone(text: str) -> str | None:
    """The same for the number of an office: short numbers (`12345`) and 400 and 800 numbers beside it."""
    typed = normalise(text).translate(_HYPHENS)
    if _SERVICE.fullmatch(typed):
        return typed
    free = _FREE.fullmatch(typed)
    return "-".join(free.groups()) if free else clean_phone(text)
