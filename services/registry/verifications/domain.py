"""Rules of verifications (核实): field groups of a person, and how long a look at each is good for.

The one policy of freshness: circumstances (居民情况) ask it for their groups, too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Self
from uuid import UUID

from shared.errors import DomainError, ErrorKind, FieldError
from shared.reference.named_code import NamedCode


class FieldGroup(NamedCode):
    """What of a person is verified together."""

    IDENTITY = "identity", "身份和证件"
    CONTACT = "contact", "电话和住址"
    PLACES = "places", "居住地和户籍地"
    HOUSEHOLD = "household", "户内关系"


DEFAULT_DAYS: Mapping[str, int] = {
    FieldGroup.IDENTITY: 1095,
    FieldGroup.CONTACT: 365,
    FieldGroup.PLACES: 180,
    FieldGroup.HOUSEHOLD: 365,
    "residence": 180,  # 居住证, and what follows: groups of circumstances
    "insurance": 365,
    "education": 365,
    "employment": 180,
    "political": 365,
    "family_planning": 365,
}
"""Days for which a look is good where the county says nothing else."""
FRESH_DAYS = ",".join(f"{group}:{days}" for group, days in sorted(DEFAULT_DAYS.items()))
"""The same as text, as settings hold it."""
MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Freshness:
    """核实有效期: how long a look at a group is good; then it is due to be looked at again (policy of the county)."""

    days: Mapping[str, int]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Out of `contact:180,places:90`; other groups keep their days. Raises `ValueError` for what is no group."""
        days = dict(DEFAULT_DAYS)
        for part in filter(None, (one.strip() for one in text.split(","))):
            group, _, number = part.partition(":")
            if group.strip() not in days or not 1 <= int(number) <= MOST_DAYS:
                raise ValueError(f"no group, or no days from 1 to {MOST_DAYS}: {part}")
            days[group.strip()] = int(number)
        return cls(days)

    def stale_on(self, group: str, day: date) -> date:
        """A look on this day, or before, is good no more on `day`."""
        return day - timedelta(days=self.days[group])

    def due_on(self, group: str, verified_on: date) -> date:
        """The day from which a look is good no more."""
        return verified_on + timedelta(days=self.days[group])


DEFAULT_FRESHNESS = Freshness(DEFAULT_DAYS)


class VerifiedOnWrong(DomainError):
    """Nobody looked in the future, nor before the person was born."""

    kind, code, title = ErrorKind.INVALID, "verified_on_wrong", "核实日期不正确"
    advice = "核实日期不晚于今天，不早于出生日期"


class NothingToTakeBack(DomainError):
    """Nobody has verified a group of these; `errors` says which."""

    kind, code, title = ErrorKind.CONFLICT, "nothing_to_take_back", "没有可撤销的核实"
    advice = "请刷新查看各类信息最近的核实"


@dataclass(frozen=True, slots=True)
class Verification:
    """A look at a field group of a person: the day, who entered it and when, and what it was seen by."""

    group: FieldGroup
    verified_on: date
    by: str
    at: datetime
    source: str | None


@dataclass(frozen=True, slots=True)
class Known:
    """A field group of a person: the looks that stand, the latest last. Before the first, the entry counts as one."""

    person_id: UUID
    group: FieldGroup
    entered_on: date
    looks: Sequence[Verification] = ()

    @property
    def last(self) -> Verification | None:
        return self.looks[-1] if self.looks else None

    @property
    def fresh_from(self) -> date:
        """The day of the last look, or of the entry."""
        return self.last.verified_on if self.last else self.entered_on


def with_look(looks: Sequence[Verification], look: Verification) -> Sequence[Verification]:
    """The looks with one more, in the order of their days: an older look that comes late does not count as the last."""
    return sorted([*looks, look], key=lambda one: one.verified_on)


def check_look(verified_on: date, *, birth_date: date, today: date) -> None:
    """Raises `VerifiedOnWrong`."""
    if not birth_date <= verified_on <= today:
        raise VerifiedOnWrong.at("verified_on")


def require_looks(known: Mapping[FieldGroup, Known], groups: Sequence[FieldGroup]) -> None:
    """Raises `NothingToTakeBack`, naming the groups that nobody has looked at."""
    bare = [at for at, group in enumerate(groups) if not known[group].looks]
    if bare:
        refusal = NothingToTakeBack
        raise refusal(errors=[FieldError(f"groups.{at}", refusal.code, refusal.title) for at in bare])


def stored(looks: Sequence[Verification]) -> list[dict[str, Any]]:
    """Looks as JSON."""
    return [
        {"verified_on": one.verified_on.isoformat(), "by": one.by, "at": one.at.isoformat(), "source": one.source}
        for one in looks
    ]


def opened(group: FieldGroup, looks: Sequence[Mapping[str, Any]]) -> Sequence[Verification]:
    """Looks out of their JSON."""
    return [
        Verification(
            group,
            date.fromisoformat(one["verified_on"]),
            one["by"],
            datetime.fromisoformat(one["at"]),
            one["source"],
        )
        for one in looks
    ]
