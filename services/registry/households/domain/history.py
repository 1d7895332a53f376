"""Changes of households (户变更): what is kept of each, and how somebody comes back whose leaving is taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.registry.households.domain.households import HouseholdRecord, HouseholdStatus, Member, Succession
from shared.reference.named_code import NamedCode
from shared.reference.relations import HEAD


class HouseholdChangeKind(NamedCode):
    """What changed in a household."""

    MEMBER_ADDED = "member_added", "增加成员"
    MEMBER_REMOVED = "member_removed", "成员离户"
    SPLIT = "split", "分户"
    MERGED = "merged", "并户"
    HEAD_CHANGED = "head_changed", "户主变更"
    RELATION_CHANGED = "relation_changed", "关系变更"
    DISSOLVED = "dissolved", "销户"
    RESTORED = "restored", "恢复"
    MEMBER_RETURNED = "member_returned", "成员恢复"
    BOUNDARY_CHANGED = "boundary_changed", "区划调整"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a household. `members`: as they were before. `event_id`: the life event that it follows from.

    `person_id`: who joined, left or came back; None if it was no single person.
    """

    household_id: UUID
    version: int
    kind: HouseholdChangeKind
    person_id: UUID | None
    occurred_on: date
    recorded_at: datetime
    members: tuple[Member, ...]
    event_id: UUID | None = None
    succession: Succession | None = None


def as_before(household: HouseholdRecord, change: Change, later: Sequence[Change]) -> HouseholdRecord | None:
    """The household with the members whom it had before the change, head and relations too.

    None if its members are others today than the change left behind. `later`: the changes since, oldest first.
    """
    left_behind = later[0].members if later else household.members
    return household.with_members(change.members) if household.members == left_behind else None


def rejoined(household: HouseholdRecord, change: Change) -> HouseholdRecord | None:
    """The household with the leaver back in it, whatever has changed since, in the relation to the head of then.

    None if that head is no more, be it the leaver or that another one followed; and if the leaver has belonged to the
    household again since.
    """
    if household.status != HouseholdStatus.ACTIVE:
        return None
    number = next(at for at, one in enumerate(change.members) if one.person_id == change.person_id and not one.until)
    left = household.members[number]
    headship = next(one for one in household.members if one.relation == HEAD and one.until is None)
    if left.relation == HEAD or left.until is None or headship.since > left.until:
        return None
    if any(one.person_id == left.person_id and one.lasts_beyond(left.until) for one in household.members):
        return None
    members = list(household.members)
    members[number] = replace(left, until=None)
    return household.with_members(members)


def overlaps(members: Sequence[Member], others: Sequence[Member], person_id: UUID) -> bool:
    """Whether memberships of the person among the others fall into one that is open among the members.

    One that ended on its first day held on none.
    """
    since = min(one.since for one in members if one.person_id == person_id and one.until is None)
    return any(one.person_id == person_id and one.until != one.since and one.lasts_beyond(since) for one in others)
