"""Tags of special groups (人员标签): a care family, and a sensitive family with a permission and a topic of its own."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum

from shared.errors import DomainError, ErrorKind


class Family(StrEnum):
    """Family of a tag: decides permission and topic."""

    CARE = "care"
    SENSITIVE = "sensitive"


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


class UnknownTag(DomainError):
    """The code is not in the list of this family."""

    kind, code, title = ErrorKind.INVALID, "unknown_tag", "标签代码不存在"
    advice = "请从标签目录中选择"


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


def require_code(family: Family, code: str) -> None:
    """Check that the family has the code. Raises `UnknownTag`."""
    if code not in CODES[family]:
        raise UnknownTag


def check_start(started_on: date, *, birth_date: date, today: date) -> None:
    """Start of a tag: birth_date ≤ started_on ≤ today. Raises `TagDatesWrong`."""
    if not birth_date <= started_on <= today:
        raise TagDatesWrong


def check_end(started_on: date, ended_on: date, *, today: date) -> None:
    """End of a tag: started_on ≤ ended_on ≤ today. Raises `TagDatesWrong`."""
    if not started_on <= ended_on <= today:
        raise TagDatesWrong
