"""Rules of dwellings (房屋): moves, days, conditions by topic and day, and refusals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from shared.contracts.registry.dwellings import Condition, ConditionTopic, DwellingStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

TRANSITIONS: dict[DwellingStatus, frozenset[DwellingStatus]] = {
    DwellingStatus.STANDING: frozenset({DwellingStatus.ENDED, DwellingStatus.WITHDRAWN}),
    DwellingStatus.ENDED: frozenset({DwellingStatus.STANDING}),
    DwellingStatus.WITHDRAWN: frozenset({DwellingStatus.STANDING}),
}

MOST_CONDITIONS = 200
"""Conditions of one dwelling, withdrawn ones too: its state stays below what one message holds."""


class DwellingUse(NamedCode):
    """What a dwelling is used for (使用情况)."""

    OWN = "own", "自住"
    LET = "let", "出租"
    EMPTY = "empty", "空置"
    RELOCATED = "relocated", "已搬迁"


class WaterSupply(NamedCode):
    PIPED = "piped", "自来水"
    WELL = "well", "井水、泉水等"
    NONE = "none", "未通"


class RoadAccess(NamedCode):
    PAVED = "paved", "硬化路"
    UNPAVED = "unpaved", "未硬化路"
    NONE = "none", "未通路"


class GasSupply(NamedCode):
    PIPED = "piped", "管道燃气"
    BOTTLED = "bottled", "瓶装燃气"
    NONE = "none", "未用气"


class CleanEnergy(NamedCode):
    USED = "used", "使用清洁能源"
    NONE = "none", "未使用"


class PowerSupply(NamedCode):
    CONNECTED = "connected", "已通电"
    NONE = "none", "未通电"


class Telecom(NamedCode):
    BROADBAND = "broadband", "已通宽带"
    MOBILE = "mobile", "仅有移动信号"
    NONE = "none", "未通"


class Toilet(NamedCode):
    SANITARY = "sanitary", "卫生厕所"
    SIMPLE = "simple", "非卫生厕所"
    SHARED = "shared", "使用公共厕所"
    NONE = "none", "无厕所"


VALUES: Mapping[ConditionTopic, type[NamedCode]] = {
    ConditionTopic.USE: DwellingUse,
    ConditionTopic.WATER: WaterSupply,
    ConditionTopic.ROAD: RoadAccess,
    ConditionTopic.GAS: GasSupply,
    ConditionTopic.CLEAN_ENERGY: CleanEnergy,
    ConditionTopic.POWER: PowerSupply,
    ConditionTopic.TELECOM: Telecom,
    ConditionTopic.TOILET: Toilet,
}
"""What a condition of each topic may be."""


class DwellingTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "dwelling_transition_not_allowed", "房屋当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class DwellingDatesWrong(DomainError):
    """Not before the building, not in the future, and no end before the beginning."""

    kind, code, title = ErrorKind.INVALID, "dwelling_dates_wrong", "房屋的日期不正确"
    advice = "请核对日期：不早于楼栋或房屋的启用日，止日不早于起日，均不晚于今天"


class DwellingKnown(DomainError):
    """The building has this unit and room already."""

    kind, code, title = ErrorKind.CONFLICT, "dwelling_known", "本楼已有此单元、房号的房屋"
    advice = "请使用已登记的房屋，或核对单元和房号"


class BuildingNotStanding(DomainError):
    """Dwellings lie in buildings that stand."""

    kind, code, title = ErrorKind.CONFLICT, "building_not_standing", "所在楼栋已拆除或已撤回"
    advice = "请核对楼栋；误拆除的，请先恢复楼栋"


class DwellingInUse(DomainError):
    """Somebody is still linked with the dwelling."""

    kind, code, title = ErrorKind.CONFLICT, "dwelling_in_use", "该房屋仍有居住、承租或产权关系"
    advice = "请先结束或撤回这些关系"


class DwellingUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "dwelling_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


class UnknownCondition(DomainError):
    """The value stands not in the topic's list."""

    kind, code, title = ErrorKind.INVALID, "unknown_condition", "该项目没有这一情况"
    advice = "请从代码表中选择该项目的情况"


class ConditionStands(DomainError):
    """The topic has a condition from this very day."""

    kind, code, title = ErrorKind.CONFLICT, "condition_stands", "该项目自当日起已有登记"
    advice = "登记有误的，请先撤回原登记"


class ConditionWithdrawn(DomainError):
    """The condition was withdrawn before."""

    kind, code, title = ErrorKind.CONFLICT, "condition_withdrawn", "该登记已撤回"
    advice = "请刷新后查看"


class TooManyConditions(DomainError):
    """A dwelling changes some times in a life, not hundreds of times."""

    kind, code, title = ErrorKind.CONFLICT, "too_many_conditions", "该房屋的情况登记过多"
    advice = "请联系运维人员核查是否有程序重复登记"


@dataclass(frozen=True, slots=True, repr=False)
class DwellingFields:
    """What is entered of a dwelling, and may be corrected. The repr shows nothing."""

    room: str
    unit: str | None = None
    floor_area: Decimal | None = None


@dataclass(frozen=True, slots=True)
class DwellingFilter:
    """What a list and its count ask for."""

    building_id: UUID | None = None
    status: DwellingStatus | None = None
    use: DwellingUse | None = None


@dataclass(frozen=True, slots=True)
class ConditionRecord:
    """A condition as recorded: a value from a day on. `number` counts those of the dwelling."""

    number: int
    topic: str
    value: str
    since: date
    withdrawn: bool = False


def require_transition(status: DwellingStatus, to: DwellingStatus, subject: object = None) -> None:
    """Raises `DwellingTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[status]:
        raise DwellingTransitionError(subject)


def check_days(path: str, earliest: date, day: date, today: date) -> None:
    """Check earliest ≤ day ≤ today. Raises `DwellingDatesWrong` that names the field."""
    if not earliest <= day <= today:
        raise DwellingDatesWrong.at(path)


def check_condition(
    known: Sequence[ConditionRecord], topic: ConditionTopic, value: str, since: date, path: str = ""
) -> None:
    """Check a further condition; `path`: where it stands in the body.

    Raises `UnknownCondition`, `ConditionStands`, `TooManyConditions`.
    """
    if value not in VALUES[topic].names():
        raise UnknownCondition.at(f"{path}value")
    if any(one.topic == topic and one.since == since and not one.withdrawn for one in known):
        raise ConditionStands.at(f"{path}since")
    if len(known) >= MOST_CONDITIONS:
        raise TooManyConditions


def in_effect(known: Sequence[ConditionRecord]) -> dict[int, Condition]:
    """The conditions that were not withdrawn, by number: each holds until the next of its topic; oldest first."""
    found: dict[int, Condition] = {}
    held = sorted((one for one in known if not one.withdrawn), key=lambda one: (one.topic, one.since))
    for place, one in enumerate(held):
        following = held[place + 1] if place + 1 < len(held) else None
        until = following.since if following is not None and following.topic == one.topic else None
        found[one.number] = Condition(topic=ConditionTopic(one.topic), value=one.value, since=one.since, until=until)
    return found
