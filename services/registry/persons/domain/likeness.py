"""Likeness of two persons (疑似重复): what speaks for one being the other, with points, each of which can be shown."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.reference.lunar import to_lunar
from shared.reference.named_code import NamedCode
from shared.reference.pinyin import readings


class Likeness(NamedCode):
    """What two persons have in common, or not."""

    NAME = "name", "姓名相同"
    SOUND = "sound", "姓名同音"
    BIRTH_DATE = "birth_date", "出生日期相同"
    LUNAR_BIRTH_DATE = "lunar_birth_date", "一人登记的出生日期是另一人的农历生日"
    PHONE = "phone", "电话相同"
    ADDRESS = "address", "住址相同"
    VILLAGE = "village", "同一村（社区）"
    SEX = "sex", "性别不同"
    HOUSEHOLD = "household", "曾同在一户"
    KIN = "kin", "同父或同母"
    NUMBER = "number", "证件号码不同"


POINTS: Mapping[Likeness, int] = {
    Likeness.NAME: 45,
    Likeness.SOUND: 35,
    Likeness.BIRTH_DATE: 35,
    Likeness.LUNAR_BIRTH_DATE: 25,
    Likeness.PHONE: 20,
    Likeness.ADDRESS: 15,
    Likeness.VILLAGE: 5,
    Likeness.SEX: -45,
    Likeness.HOUSEHOLD: 10,
    Likeness.KIN: 15,
    Likeness.NUMBER: -60,
}
SUSPECT = 70
"""Points from which a clerk is asked. Twins have birth date, phone and address in common: 70 needs the name, too."""


@dataclass(frozen=True, slots=True, repr=False)
class Features:
    """What of a person is compared. The repr shows nothing."""

    name: str
    sex: str
    birth_date: date
    phone: str | None
    address: str | None
    villages: frozenset[str]
    numbered: bool


def likeness(one: Features, other: Features) -> Mapping[Likeness, int]:
    """The points of what they have in common; nothing if their names do not, or if their numbers already say it."""
    if one.numbered and other.numbered:
        return {}
    found = compared(one, other)
    return found if found.keys() & {Likeness.NAME, Likeness.SOUND} else {}


def compared(one: Features, other: Features, *, household: bool = False, kin: bool = False) -> Mapping[Likeness, int]:
    """The points of all that two persons have in common or not, whatever their names and numbers say."""
    found: list[Likeness] = []
    if one.name.casefold() == other.name.casefold():
        found.append(Likeness.NAME)
    elif readings(one.name).full & readings(other.name).full:
        found.append(Likeness.SOUND)
    if one.birth_date == other.birth_date:
        found.append(Likeness.BIRTH_DATE)
    elif _as_written(one.birth_date) == other.birth_date or _as_written(other.birth_date) == one.birth_date:
        found.append(Likeness.LUNAR_BIRTH_DATE)
    if one.phone is not None and one.phone == other.phone:
        found.append(Likeness.PHONE)
    if one.address is not None and one.address == other.address:
        found.append(Likeness.ADDRESS)
    if one.villages & other.villages:
        found.append(Likeness.VILLAGE)
    if {one.sex, other.sex} == {"1", "2"}:
        found.append(Likeness.SEX)
    if household:
        found.append(Likeness.HOUSEHOLD)
    if kin:
        found.append(Likeness.KIN)
    if one.numbered and other.numbered:
        found.append(Likeness.NUMBER)
    return {one: POINTS[one] for one in found}


def _as_written(day: date) -> date | None:
    """The lunar day of a birthday as if it were one of the solar calendar: how it was often written down."""
    lunar = to_lunar(day)
    try:
        return None if lunar is None else date(lunar.year, lunar.month, lunar.day)
    except ValueError:  # the thirtieth of the second month
        return None
