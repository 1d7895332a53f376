"""Synthetic residents: the same families at every start, with valid numbers that belong to nobody.

Names are a surname and two of the sixty-year cycle's characters (韦甲子), which no parents give; sequence numbers stay
at 900 and above. Ages, sexes and family forms are those of a county of emigrants: many grandparents, many children
whose parents work elsewhere.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from deploy.local.county.grids import GRIDS
from shared.reference.identity import check_character

SEED = 450481
REFERENCE = date(2026, 1, 1)
"""Day as of which ages are given, so that every start makes the same residents."""
FEWEST_RESIDENTS = 3_050
FEWEST_HOUSEHOLDS = 1_000

SURNAMES = "韦李陈黄覃梁莫刘甘谢罗廖卢杨吴林何冯欧邓"
STEMS, BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
CYCLE = [STEMS[year % 10] + BRANCHES[year % 12] for year in range(60)]
MALE, FEMALE = "1", "2"
HAN, ZHUANG, YAO = "01", "08", "13"
ELSEWHERE = "4406"
"""Where the floating population is registered: a prefecture outside the county."""


@dataclass(frozen=True)
class Resident:
    """A resident who does not exist. `relation` is GB/T 4761, `tags` are codes of the care family."""

    name: str
    sex: str
    birth_date: date
    number: str
    relation: str
    ethnic_group: str
    phone: str | None
    address: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class Family:
    """One household in one grid. `floating`: registered elsewhere, so its household is a living one."""

    grid: str
    floating: bool
    residents: tuple[Resident, ...]

    @property
    def village(self) -> str:
        return self.grid[:12]


def families(villages: Sequence[tuple[str, str]]) -> list[Family]:
    """`(code, name)` of the villages → at least a thousand families over all of them."""
    maker = _Maker(random.Random(SEED))  # noqa: S311
    made: list[Family] = []
    residents = 0
    for code, name in _round_and_round(sorted(villages)):
        if len(made) >= max(FEWEST_HOUSEHOLDS, len(villages)) and residents >= FEWEST_RESIDENTS:
            return made
        family = maker.family(code, name)
        residents += len(family.residents)
        made.append(family)
    return made


def _round_and_round(villages: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    while villages:
        yield from villages


@dataclass
class _Maker:
    rng: random.Random
    _used: dict[tuple[date, str], int] = field(default_factory=dict)
    _made: int = 0

    def family(self, village: str, village_name: str) -> Family:
        grid = village + self.rng.choice(GRIDS)
        floating = self.rng.random() < 0.06
        surname = self.rng.choice(SURNAMES)
        ethnic = self.rng.choices((HAN, ZHUANG, YAO), (85, 12, 3))[0]
        form = self.rng.choices(_FORMS, _WEIGHTS)[0]
        self._made += 1
        address = f"{village_name}虚构路{self._made}号"
        members = []
        for own_name, sex, age, relation, tags in form(self.rng):
            called = surname if own_name else self.rng.choice(SURNAMES)
            members.append(self._resident(called, sex, age, relation, ethnic, address, tags))
        return Family(grid, floating, tuple(members))

    def _resident(
        self, surname: str, sex: str, age: int, relation: str, ethnic: str, address: str, tags: tuple[str, ...]
    ) -> Resident:
        born = date.fromordinal(REFERENCE.toordinal() - 1 - int(age * 365.2425) - self.rng.randrange(365))
        phone = f"1990481{self._made % 1000:03d}{self.rng.randrange(10)}" if age >= 14 else None
        return Resident(
            name=surname + self.rng.choice(CYCLE),
            sex=sex,
            birth_date=born,
            number=self._number(born, sex),
            relation=relation,
            ethnic_group=ethnic,
            phone=phone,
            address=address,
            tags=tags,
        )

    def _number(self, born: date, sex: str) -> str:
        nth = self._used.get((born, sex), 0)
        self._used[born, sex] = nth + 1
        return number_of(born, sex, 900 + 2 * nth + (sex == MALE))


def number_of(born: date, sex: str, sequence: int, county: str = "450481") -> str:
    """A citizens' number with its check character. The sequence's parity says the sex."""
    if (sequence % 2 == 1) != (sex == MALE) or not 0 < sequence <= 999:
        raise ValueError("sequence and sex disagree")
    first = f"{county}{born:%Y%m%d}{sequence:03d}"
    return first + check_character(first)


# The forms of families: (has the family's surname, sex, age, relation, tags) of each member, head first.
_Member = tuple[bool, str, int, str, tuple[str, ...]]


def _alone(rng: random.Random) -> list[_Member]:
    age = rng.randint(62, 92)
    tags = ("elder_alone", "elder_oldest") if age >= 80 else ("elder_alone",)
    return [(True, rng.choice((MALE, FEMALE)), age, "02", tags)]


def _old_couple(rng: random.Random) -> list[_Member]:
    age = rng.randint(60, 85)
    poor = ("minimum_living",) if rng.random() < 0.1 else ()
    return [
        (True, MALE, age, "02", ("elder_empty_nest", *poor)),
        (False, FEMALE, age - rng.randint(0, 5), "12", ("elder_empty_nest",)),
    ]


def _parents(rng: random.Random) -> list[_Member]:
    age = rng.randint(24, 52)
    away = ("migrant_worker",) if rng.random() < 0.25 else ()
    members: list[_Member] = [(True, MALE, age, "02", away), (False, FEMALE, age - rng.randint(0, 4), "12", ())]
    return members + _children(rng, age - 24, rng.choice((1, 1, 2, 2)))


def _children(rng: random.Random, oldest: int, count: int) -> list[_Member]:
    sexes = [rng.choice((MALE, FEMALE)) for _ in range(count)]
    ages = sorted((rng.randint(0, max(0, min(oldest, 22))) for _ in range(count)), reverse=True)
    return [(True, sex, age, "20" if sex == MALE else "30", ()) for sex, age in zip(sexes, ages, strict=True)]


def _three_generations(rng: random.Random) -> list[_Member]:
    age = rng.randint(30, 50)
    disabled = ("disabled",) if rng.random() < 0.15 else ()
    return [
        *_parents_of_age(rng, age),
        (True, MALE, age + rng.randint(22, 28), "51", disabled),
        (False, FEMALE, age + rng.randint(20, 25), "52", ()),
        *_children(rng, age - 24, rng.choice((1, 1, 2))),
    ]


def _parents_of_age(rng: random.Random, age: int) -> list[_Member]:
    return [(True, MALE, age, "02", ()), (False, FEMALE, age - rng.randint(0, 4), "12", ())]


def _left_behind(rng: random.Random) -> list[_Member]:
    age = rng.randint(55, 72)
    children: list[_Member] = [
        (True, sex, rng.randint(2, 15), "41" if sex == MALE else "42", ("left_behind_child",))
        for sex in rng.choices((MALE, FEMALE), k=rng.choice((1, 2)))
    ]
    grandparents: list[_Member] = [
        (True, MALE, age, "02", ("left_behind_elder",)),
        (False, FEMALE, age - rng.randint(0, 4), "12", ("left_behind_elder",)),
    ]
    return grandparents + children


_FORMS: tuple[Callable[[random.Random], list[_Member]], ...] = (
    _alone, _old_couple, _parents, _three_generations, _left_behind
)  # fmt: skip
_WEIGHTS = (12, 15, 42, 17, 14)
