"""Rules of terms (任职): who holds which post from when to when, moves, days, and what changes of areas do to them."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol
from uuid import UUID

from services.registry.terms.domain.catalogue import POSTS, Body, Post, Subordinate
from services.registry.terms.domain.refusals import TermDatesWrong, TermDoesNotFit, TermTransitionError
from shared.errors import FieldError, Invalid
from shared.reference.areas import VILLAGE_DIGITS
from shared.reference.named_code import NamedCode
from shared.reference.names import MESSAGES, clean_name
from shared.reference.phones import SERVICE_MESSAGE, clean_service_phone
from shared.reference.written import compared


class TermStatus(NamedCode):
    """Where a term stands. In office until the end is told: who was on a day follows from the days."""

    IN_OFFICE = "in_office", "在任"
    LEFT = "left", "已离任"
    WITHDRAWN = "withdrawn", "误登已撤回"


IN_OFFICE, LEFT, WITHDRAWN = TermStatus.IN_OFFICE, TermStatus.LEFT, TermStatus.WITHDRAWN
TRANSITIONS: Mapping[TermStatus, frozenset[TermStatus]] = {
    IN_OFFICE: frozenset({LEFT, WITHDRAWN}),
    LEFT: frozenset({WITHDRAWN}),
    WITHDRAWN: frozenset(),
}
"""Moves by a step. Whatever was done last is undone besides, an end or a withdrawal too."""


class TermWay(NamedCode):
    """How somebody came into office."""

    ELECTED = "elected", "选举"
    BY_ELECTION = "by_election", "补选"
    APPOINTED = "appointed", "任命、选派"
    RECOMMENDED = "recommended", "推选"
    ACTING = "acting", "代理"


class TermEnd(NamedCode):
    """Why a term ended."""

    TERM_OVER = "term_over", "届满"
    RESIGNED = "resigned", "辞职"
    RECALLED = "recalled", "罢免"
    DISMISSED = "dismissed", "免职、终止"
    TRANSFERRED = "transferred", "调任"
    DECEASED = "deceased", "去世"
    AREA_CHANGED = "area_changed", "区划调整"


class TermStep(NamedCode):
    """What was done to a term. The last three with a change of areas, and without it."""

    ENTERED = "entered", "登记"
    CORRECTED = "corrected", "更正"
    ENDED = "ended", "离任"
    WITHDRAWN = "withdrawn", "撤回"
    UNDONE = "undone", "撤销上一步"
    BOUNDARY_CHANGED = "boundary_changed", "区划调整"
    BOUNDARY_ENDED = "boundary_ended", "随区划调整离任"
    BOUNDARY_UNDONE = "boundary_undone", "区划调整已撤销"


@dataclass(frozen=True, slots=True, repr=False)
class TermFields:
    """What is entered of a term, and may be corrected. The repr shows nothing.

    `person_id`: of the register; else `name` of somebody outside. `until`: day on which the term is over as foreseen.
    """

    area: str
    post: Post
    began_on: date
    way: TermWay
    until: date | None = None
    committee: Subordinate | None = None
    group: int | None = None
    person_id: UUID | None = None
    name: str | None = None
    sex: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class TermFilter:
    """What a list and its count ask for. `on`: in office on that day. `ends_by`: over by then, as foreseen."""

    post: Post | None = None
    body: Body | None = None
    status: TermStatus | None = None
    on: date | None = None
    ends_by: date | None = None


class Held(Protocol):
    """A term as it is compared with others."""

    @property
    def began_on(self) -> date: ...
    @property
    def ended_on(self) -> date | None: ...


def require_transition(status: str, to: TermStatus, subject: object = None) -> None:
    """Raises `TermTransitionError` unless a move from `status` to `to` is in the table."""
    if to not in TRANSITIONS[TermStatus(status)]:
        raise TermTransitionError(subject)


def check_days(path: str, earliest: date, day: date, today: date) -> None:
    """Check earliest ≤ day ≤ today. Raises `TermDatesWrong` that names the field."""
    if not earliest <= day <= today:
        raise TermDatesWrong.at(path)


def checked(new: TermFields, *, today: date) -> TermFields:
    """The fields as they are kept. Raises `Invalid`, `TermDoesNotFit`, `TermDatesWrong`, each with all of it."""
    errors: list[FieldError] = []
    if new.person_id is None and not compared(new.name or ""):
        errors.append(FieldError("name", "empty", "请填写姓名，或选择在册居民"))
    if new.person_id is not None and (new.name is not None or new.sex is not None):
        errors.append(FieldError("name", "unexpected", "在册居民以底册姓名和性别为准"))
    name = None if new.name is None else clean_name(new.name)
    if name is not None and compared(name.text):
        errors += [FieldError("name", code, MESSAGES[code]) for code in name.problems]
    phone = new.phone
    if phone is not None:
        phone = clean_service_phone(phone)
        if phone is None:
            errors.append(FieldError("phone", "phone", SERVICE_MESSAGE))
    if errors:
        raise Invalid(errors=errors)
    if misfit := _misfits(new):
        raise TermDoesNotFit(errors=misfit)
    check_days("began_on", date.min, new.began_on, today)
    if new.until is not None and new.until <= new.began_on:
        raise TermDatesWrong.at("until")
    return replace(new, name=None if name is None else name.text, phone=phone)


def _misfits(new: TermFields) -> Sequence[FieldError]:
    rule = POSTS[new.post]
    found = (
        ("area", "grid", "该职务登记在村（社区），不登记在网格", len(new.area) > VILLAGE_DIGITS and not rule.in_grid),
        ("committee", "missing", "请填写下属委员会", rule.body is Body.SUBORDINATE and new.committee is None),
        (
            "committee",
            "unexpected",
            "该职务不填下属委员会",
            rule.body is not Body.SUBORDINATE and new.committee is not None,
        ),
        ("group", "missing", "请填写小组", new.post is Post.GROUP_HEAD and new.group is None),
        ("group", "unexpected", "该职务不填小组", rule.body is not Body.GROUP and new.group is not None),
    )
    return [FieldError(path, code, message) for path, code, message, wrong in found if wrong]


def overlap(one: Held, other: Held) -> bool:
    """Whether two terms have a day in common: the day on which one ends is the other's."""
    return (one.ended_on is None or other.began_on < one.ended_on) and (
        other.ended_on is None or one.began_on < other.ended_on
    )


def destinations(goals: Mapping[str, str | None], held: Collection[str]) -> Mapping[str, str | None]:
    """Where the posts of villages that end go in a change of areas; None: they end. `held`: where there are posts.

    They go along if the village is the only one to go there, and nobody holds a post there: its committee goes on
    under another code. Else several committees become one, which is elected anew.
    """
    counts = Counter(goal for goal in goals.values() if goal is not None)
    return {
        village: goal if goal is not None and counts[goal] == 1 and goal not in held else None
        for village, goal in goals.items()
    }
