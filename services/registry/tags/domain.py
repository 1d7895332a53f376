"""Tags of special groups (人员标签): a care family, and a sensitive family with a permission and a topic of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.registry.persons.domain import PersonRecord, spans_of
from shared.contracts.envelope import Span
from shared.contracts.registry.persons import PersonStatus
from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.identity import completed_years
from shared.reference.named_code import NamedCode


class Family(NamedCode):
    """Family of a tag: decides permission and topic."""

    CARE = "care", "关爱类"
    SENSITIVE = "sensitive", "敏感类"


CARE: Mapping[str, str] = {
    "left_behind_child": "留守儿童",
    "left_behind_woman": "留守妇女",
    "left_behind_elder": "留守老人",
    "elder_alone": "独居老人",
    "elder_empty_nest": "空巢老人",
    "elder_oldest": "高龄老人",
    "disabled": "残疾",
    "minimum_living": "低保",
    "extreme_poverty": "特困",
    "orphan": "孤儿",
    "unsupported_child": "事实无人抚养儿童",
    "child_in_need": "困境儿童",
    "bereaved_parent": "失独",
    "preferential": "优抚",
    "unemployed": "失业",
    "migrant_worker": "外出务工",
}

SENSITIVE: Mapping[str, str] = {
    "community_correction": "社区矫正",
    "released_prisoner": "刑满释放",
    "severe_mental_disorder": "严重精神障碍",
    "drug_user": "吸毒",
    "key_youth": "重点青少年",
}

CODES: Mapping[Family, Mapping[str, str]] = {Family.CARE: CARE, Family.SENSITIVE: SENSITIVE}


@dataclass(frozen=True, slots=True)
class Condition:
    """Who may carry a tag: `low` ≤ age on its first day, age today < `high`, a sex (GB/T 2261.1), living here or not.

    `source`: the law or document that says so.
    """

    source: str
    low: int | None = None
    high: int | None = None
    sex: str | None = None
    lives_here: bool = False


_ELDERS = "老年人权益保障法第二条"
_WORKERS = "劳动法第十五条"
_LIABLE = "刑法第十七条"

CONDITIONS: Mapping[str, Condition] = {
    "left_behind_child": Condition("国发〔2016〕13号", high=16, lives_here=True),
    "left_behind_woman": Condition("民发〔2019〕89号、民法典第十七条", low=18, sex="2", lives_here=True),
    "left_behind_elder": Condition(_ELDERS, low=60, lives_here=True),
    "elder_alone": Condition(_ELDERS, low=60, lives_here=True),
    "elder_empty_nest": Condition(_ELDERS, low=60, lives_here=True),
    "elder_oldest": Condition("老年人权益保障法第三十三条", low=80),
    "orphan": Condition("国办发〔2010〕54号", high=18),
    "unsupported_child": Condition("民发〔2019〕62号", high=18),
    "child_in_need": Condition("国发〔2016〕36号", high=18),
    "bereaved_parent": Condition("国人口发〔2007〕78号", low=49),
    "unemployed": Condition(_WORKERS, low=16),
    "migrant_worker": Condition(_WORKERS, low=16),
    "community_correction": Condition(f"{_LIABLE}、社区矫正法第十七条", low=12, lives_here=True),
    "released_prisoner": Condition(_LIABLE, low=12),
    "key_youth": Condition("中长期青年发展规划（2016—2025年）", high=36),
}
"""By code. A tag without a line here is open to everybody in the register who is alive."""


NEEDS_GUARDIAN: Mapping[str, str] = {
    "left_behind_child": "未成年人保护法第二十二条",
    "orphan": "民法典第三十二条",
    "unsupported_child": "民发〔2019〕62号",
    "severe_mental_disorder": "精神卫生法第九条",
}
"""Tags of which a guardian has to be known, each with its source."""

LEVELS: Mapping[str, Mapping[str, str]] = {
    "disabled": {"1": "一级", "2": "二级", "3": "三级", "4": "四级"},
    "extreme_poverty": {"none": "全自理", "half": "半护理", "full": "全护理"},
    "severe_mental_disorder": {"0": "0级", "1": "1级", "2": "2级", "3": "3级", "4": "4级", "5": "5级"},
}
"""Grades of a tag, if its source has any; of a tag without a line here a county uses what its lists say.

残疾等级 of GB/T 26341; 照料护理等级 of 民发〔2021〕43号; 危险性评估 of 国卫疾控发〔2018〕13号.
"""


class UnknownTag(DomainError):
    """The code is not in the list of this family."""

    kind, code, title = ErrorKind.INVALID, "unknown_tag", "标签代码不存在"
    advice = "请从标签目录中选择"


class UnknownTagLevel(DomainError):
    """The grade is not in the list of this tag."""

    kind, code, title = ErrorKind.INVALID, "unknown_tag_level", "该标签没有此等级"
    advice = "请从标签目录所列的等级中选择"


class TagAlreadyOpen(DomainError):
    """The person has this tag already, and it has not ended."""

    kind, code, title = ErrorKind.CONFLICT, "tag_already_open", "该人员已有此标签"
    advice = "无须重复认定；等级有变的，请先结束原标签"


class TagAlreadyEnded(DomainError):
    """The tag has ended before."""

    kind, code, title = ErrorKind.CONFLICT, "tag_already_ended", "该标签已结束"
    advice = "请刷新后查看；仍属此类的，请重新认定"


class TagDatesWrong(DomainError):
    """Not before birth, not in the future, and no end before the start."""

    kind, code, title = ErrorKind.INVALID, "tag_dates", "标签日期不正确"
    advice = "请核对起止日期：止日不早于起日，均不晚于今天"


class TagDoesNotFit(DomainError):
    """Age, sex or residence of the person rule the tag out; `errors` says which, and by what source."""

    kind, code, title = ErrorKind.INVALID, "tag_does_not_fit", "该人员的年龄、性别或居住情况不符合此标签的条件"
    advice = "请核对人员信息和开始日期；条件不符的不能认定"


@dataclass(frozen=True, slots=True)
class TagLevel:
    """A grade of a tag."""

    code: str
    title: str


@dataclass(frozen=True, slots=True)
class TagKind:
    """A tag of the catalogue."""

    code: str
    title: str
    family: Family
    levels: Sequence[TagLevel]
    min_age: int | None
    below_age: int | None
    sex: str | None
    lives_here: bool
    source: str | None
    needs_guardian: bool
    guardian_source: str | None


def catalogue() -> Sequence[TagKind]:
    """Every tag, the care family first."""
    return [_kind(family, code, title) for family, titles in CODES.items() for code, title in titles.items()]


def _kind(family: Family, code: str, title: str) -> TagKind:
    condition = CONDITIONS.get(code)
    guardian = NEEDS_GUARDIAN.get(code)
    return TagKind(
        code=code,
        title=title,
        family=family,
        levels=[TagLevel(*one) for one in LEVELS.get(code, {}).items()],
        min_age=None if condition is None else condition.low,
        below_age=None if condition is None else condition.high,
        sex=None if condition is None else condition.sex,
        lives_here=condition is not None and condition.lives_here,
        source=None if condition is None else condition.source,
        needs_guardian=guardian is not None,
        guardian_source=guardian,
    )


def require_code(family: Family, code: str) -> None:
    """Check that the family has the code. Raises `UnknownTag`."""
    if code not in CODES[family]:
        raise UnknownTag.at("code")


def require_level(code: str, level: str | None) -> None:
    """Check that the tag has the grade, if its grades are listed. Raises `UnknownTagLevel`."""
    if level is not None and code in LEVELS and level not in LEVELS[code]:
        raise UnknownTagLevel.at("level")


def check_start(started_on: date, *, birth_date: date, today: date) -> None:
    """Start of a tag: birth_date ≤ started_on ≤ today. Raises `TagDatesWrong`."""
    if not birth_date <= started_on <= today:
        raise TagDatesWrong.at("started_on")


def misfits(code: str, person: PersonRecord, started_on: date, *, today: date) -> Sequence[FieldError]:
    """What rules a tag out that begins on a day and holds today: age, sex, residence, each with its source."""
    return unfit(CONDITIONS.get(code), person, started_on, today=today, path="code")


def unfit(
    condition: Condition | None, person: PersonRecord, started_on: date, *, today: date, path: str
) -> Sequence[FieldError]:
    """What of a person contradicts a condition of something that begins on a day; nothing without a condition."""
    if condition is None:
        return ()
    residence = spans_of(person.residence)
    problems: list[tuple[str, str]] = []
    if condition.low is not None and completed_years(person.birth_date, started_on) < condition.low:
        problems.append(("age_below", f"开始时须已满 {condition.low} 周岁"))
    if condition.high is not None and completed_years(person.birth_date, today) >= condition.high:
        problems.append(("age_above", f"须不满 {condition.high} 周岁"))
    if condition.sex is not None and person.sex != condition.sex:
        problems.append(("sex", "性别不符"))
    if condition.lives_here and not (lives_on(residence, started_on) and lives_on(residence, today)):
        problems.append(("residence", "开始时和现在都须居住在本县"))
    return [FieldError(path, problem, f"{message}（{condition.source}）") for problem, message in problems]


def lives_on(residence: Sequence[Span], day: date) -> bool:
    """Whether one of the spans holds on the day."""
    return any(span.start <= day and (span.end is None or day < span.end) for span in residence)


def last_day(
    code: str, started_on: date, ended_on: date | None, person: PersonRecord, *, returned: bool, today: date
) -> date | None:
    """The end of a tag after life events of its person: with death, departure or merge, at once if the entry was
    annulled. A tag of whoever lives here ends when that ends, any other when the person has left both books.

    `returned`: it had ended with a life event that was taken back.
    """
    if ended_on is not None and not returned:
        return ended_on
    left = _left_on(code, person, started_on, today)
    return None if left is None else max(left, started_on)


def _left_on(code: str, person: PersonRecord, started_on: date, today: date) -> date | None:
    match person.status:
        case PersonStatus.ANNULLED:
            return started_on
        case PersonStatus.MERGED:
            return today
        case PersonStatus.DECEASED:
            return person.died_on
        case PersonStatus.MOVED_OUT:
            return max((one for one in (person.residence_until, person.registration_until) if one), default=today)
    condition = CONDITIONS.get(code)
    return person.residence_until if condition is not None and condition.lives_here else None


def check_end(started_on: date, ended_on: date, *, today: date) -> None:
    """End of a tag: started_on ≤ ended_on ≤ today. Raises `TagDatesWrong`."""
    if not started_on <= ended_on <= today:
        raise TagDatesWrong.at("ended_on")
