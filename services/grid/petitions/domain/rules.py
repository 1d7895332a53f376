"""Rules of petitions (信访): the table of steps, the limits of the law, the levels that review."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from uuid import UUID

from services.grid.petitions.domain.codes import OTHER, PetitionStep
from services.grid.petitions.domain.refusals import (
    PetitionDateWrong,
    PetitionExtendedAlready,
    PetitionExtensionWrong,
    PetitionLevelWrong,
    PetitionTooLate,
    PetitionTransitionError,
)
from shared.contracts.grid.petitions import PetitionStatus
from shared.errors import FieldError, ReasonRequired
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS, VILLAGE_DIGITS
from shared.workdays import ONE_DAY, WorkingCalendar


@dataclass(frozen=True)
class PetitionLimits:
    """Calendar days of the Regulations on Petitions (信访工作条例 of 2022-05-01); the first is not counted.

    `accept`: of receipt, until it is told in writing whether it is accepted (articles 22, 23). `answer`: of
    acceptance; `extend`: once, at most, by the head of the office and told with its reason (article 34). `ask`: of the
    delivery of a written answer or review, in which the petitioner asks for the next one; `review`: of such a request
    (article 35 复查, article 36 复核).
    """

    accept: int = 15
    answer: int = 60
    extend: int = 30
    ask: int = 30
    review: int = 30


@dataclass(frozen=True)
class PetitionFilter:
    """What a list shows of what its reader may see; None: everything."""

    area: str | None = None
    status: PetitionStatus | None = None
    overdue: bool | None = None
    reception_id: UUID | None = None


class Place(StrEnum):
    """Whose the step is."""

    OFFICE = "office"  # the office at its level, for no single department
    ANSWERING = "answering"  # the same, or the department that it was assigned to
    ABOVE = "above"  # the level above the one that answered
    FINAL = "final"  # the level above that


@dataclass(frozen=True, slots=True)
class Rule:
    """From where a step is taken, where it may lead (empty: the status stays), by which permission and whose it is."""

    origins: frozenset[PetitionStatus]
    to: frozenset[PetitionStatus]
    permission: str
    place: Place = Place.OFFICE


HANDLE, REGISTER, REVIEW = "petition.handle", "petition.register", "petition.review"


def _rule(origins: str, to: str, permission: str, place: Place = Place.OFFICE) -> Rule:
    named = {status.value: status for status in PetitionStatus}
    return Rule(
        frozenset(named[one] for one in origins.split()), frozenset(named[one] for one in to.split()), permission, place
    )


_OPEN = "registered accepted assigned answered under_review reviewed under_final_review"

STEPS: Mapping[PetitionStep, Rule] = {
    PetitionStep.ACCEPT: _rule("registered", "accepted", HANDLE),
    PetitionStep.REFUSE: _rule("registered", "refused", HANDLE),
    PetitionStep.REFER: _rule("registered", "referred", HANDLE),
    PetitionStep.ASSIGN: _rule("accepted assigned", "assigned", HANDLE),
    PetitionStep.EXTEND: _rule("accepted assigned", "", HANDLE),
    PetitionStep.ANSWER: _rule("accepted assigned", "answered", HANDLE, Place.ANSWERING),
    PetitionStep.ASK_REVIEW: _rule("answered", "under_review", REGISTER),
    PetitionStep.REVIEW: _rule("under_review", "reviewed accepted", REVIEW, Place.ABOVE),
    PetitionStep.ASK_FINAL_REVIEW: _rule("reviewed", "under_final_review", REGISTER),
    PetitionStep.FINAL_REVIEW: _rule("under_final_review", "finally_reviewed accepted", REVIEW, Place.FINAL),
    PetitionStep.WITHDRAW: _rule(_OPEN, "withdrawn", REGISTER),
}

OPEN = STEPS[PetitionStep.WITHDRAW].origins
"""Statuses of a petition that may go on."""
ABOVE: Mapping[int, int] = {TOWN_DIGITS: COUNTY_DIGITS, COUNTY_DIGITS: 4, 4: 2}
"""The level above, in digits of its areas. What lies above the county is decided there, and entered by the county."""


def require_allowed(status: PetitionStatus, step: PetitionStep, subject: object = None) -> Rule:
    """The rule by which a step is taken in a status. Raises `PetitionTransitionError` if the table has none."""
    rule = STEPS[step]
    if status not in rule.origins:
        raise PetitionTransitionError(subject)
    return rule


def place_of(rule: Rule, area: str, level: int) -> str:
    """The area for which a step's permission is asked: nobody of this county holds one above it."""
    digits = {Place.ABOVE: ABOVE[level], Place.FINAL: ABOVE[ABOVE[level]]}.get(rule.place, level)
    return area[: max(digits, COUNTY_DIGITS)]


def require_level(area: str, level: int) -> None:
    """A village, town or county, and the office of its town or county. Raises `PetitionLevelWrong`."""
    if len(area) not in (VILLAGE_DIGITS, TOWN_DIGITS, COUNTY_DIGITS):
        raise PetitionLevelWrong.at("area")
    if level > len(area):
        raise PetitionLevelWrong.at("office_digits")


def ends(since: date, days: int) -> date:
    """The last day of so many days; the day on which they begin is not counted (民法典 201)."""
    return since + timedelta(days=days)


def ask_by(told_on: date, limits: PetitionLimits, calendar: WorkingCalendar) -> date:
    """The last day on which the petitioner asks for a review: on a day off, the next working day.

    The regulations do not say what happens then. Ours, after 民法典 203 (a last day that is a legal day off moves to
    the day after it), in favour of who petitions alone: an office's last day stays, it answers before the days off.
    """
    last = ends(told_on, limits.ask)
    while not calendar.is_working_day(last):
        last += ONE_DAY
    return last


def require_day(day: date, path: str, *, since: date, today: date) -> None:
    """Raises `PetitionDateWrong` for a day before what it follows, or after today."""
    if not since <= day <= today:
        raise PetitionDateWrong.at(path)


def require_extension(until: date, answer_by: date, today: date, extended: bool, limits: PetitionLimits) -> None:
    """Once, before the limit has passed, by the law's days at most.

    Raises `PetitionExtendedAlready`, `PetitionTooLate`, `PetitionExtensionWrong`.
    """
    if extended:
        raise PetitionExtendedAlready
    if today > answer_by:
        raise PetitionTooLate
    if not answer_by < until <= ends(answer_by, limits.extend):
        raise PetitionExtensionWrong.at("until")


def require_in_time(asked_on: date, last: date | None) -> None:
    """Raises `PetitionTooLate` for a review that is asked for after the last day."""
    if last is not None and asked_on > last:
        raise PetitionTooLate.at("asked_on")


def require_explained(reason: str | None, note: str | None) -> None:
    """`other` is explained by a note. Raises `ReasonRequired`."""
    if reason == OTHER and note is None:
        raise ReasonRequired(errors=[FieldError("note", "missing", "选择“其他”的，须在备注中写明")])
