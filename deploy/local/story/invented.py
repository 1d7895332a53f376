"""Invented residents of the story: valid citizens' numbers, new in every run, that belong to nobody."""

import random
from dataclasses import dataclass
from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
SURNAMES = ("欧阳", "司徒", "上官", "诸葛", "端木")


@dataclass(frozen=True)
class Invented:
    """A resident who does not exist, with a valid number that is new in every run."""

    name: str
    number: str
    phone: str
    sex: str
    born: date


def invented(year: int, sex: str) -> Invented:
    """An invented resident born in that year, with a name that nobody in the county has."""
    chance = random.SystemRandom()
    born = date(year, chance.randint(1, 12), chance.randint(1, 28))
    serial = chance.randrange(1, 500) * 2 + (1 if sex == "1" else 0)
    digits = f"450481{born:%Y%m%d}{serial:03d}"
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]
    given = "".join(chr(chance.randrange(0x8000, 0x9000)) for _ in range(2))
    phone = f"199{chance.randrange(10**8):08d}"
    return Invented(chance.choice(SURNAMES) + given, digits + check, phone, sex, born)
