"""Rules of marriages (婚姻): who may marry on which day, when a marriage has ended, what marital status follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.registry.marriages.domain.refusals import (
    MarriageEnded,
    MarriageNotEnded,
    MarriageOfSameSex,
    MarriageUnderAge,
)
from services.registry.persons.domain import PersonRecord
from shared.contracts.registry.marriages import MarriageStatus
from shared.errors import FieldError, Invalid
from shared.reference.identity import completed_years
from shared.reference.named_code import NamedCode
from shared.reference.names import MESSAGES, clean_name
from shared.reference.sexes import FEMALE, MALE


@dataclass(frozen=True, slots=True)
class LegalAges:
    """Ages from which a man and a woman may marry, in force from a day on."""

    since: date
    male: int
    female: int
    source: str


LEGAL_AGES = (
    LegalAges(date(1950, 5, 1), 20, 18, "中华人民共和国婚姻法（1950）第四条"),
    LegalAges(date(1981, 1, 1), 22, 20, "中华人民共和国婚姻法（1980）第五条；2001年修正第六条"),
    LegalAges(date(2021, 1, 1), 22, 20, "中华人民共和国民法典第一千零四十七条"),
)
"""Legal ages for marriage by the law in force on the day; before the first one none is held against anybody."""

TRANSITIONS: dict[MarriageStatus, frozenset[MarriageStatus]] = {
    MarriageStatus.MARRIED: frozenset({MarriageStatus.DIVORCED, MarriageStatus.WIDOWED, MarriageStatus.WITHDRAWN}),
    MarriageStatus.DIVORCED: frozenset({MarriageStatus.MARRIED, MarriageStatus.WIDOWED, MarriageStatus.WITHDRAWN}),
    MarriageStatus.WIDOWED: frozenset({MarriageStatus.MARRIED, MarriageStatus.WITHDRAWN}),
    MarriageStatus.WITHDRAWN: frozenset(),
}
"""From divorced to widowed: a divorce is taken back after one of them has died."""


class MarriageStep(NamedCode):
    """What happened to a marriage, as it was recorded."""

    REGISTERED = "registered", "登记结婚"
    DIVORCED = "divorced", "登记离婚"
    WIDOWED = "widowed", "一方死亡"
    RESTORED = "restored", "恢复"
    WITHDRAWN = "withdrawn", "撤回"


class SettlementKind(NamedCode):
    """What a marriage or divorce changed in a household: somebody joined it, founded it, or is something else in it."""

    JOINED = "joined", "加入"
    FOUNDED = "founded", "另立新户"
    RELATED = "related", "关系变更"


@dataclass(frozen=True, slots=True, repr=False)
class OutsideSpouse:
    """A spouse who is not in the register, or not in the caller's areas. The repr shows nothing."""

    name: str
    sex: str
    birth_date: date


@dataclass(frozen=True, slots=True, repr=False)
class MarriageRecord:
    """A marriage as stored. `spouse_id`: None if the spouse is an outside one, sealed in `outside_sealed`.

    `divorced_on` and `outside_died_on` were entered; `status` and `ended_on` follow from them and from deaths in the
    register.
    """

    id: UUID
    version: int
    status: str
    area: str
    person_id: UUID
    spouse_id: UUID | None
    outside_sealed: bytes | None
    married_on: date
    divorced_on: date | None
    outside_died_on: date | None
    ended_on: date | None

    @property
    def outside(self) -> bool:
        """Whether the other spouse is not in the register."""
        return self.spouse_id is None

    @property
    def people(self) -> Sequence[UUID]:
        """The spouses who are in the register."""
        return [one for one in (self.person_id, self.spouse_id) if one is not None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a marriage: the version it led to, the day from which it holds, why it was taken back."""

    marriage_id: UUID
    version: int
    step: MarriageStep
    occurred_on: date
    reason: str | None
    recorded_by: str | None
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a marriage or divorce changed in a household. `event_id`: the life event of who moved to it, or an own id.

    `former`: the relation of before, of who is something else in it. `standing` is false once it was taken back.
    """

    marriage_id: UUID
    number: int
    by_divorce: bool
    kind: SettlementKind
    person_id: UUID
    household_id: UUID
    event_id: UUID
    moved: bool
    occurred_on: date
    relation: str
    former: str | None
    standing: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """Whether and when a marriage has ended."""

    status: MarriageStatus
    on: date | None


def tidied(spouse: OutsideSpouse) -> OutsideSpouse:
    """An outside spouse in the form in which one is stored. Raises `Invalid` for a name that is none."""
    name = clean_name(spouse.name)
    if name.problems:
        raise Invalid(errors=[FieldError("spouse.name", code, MESSAGES[code]) for code in name.problems])
    return OutsideSpouse(name.text, spouse.sex, spouse.birth_date)


def legal_age(sex: str, day: date) -> int:
    """The age from which somebody of the sex may marry on the day; of a sex that is not known the lower one."""
    ages = next((one for one in reversed(LEGAL_AGES) if one.since <= day), None)
    if ages is None:
        return 0
    return {MALE: ages.male, FEMALE: ages.female}.get(sex, min(ages.male, ages.female))


def of_age(sex: str, birth_date: date, day: date) -> bool:
    """Whether somebody had reached the legal age for marriage on the day."""
    return day >= birth_date and completed_years(birth_date, day) >= legal_age(sex, day)


def check_spouses(person: tuple[str, date], spouse: tuple[str, date], day: date, path: str) -> None:
    """Sex and birth date of both; `path`: where the spouse stands. Raises `MarriageOfSameSex`, `MarriageUnderAge`."""
    if person[0] == spouse[0] and person[0] in (MALE, FEMALE):
        raise MarriageOfSameSex.at(path)
    young = [where for where, one in (("person_id", person), (path, spouse)) if not of_age(*one, day)]
    if young:
        raise MarriageUnderAge.at(*young)


def ended(marriage: MarriageRecord, deaths: Mapping[UUID, date | None]) -> Ended | None:
    """Status and last day of a marriage, by what was entered of it and the deaths of the spouses in the register.

    None if they contradict each other: nobody marries, or is divorced, after one of them has died.
    """
    days = [marriage.outside_died_on, *(deaths.get(one) for one in marriage.people)]
    death = min((day for day in days if day is not None), default=None)
    last = marriage.divorced_on or marriage.married_on
    if death is not None and death < last:
        return None
    if marriage.divorced_on is not None:
        return Ended(MarriageStatus.DIVORCED, marriage.divorced_on)
    return Ended(MarriageStatus.MARRIED, None) if death is None else Ended(MarriageStatus.WIDOWED, death)


def in_the_way(
    id: UUID, married_on: date, ended_on: date | None, others: Sequence[MarriageRecord]
) -> Sequence[MarriageRecord]:
    """Other marriages that hold on a day on which this one does. One that ends on a day does not hold on it."""
    return [
        one
        for one in others
        if one.id != id
        and one.status != MarriageStatus.WITHDRAWN
        and (one.ended_on is None or one.ended_on > married_on)
        and (ended_on is None or ended_on > one.married_on)
        and one.ended_on != one.married_on
        and ended_on != married_on
    ]


def require_transition(present: str, to: MarriageStatus) -> None:
    """Raises `MarriageNotEnded` for a marriage that is to stand again, else `MarriageEnded`."""
    if to not in TRANSITIONS[MarriageStatus(present)]:
        raise MarriageNotEnded if to is MarriageStatus.MARRIED else MarriageEnded


MARRIED, REMARRIED, MARRIED_AGAIN, WIDOWED, DIVORCED, NOT_KNOWN = "20", "22", "23", "30", "40", "90"
"""Marital status, GB/T 2261.2. Who has no marriage in the register may be unmarried, or nobody said."""


def marital_status(person: PersonRecord, marriages: Sequence[MarriageRecord]) -> str:
    """Marital status of a person (GB/T 2261.2) by the marriages that stand; of who has died, as it was until then."""
    held = sorted((one for one in marriages if one.status != MarriageStatus.WITHDRAWN), key=lambda one: one.married_on)
    if not held:
        return NOT_KNOWN
    *earlier, last = held
    if last.status == MarriageStatus.DIVORCED:
        return DIVORCED
    if last.status == MarriageStatus.WIDOWED and not (person.died_on is not None and person.died_on == last.ended_on):
        return WIDOWED
    if not earlier:
        return MARRIED
    same = last.spouse_id is not None and any(set(one.people) == set(last.people) for one in earlier)
    return MARRIED_AGAIN if same else REMARRIED
