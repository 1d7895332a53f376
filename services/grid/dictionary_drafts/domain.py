"""Drafts of the dictionary of incidents (事件字典草稿): lifecycle, and what must not be published."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time
from typing import Any

from services.grid.dictionaries.domain import (
    CategoryTerms,
    LimitTerms,
    SpecialHours,
    Terms,
    Treatment,
    WorkHours,
    shifts_in,
    shifts_out,
    special_in,
    special_out,
)
from shared.contracts.severity import Severity
from shared.errors import DomainError, ErrorKind, FieldError, Invalid
from shared.reference.named_code import NamedCode
from shared.worktime import ClockUnit, Shift

MOST: dict[ClockUnit, int] = {
    ClockUnit.WORK_HOUR: 2_000,
    ClockUnit.WORK_DAY: 250,
    ClockUnit.HOUR: 8_760,
    ClockUnit.DAY: 366,
}
"""The longest limit by unit: about a year."""


class DraftStatus(NamedCode):
    """Where a draft of a version stands."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    DISCARDED = "discarded", "已作废"


TRANSITIONS: dict[DraftStatus, frozenset[DraftStatus]] = {
    DraftStatus.DRAFT: frozenset({DraftStatus.DRAFT, DraftStatus.PUBLISHED, DraftStatus.DISCARDED}),
    DraftStatus.PUBLISHED: frozenset({DraftStatus.DRAFT}),  # its version is withdrawn before its first day
    DraftStatus.DISCARDED: frozenset({DraftStatus.DRAFT}),
}


class DraftOpen(DomainError):
    """There is a draft already: of two the one that is published later would undo the other."""

    kind, code, title = ErrorKind.CONFLICT, "dictionary_draft_open", "已有一份事件字典草稿"
    advice = "请在现有草稿上修改，或先将其作废"


class DraftTransitionError(DomainError):
    """The table does not allow the step from where the draft is."""

    kind, code, title = ErrorKind.CONFLICT, "dictionary_draft_transition_not_allowed", "字典草稿当前状态不允许此操作"
    advice = "请刷新查看草稿现在的状态"


class VersionBegun(DomainError):
    """The version is in force or was: incidents may have been filed by it."""

    kind, code, title = ErrorKind.CONFLICT, "dictionary_version_begun", "该字典版本已经启用，不能撤回"
    advice = "请以旧版本为基础起草并发布新版本"


class VersionFollowed(DomainError):
    """A newer version was published: it was compared with this one."""

    kind, code, title = ErrorKind.CONFLICT, "dictionary_version_followed", "其后已发布更新的字典版本，不能撤回"
    advice = "请先撤回其后发布的版本"


def require_transition(present: DraftStatus, to: DraftStatus) -> None:
    """Raises `DraftTransitionError` unless the table allows it."""
    if to not in TRANSITIONS[present]:
        raise DraftTransitionError


def check_form(terms: Terms) -> None:
    """Raise `Invalid` with everything that a draft must not say, complete or not."""
    errors = [*_of_shifts("shifts", terms.hours.usual)]
    for at, one in enumerate(terms.hours.special):
        errors += _of_shifts(f"special_hours.{at}.shifts", one.shifts)
        if (one.begins is None) != (one.ends is None):
            errors.append(FieldError(f"special_hours.{at}.ends", "missing", "季节的起止日期须同时填写"))
        if any(_meet(one, other) for other in terms.hours.special[:at]):
            errors.append(FieldError(f"special_hours.{at}", "overlap", "与上面的特别作息有重叠的日子"))
    errors += _of_categories(terms.categories)
    if errors:
        raise Invalid(errors=errors)


def check_complete(terms: Terms) -> None:
    """Raise `Invalid` unless whatever may be reported has a limit: each severity of each category, in routine."""
    if not terms.categories:
        raise Invalid(errors=[FieldError("categories", "missing", "至少须有一个事件类别")])
    errors = []
    for at, category in enumerate(terms.categories):
        known = {one.severity for one in category.limits if one.treatment is Treatment.ROUTINE}
        errors += [
            FieldError(f"categories.{at}.limits", "missing", f"缺少“{severity.label}”等级、常规处置的办理时限")
            for severity in Severity
            if severity not in known
        ]
    if errors:
        raise Invalid(errors=errors)


def check_valid_from(valid_from: date, newest: date, today: date) -> None:
    """Raise `Invalid` for a first day that is over, or that lies before that of the newest version."""
    if valid_from < today:
        raise Invalid(errors=[FieldError("valid_from", "past", "启用日不得早于今天")])
    if valid_from < newest:
        raise Invalid(errors=[FieldError("valid_from", "before_newest", "启用日不得早于最新版本的启用日")])


def _of_shifts(path: str, shifts: Sequence[Shift]) -> Iterator[FieldError]:
    if not shifts:
        yield FieldError(path, "missing", "至少须有一个工时段")
    reached = time.min
    for at, shift in enumerate(shifts):
        if shift.end <= shift.start or (at and shift.start < reached):
            yield FieldError(f"{path}.{at}", "order", "工时段须由早到晚、互不重叠，下班晚于上班")
        reached = shift.end


def _meet(one: SpecialHours, other: SpecialHours) -> bool:
    """Whether there is a day of which both are the hours; a leap year has them all."""
    if not set(one.weekdays) & set(other.weekdays):
        return False
    weekday = next(iter(set(one.weekdays) & set(other.weekdays)))
    days = (date.fromordinal(date(2024, 1, 1).toordinal() + at) for at in range(366))
    return any(one.covers(day.month, day.day, weekday) and other.covers(day.month, day.day, weekday) for day in days)


def _of_categories(categories: Sequence[CategoryTerms]) -> Iterator[FieldError]:
    codes, names = (Counter(getattr(one, what) for one in categories) for what in ("code", "name"))
    for at, one in enumerate(categories):
        if codes[one.code] > 1:
            yield FieldError(f"categories.{at}.code", "repeated", "类别代码重复")
        if names[one.name] > 1:
            yield FieldError(f"categories.{at}.name", "repeated", "类别名称重复")
        kinds = Counter((limit.severity, limit.treatment) for limit in one.limits)
        for number, limit in enumerate(one.limits):
            path = f"categories.{at}.limits.{number}"
            if kinds[limit.severity, limit.treatment] > 1:
                yield FieldError(path, "repeated", "同一等级和处置方式的办理时限重复")
            if not 0 < limit.amount <= MOST[limit.unit]:
                yield FieldError(f"{path}.amount", "range", f"时长须在 1 至 {MOST[limit.unit]} {limit.unit.label}之间")


def written(terms: Terms) -> dict[str, Any]:
    """What a draft says, as JSON."""
    return {
        "shifts": shifts_out(terms.hours.usual),
        "special_hours": special_out(terms.hours.special),
        "categories": [
            {
                "code": one.code,
                "name": one.name,
                "limits": [[limit.severity, limit.treatment, limit.amount, limit.unit] for limit in one.limits],
            }
            for one in terms.categories
        ],
    }


def read(content: Mapping[str, Any]) -> Terms:
    """The same out of JSON."""
    return Terms(
        hours=WorkHours(shifts_in(content["shifts"]), special_in(content["special_hours"])),
        categories=tuple(
            CategoryTerms(
                code=one["code"],
                name=one["name"],
                limits=tuple(
                    LimitTerms(Severity(severity), amount, ClockUnit(unit), Treatment(treatment))
                    for severity, treatment, amount, unit in one["limits"]
                ),
            )
            for one in content["categories"]
        ),
    )
