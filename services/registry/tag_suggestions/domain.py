"""Rules of suggestions of tags (标签提示): what is suggested, by which facts of the register, and how one moves.

A rule reads residence, age, household and parents, and nothing else. It says that somebody is to be looked at: whether
the tag is true, a clerk decides who has been there.
"""

from calendar import isleap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.registry.tags.domain import CONDITIONS
from shared.errors import DomainError, ErrorKind
from shared.reference.identity import completed_years
from shared.reference.named_code import NamedCode


class SuggestionStatus(NamedCode):
    """Where a suggestion stands. `lapsed`: what it rested on is no longer so, or the tag is there."""

    OPEN = "open", "待核实"
    CONFIRMED = "confirmed", "已认定"
    DISMISSED = "dismissed", "不认定"
    LAPSED = "lapsed", "已失效"


TRANSITIONS: Mapping[SuggestionStatus, frozenset[SuggestionStatus]] = {
    SuggestionStatus.OPEN: frozenset({SuggestionStatus.CONFIRMED, SuggestionStatus.DISMISSED, SuggestionStatus.LAPSED}),
    SuggestionStatus.CONFIRMED: frozenset({SuggestionStatus.OPEN}),
    SuggestionStatus.DISMISSED: frozenset({SuggestionStatus.OPEN}),
    SuggestionStatus.LAPSED: frozenset({SuggestionStatus.OPEN}),
}
"""Back to open: reopened by a clerk (`dismissed` only), or by the search because what it rests on is another."""


class DismissalReason(NamedCode):
    """Why a clerk who has looked does not start the tag."""

    NOT_SO = "not_so", "情况与登记不符"
    CARED_FOR = "cared_for", "实际有人照料或同住"
    DECLINED = "declined", "本人或监护人不同意"


class Ground(NamedCode):
    """What a suggestion rests on."""

    AGE = "age", "年满80周岁"
    LIVES_ALONE = "lives_alone", "户内没有其他在村居住的成员"
    ONLY_ELDERS = "only_elders", "户内在村居住的成员都已满60周岁"
    PARENTS_AWAY = "parents_away", "登记的父母都不在本县居住"
    PARENTS_DEAD = "parents_dead", "登记的父母都已死亡"
    PARENTS_LOST = "parents_lost", "登记的父母一方死亡或失踪，另一方失踪"
    CHILDREN_AWAY = "children_away", "登记的子女都不在本县居住"
    ONLY_CHILD_DEAD = "only_child_dead", "登记的唯一子女已死亡"


class SuggestedTag(NamedCode):
    """The tags that are suggested, all of the care family. Ages and sources: `tags.domain.CONDITIONS`."""

    ELDER_OLDEST = "elder_oldest", "高龄老人"
    ELDER_ALONE = "elder_alone", "独居老人"
    ELDER_EMPTY_NEST = "elder_empty_nest", "空巢老人"
    LEFT_BEHIND_ELDER = "left_behind_elder", "留守老人"
    LEFT_BEHIND_CHILD = "left_behind_child", "留守儿童"
    ORPHAN = "orphan", "孤儿"
    UNSUPPORTED_CHILD = "unsupported_child", "事实无人抚养儿童"
    BEREAVED_PARENT = "bereaved_parent", "失独"


GROUNDS: Mapping[str, Ground] = {
    SuggestedTag.ELDER_OLDEST: Ground.AGE,
    SuggestedTag.ELDER_ALONE: Ground.LIVES_ALONE,
    SuggestedTag.ELDER_EMPTY_NEST: Ground.ONLY_ELDERS,
    SuggestedTag.LEFT_BEHIND_ELDER: Ground.CHILDREN_AWAY,
    SuggestedTag.LEFT_BEHIND_CHILD: Ground.PARENTS_AWAY,
    SuggestedTag.ORPHAN: Ground.PARENTS_DEAD,
    SuggestedTag.UNSUPPORTED_CHILD: Ground.PARENTS_LOST,
    SuggestedTag.BEREAVED_PARENT: Ground.ONLY_CHILD_DEAD,
}
"""By what each is suggested."""

OLD, OLDEST, GROWN = (
    CONDITIONS["elder_alone"].low or 0,
    CONDITIONS["elder_oldest"].low or 0,
    CONDITIONS["left_behind_child"].high or 0,
)
"""Years of life: from the first two on, below the third."""
BEREAVED, MINOR = CONDITIONS["bereaved_parent"].low or 0, CONDITIONS["orphan"].high or 0
"""Years of life from which a parent, and below which a child, is asked for: those of all rules lie within."""


BOTH = 2
"""Parents whom a birth can name."""


@dataclass(frozen=True, slots=True)
class Companion:
    """Another member of somebody's household who lives in the same village."""

    id: UUID
    birth_date: date


@dataclass(frozen=True, slots=True)
class Kin:
    """A parent or a child of whom a birth tells. `here`: lives in the county."""

    id: UUID
    here: bool
    dead: bool = False
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What rules read of somebody who lives in a village. `companions`: None for whoever belongs to no household.

    `parents` are asked for of minors, `children` of who may be bereaved.
    """

    birth_date: date
    companions: Sequence[Companion] | None = None
    parents: Sequence[Kin] = ()
    children: Sequence[Kin] = ()


def suggested(of: Circumstances, *, today: date) -> Mapping[str, Sequence[UUID]]:
    """The tags that are suggested, each with the persons besides whom it rests on.

    Of whoever belongs to no household nobody knows with whom they live; a child of whom no living parent is known is
    nobody's left-behind child, and no orphan unless both parents are known to be dead.
    """
    years = completed_years(of.birth_date, today)
    found = dict[str, Sequence[UUID]]()
    if years >= OLDEST:
        found["elder_oldest"] = ()
    if years >= OLD and of.companions is not None:
        if not of.companions:
            found["elder_alone"] = ()
        elif all(completed_years(one.birth_date, today) >= OLD for one in of.companions):
            found["elder_empty_nest"] = sorted(one.id for one in of.companions)
    if years >= OLD and (away := _away(of.children)):
        found["left_behind_elder"] = away
    if years >= BEREAVED and len(of.children) == 1 and of.children[0].dead:
        found["bereaved_parent"] = [of.children[0].id]
    if years < MINOR and len(of.parents) == BOTH and all(one.dead or one.missing for one in of.parents):
        code = "orphan" if all(one.dead for one in of.parents) else "unsupported_child"
        found[code] = sorted(one.id for one in of.parents)
    elif years < GROWN and (away := _away(of.parents)):
        found["left_behind_child"] = away
    return found


def _away(kin: Sequence[Kin]) -> Sequence[UUID]:
    """Who of them is alive, if nobody of those is here."""
    alive = [one for one in kin if not one.dead]
    return [] if any(one.here for one in alive) else sorted(one.id for one in alive)


def last_birthday(day: date, years: int) -> date:
    """The last day of birth of whoever is so old on a day: on a 29 February, the 28th of a year that has none."""
    leap = (day.month, day.day) == (2, 29) and not isleap(day.year - years)
    return day.replace(year=day.year - years, day=28 if leap else day.day)


@dataclass(frozen=True, slots=True)
class SuggestionRecord:
    """A suggestion as stored: one of a person and a tag. `rests_on`: ids of the persons besides whom it rests on."""

    id: UUID
    version: int
    person_id: UUID
    code: str
    status: str
    rests_on: list[str]
    found_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    tag_id: UUID | None

    @property
    def key(self) -> tuple[UUID, str]:
        """What there is one suggestion of."""
        return self.person_id, self.code


def followed(known: SuggestionRecord, rests_on: Sequence[UUID] | None, *, now: datetime) -> SuggestionRecord | None:
    """A suggestion after the search; None if it stays. `rests_on`: None if the rule does not hold (any more).

    What a clerk has decided stays decided while it rests on the same persons.
    """
    status, told = SuggestionStatus(known.status), None if rests_on is None else [str(one) for one in rests_on]
    if told is None:
        return replace(known, status=str(SuggestionStatus.LAPSED)) if status is SuggestionStatus.OPEN else None
    if status is SuggestionStatus.OPEN:
        return None if known.rests_on == told else replace(known, rests_on=told)
    if status is not SuggestionStatus.LAPSED and known.rests_on == told:
        return None
    return reopened(replace(known, rests_on=told, found_at=now))


def reopened(known: SuggestionRecord) -> SuggestionRecord:
    """The suggestion as open again: nobody has decided on it."""
    return replace(known, status=str(SuggestionStatus.OPEN), decided_by=None, decided_at=None, reason=None, tag_id=None)


class SuggestionTransitionRefused(DomainError):
    """The suggestion stands where this step does not follow."""

    kind, code, title = ErrorKind.CONFLICT, "suggestion_transition_not_allowed", "该项标签提示当前的状态不能办理此步"
    advice = "请刷新后按现在的状态办理；已认定的，结束标签即可"


def require_transition(present: str, to: SuggestionStatus) -> None:
    """Raises `SuggestionTransitionRefused` unless the table allows it."""
    if to not in TRANSITIONS[SuggestionStatus(present)]:
        raise SuggestionTransitionRefused
