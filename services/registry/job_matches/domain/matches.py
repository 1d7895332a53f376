"""Rules of the matching of job seekers (岗位匹配): criteria, points, what speaks against, and the conditional promise.

A score is the sum of the points of six criteria, one hundred at most; each says in words how it came about. What
speaks against a match takes no candidate away: a clerk sees it and decides.

Age is compared only where the vacancy names a ground for its bounds; nobody under 16 is suggested (劳动法 article 15).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from shared.reference.named_code import NamedCode

SEEKERS, VACANCIES, OFFERS = "job_seekers", "vacancies", "job_offers"
"""The ledgers of job seekers, of vacancies, and of vacancies that were offered to somebody."""

SEEKING = ("registered", "training", "trained")
"""Statuses of a job seeker who looks for work."""
OPEN, PLACED = "open", "placed"
"""Status of a vacancy that is to be filled, and of a job seeker who has work."""

REGISTERED_ON, OFFERED_ON = "registered_on", "offered_on"
"""Fields of the first day of a job seeker, and of a vacancy or an offer."""

YOUNGEST = 16
"""Nobody younger may be employed (劳动法 article 15)."""
PROMISED = 3
"""Suitable offers that are promised, if neither the record nor the county's definition says how many."""

ANY, FLEXIBLE, NONE = "any", "flexible", "none"

KINDS = {
    "cleaning": "保洁", "greening": "保绿", "guarding": "保安", "housekeeping": "家政", "factory": "工厂",
    "trade": "商贸", "skilled": "技工", "other": "其他",
}  # fmt: skip
EDUCATION = ("none", "primary", "junior", "senior", "college", "bachelor")
"""Least to most."""


class JobCriterion(NamedCode):
    """What a vacancy and a job seeker are compared by."""

    KIND = "kind", "工种"
    DISTANCE = "distance", "路程"
    WAGE = "wage", "工资"
    EDUCATION = "education", "学历"
    HOURS = "hours", "工时"
    TRAINING = "training", "培训"
    AGE = "age", "年龄"


class JobBearing(NamedCode):
    """How a criterion bears on a match."""

    FITS = "fits", "符合"
    PARTLY = "partly", "部分符合"
    UNKNOWN = "unknown", "情况不明"
    AGAINST = "against", "不符合"
    NOT_COUNTED = "not_counted", "不作比较"


class JobAnswer(NamedCode):
    """What came of an offer."""

    ACCEPTED = "accepted", "已录用"
    STARTED = "started", "已上岗"
    DECLINED = "declined", "本人未接受"
    REFUSED = "refused", "单位未录用"


WEIGHTS: Mapping[JobCriterion, int] = {
    JobCriterion.KIND: 40,
    JobCriterion.DISTANCE: 20,
    JobCriterion.WAGE: 15,
    JobCriterion.EDUCATION: 15,
    JobCriterion.HOURS: 10,
    JobCriterion.TRAINING: 0,
    JobCriterion.AGE: 0,
}
"""Points of a criterion that fits. Training and age give none: they speak against, or they do not."""

SHARES: Mapping[JobBearing, int] = {
    JobBearing.FITS: 100,
    JobBearing.PARTLY: 60,
    JobBearing.UNKNOWN: 50,
    JobBearing.AGAINST: 0,
    JobBearing.NOT_COUNTED: 100,
}
"""Percent of its points."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """One criterion of a match: how it bears, its points out of how many, and why, in Chinese."""

    criterion: JobCriterion
    bearing: JobBearing
    points: int
    of: int
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """A vacancy and a job seeker, weighed. `suitable`: nothing speaks against it."""

    criteria: Sequence[Weighed]

    @property
    def score(self) -> int:
        """Points out of one hundred."""
        return sum(one.points for one in self.criteria)

    @property
    def suitable(self) -> bool:
        return all(one.bearing is not JobBearing.AGAINST for one in self.criteria)


@dataclass(frozen=True, slots=True)
class Promise:
    """Where a job seeker stands by the promise: whoever can work and does not pick is settled.

    `within`: the promise holds for the seeker. `declined`: suitable offers that the seeker did not take.
    """

    within: bool
    settled: bool
    offers: int
    suitable: int
    declined: int
    promised: int

    @property
    def is_exhausted(self) -> bool:
        """As many suitable offers were declined as are promised: a clerk decides whether the seeker picks (挑拣)."""
        return self.within and self.declined >= self.promised


def home_of(area: str, seeker: Mapping[str, Any]) -> str:
    """The village from which the way to work is measured."""
    return str(seeker.get("home") or area)


def in_common(one: str, other: str) -> int:
    """Digits of the smallest area of the tree that two places have in common: 12, 9, 6 or 0."""
    levels = (VILLAGE_DIGITS, TOWN_DIGITS, COUNTY_DIGITS)
    return next((level for level in levels if len(one) >= level and one[:level] == other[:level]), 0)


def weigh(
    seeker: Mapping[str, Any], home: str, born: date | None, vacancy: Mapping[str, Any], place: str, *, today: date
) -> Match:
    """A job seeker and a vacancy by their values, each lying where it does. `born`: None if the caller may not know."""
    return Match(
        [
            _kind(seeker, vacancy),
            _distance(seeker.get("reach"), in_common(home, place)),
            _wage(seeker.get("wage_from"), vacancy.get("wage_from"), vacancy.get("wage_to")),
            _education(seeker.get("education"), vacancy.get("education")),
            _hours(seeker.get("hours"), vacancy.get("hours")),
            _training(seeker, vacancy),
            _age(born, vacancy, today),
        ]
    )


def is_adult_enough(born: date | None, today: date) -> bool:
    """Whether somebody may be employed at all, as far as it is known."""
    return born is None or _years(born, today) >= YOUNGEST


def is_open(status: str, vacancy: Mapping[str, Any], *, today: date) -> bool:
    """Whether somebody may still be suggested for a vacancy."""
    closes = vacancy.get("closes_on")
    left = int(vacancy.get("posts") or 1) > int(vacancy.get("taken") or 0)
    return status == OPEN and left and (closes is None or date.fromisoformat(str(closes)) >= today)


def is_of(offer: Mapping[str, Any], day: str, party: Mapping[str, Any]) -> bool:
    """Whether an offer is of a job seeker or vacancy whose number it names: it was made on their first day (`day`, name
    of the field) or later. A number is free again once the record that had it is closed."""
    return str(offer.get(OFFERED_ON)) >= str(party.get(day) or "")


def _weighed(criterion: JobCriterion, bearing: JobBearing, words: str) -> Weighed:
    of = WEIGHTS[criterion]
    return Weighed(criterion, bearing, of * SHARES[bearing] // 100, of, words)


def _kind(seeker: Mapping[str, Any], vacancy: Mapping[str, Any]) -> Weighed:
    wanted, offered = seeker.get("wanted"), str(vacancy.get("kind"))
    title = KINDS.get(offered, "该工种")
    if wanted is None:
        return _weighed(JobCriterion.KIND, JobBearing.UNKNOWN, f"未登记意向工种，岗位为{title}")
    if wanted in (ANY, offered):
        return _weighed(JobCriterion.KIND, JobBearing.FITS, f"岗位为{title}，符合意向工种")
    if offered in (seeker.get("skills") or ()):
        return _weighed(JobCriterion.KIND, JobBearing.PARTLY, f"岗位为{title}，不是首选，本人会做")
    return _weighed(JobCriterion.KIND, JobBearing.AGAINST, f"岗位为{title}，不是意向工种")


def _distance(reach: Any, common: int) -> Weighed:
    near = {VILLAGE_DIGITS: "在本村（社区）", TOWN_DIGITS: "在本镇（街道）", COUNTY_DIGITS: "在本县其他镇（街道）"}
    words = f"岗位{near.get(common, '在本县以外')}"
    farthest = {"village": VILLAGE_DIGITS, "town": TOWN_DIGITS, "county": COUNTY_DIGITS, ANY: 0}.get(str(reach))
    if farthest is not None and common < farthest:
        return _weighed(JobCriterion.DISTANCE, JobBearing.AGAINST, f"{words}，超出可接受范围")
    if common == VILLAGE_DIGITS:
        return _weighed(JobCriterion.DISTANCE, JobBearing.FITS, words)
    if common == TOWN_DIGITS or farthest is not None:
        return _weighed(JobCriterion.DISTANCE, JobBearing.PARTLY, words)
    return _weighed(JobCriterion.DISTANCE, JobBearing.UNKNOWN, f"{words}，未登记可接受范围")


def _wage(wanted: Any, lowest: Any, highest: Any) -> Weighed:
    if wanted is None or (lowest is None and highest is None):
        return _weighed(JobCriterion.WAGE, JobBearing.UNKNOWN, "未登记期望月薪或岗位月薪")
    if lowest is not None and int(lowest) >= int(wanted):
        return _weighed(JobCriterion.WAGE, JobBearing.FITS, "岗位月薪不低于期望月薪")
    if highest is not None and int(highest) >= int(wanted):
        return _weighed(JobCriterion.WAGE, JobBearing.PARTLY, "岗位月薪上限达到期望月薪")
    return _weighed(JobCriterion.WAGE, JobBearing.AGAINST, "岗位月薪低于期望月薪")


def _education(held: Any, needed: Any) -> Weighed:
    if needed in (None, NONE):
        return _weighed(JobCriterion.EDUCATION, JobBearing.FITS, "岗位不限学历")
    if held not in EDUCATION or needed not in EDUCATION:
        return _weighed(JobCriterion.EDUCATION, JobBearing.UNKNOWN, "未登记学历")
    if EDUCATION.index(held) >= EDUCATION.index(needed):
        return _weighed(JobCriterion.EDUCATION, JobBearing.FITS, "学历达到岗位要求")
    return _weighed(JobCriterion.EDUCATION, JobBearing.AGAINST, "学历未达到岗位要求")


def _hours(accepted: Any, offered: Any) -> Weighed:
    if offered is None or accepted is None:
        return _weighed(JobCriterion.HOURS, JobBearing.UNKNOWN, "未登记可接受工时或岗位工时")
    if accepted in (ANY, offered) or offered == FLEXIBLE:
        return _weighed(JobCriterion.HOURS, JobBearing.FITS, "工时可接受")
    return _weighed(JobCriterion.HOURS, JobBearing.AGAINST, "工时不在可接受之列")


def _training(seeker: Mapping[str, Any], vacancy: Mapping[str, Any]) -> Weighed:
    if not vacancy.get("training_needed"):
        return _weighed(JobCriterion.TRAINING, JobBearing.FITS, "岗位不要求先经培训")
    if seeker.get("trained_on") is not None:
        return _weighed(JobCriterion.TRAINING, JobBearing.FITS, "已培训结业")
    return _weighed(JobCriterion.TRAINING, JobBearing.AGAINST, "岗位须先经培训，尚未结业")


def _age(born: date | None, vacancy: Mapping[str, Any], today: date) -> Weighed:
    if not is_adult_enough(born, today):
        return _weighed(JobCriterion.AGE, JobBearing.AGAINST, "未满 16 周岁，不得招用（劳动法第十五条）")
    lowest, highest = vacancy.get("age_from"), vacancy.get("age_to")
    if lowest is None and highest is None:
        return _weighed(JobCriterion.AGE, JobBearing.FITS, "岗位没有年龄条件")
    if vacancy.get("age_ground") is None:
        return _weighed(JobCriterion.AGE, JobBearing.NOT_COUNTED, "岗位的年龄条件未注明依据，不作比较")
    if born is None:
        return _weighed(JobCriterion.AGE, JobBearing.UNKNOWN, "年龄不明：未关联居民，或不在您的管辖范围内")
    age = _years(born, today)
    if (lowest is not None and age < int(lowest)) or (highest is not None and age > int(highest)):
        return _weighed(JobCriterion.AGE, JobBearing.AGAINST, "年龄不在岗位有依据的年龄条件内")
    return _weighed(JobCriterion.AGE, JobBearing.FITS, "年龄符合岗位有依据的年龄条件")


def _years(born: date, on: date) -> int:
    """Full years of age on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
