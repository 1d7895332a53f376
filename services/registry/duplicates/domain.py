"""Rules of duplicates (疑似重复): how a pair moves, which persons can be merged, what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.registry.life_events.domain import PersonErased
from services.registry.persons.domain import PersonRecord, require_kept
from shared.contracts.registry.persons import PersonStatus
from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode


class DuplicateStatus(NamedCode):
    """Where a pair stands. `proposed`: said to be one person, a second officer has to approve the merge."""

    OPEN = "open", "待核定"
    UNSURE = "unsure", "存疑"
    DIFFERENT = "different", "非同一人"
    PROPOSED = "proposed", "待批准合并"
    SAME = "same", "同一人，已合并"


class DuplicateDecision(NamedCode):
    """What a clerk says of a pair."""

    SAME = "same", "同一人"
    DIFFERENT = "different", "非同一人"
    UNSURE = "unsure", "存疑"


class DuplicateSource(NamedCode):
    """How a pair came up."""

    FOUND = "found", "系统查出"
    POINTED = "pointed", "人工指出"


class MergeRefusal(NamedCode):
    """Why a merge that was proposed is not approved."""

    DIFFERENT_PEOPLE = "different_people", "并非同一人"
    WRONG_SURVIVOR = "wrong_survivor", "应保留另一份登记"
    EVIDENCE_MISSING = "evidence_missing", "依据不足，请核实后重新提出"
    OTHER = "other", "其他"


TRANSITIONS: Mapping[DuplicateStatus, frozenset[DuplicateStatus]] = {
    DuplicateStatus.OPEN: frozenset({DuplicateStatus.PROPOSED, DuplicateStatus.DIFFERENT, DuplicateStatus.UNSURE}),
    DuplicateStatus.UNSURE: frozenset({DuplicateStatus.PROPOSED, DuplicateStatus.DIFFERENT, DuplicateStatus.OPEN}),
    DuplicateStatus.DIFFERENT: frozenset({DuplicateStatus.OPEN}),
    DuplicateStatus.PROPOSED: frozenset({DuplicateStatus.SAME, DuplicateStatus.OPEN}),
    DuplicateStatus.SAME: frozenset({DuplicateStatus.OPEN}),
}
"""Back to open: reopened, refused, withdrawn, or the merge was taken back."""

DECIDED: Mapping[DuplicateDecision, DuplicateStatus] = {
    DuplicateDecision.SAME: DuplicateStatus.PROPOSED,
    DuplicateDecision.DIFFERENT: DuplicateStatus.DIFFERENT,
    DuplicateDecision.UNSURE: DuplicateStatus.UNSURE,
}


@dataclass(frozen=True, slots=True)
class DuplicateRecord:
    """A pair as stored. `reasons`: points by `Likeness`. `merge_id`: the life event by which one was merged.

    `refusal`: why the last proposed merge was not approved (`MergeRefusal`), until something is decided anew.
    """

    id: UUID
    version: int
    first_id: UUID
    second_id: UUID
    status: str
    source: str
    reasons: dict[str, int]
    found_at: datetime
    survivor_id: UUID | None
    decided_by: str | None
    decided_at: datetime | None
    merge_id: UUID | None
    refusal: str | None = None

    @property
    def score(self) -> int:
        return sum(self.reasons.values())

    @property
    def pair(self) -> tuple[UUID, UUID]:
        return self.first_id, self.second_id

    def other(self, id: UUID) -> UUID:
        """The other one of the two."""
        return self.second_id if id == self.first_id else self.first_id


class DuplicateTransitionRefused(DomainError):
    """The pair stands where this step does not follow."""

    kind, code, title = ErrorKind.CONFLICT, "duplicate_transition_not_allowed", "该项疑似重复当前的状态不能办理此步"
    advice = "请刷新后按现在的状态办理；已核定的，可先重新核定"


class DuplicateOfAnotherPlace(DomainError):
    """One of the two lies outside the caller's scope: whoever answers for both decides."""

    kind, code, title = ErrorKind.FORBIDDEN, "duplicate_of_another_place", "另一份登记不在您的辖区，不能由您核定"
    advice = "请报县级登记员核定"


class DuplicateFourEyes(DomainError):
    """Whoever said that two are one does not approve the merge."""

    kind, code, title = ErrorKind.FORBIDDEN, "duplicate_four_eyes", "合并须由提出人以外的人员批准"
    advice = "请由另一位有批准权限的人员办理；不再需要的，请撤回"


class SamePersonTwice(DomainError):
    """A pair is two persons."""

    kind, code, title = ErrorKind.INVALID, "same_person_twice", "所选的两份登记是同一份"
    advice = "请选择两份不同的登记"


class SurvivorMissing(DomainError):
    """Of two who are one, one of the two is kept: named for the decision `same`, and for no other."""

    kind, code, title = (
        ErrorKind.INVALID,
        "survivor_missing",
        "核定为同一人时须选择保留的一份，其他核定不填",
    )
    advice = "请选择两份登记中资料更全、证件更准的一份"


class NotMergeable(DomainError):
    """The one to be merged is dead, merged or annulled, or the one to be kept is merged or annulled."""

    kind, code, title = ErrorKind.CONFLICT, "person_not_mergeable", "两份登记当前的状态不能合并"
    advice = "已登记死亡的须作为保留的一份，或先撤销死亡登记；已合并或已撤销的登记不能再合并"


class SurvivorWithoutNumber(DomainError):
    """The one with a number is kept: or the number would lead to the other one."""

    kind, code, title = ErrorKind.CONFLICT, "survivor_without_number", "保留的一份没有证件号码，另一份有"
    advice = "请保留有证件号码的一份"


class SurvivorMergedSince(DomainError):
    """The one who was kept was merged into somebody else since: what was handed on twice comes back step by step."""

    kind, code, title = ErrorKind.CONFLICT, "survivor_merged_since", "保留的一份之后又合并至另一份登记"
    advice = "请先在疑似重复中恢复之后的那次合并，再恢复本次合并"


MERGING = (NotMergeable, SurvivorWithoutNumber, PersonErased)
"""What a merge is refused for by the two persons."""


def require_transition(present: str, to: DuplicateStatus) -> None:
    """Raises `DuplicateTransitionRefused` unless the table allows it."""
    if to not in TRANSITIONS[DuplicateStatus(present)]:
        raise DuplicateTransitionRefused


def check_merge(merged: PersonRecord, survivor: PersonRecord) -> None:
    """Whether one may be merged into the other. Raises what of `MERGING` holds."""
    gone = (PersonStatus.MERGED, PersonStatus.ANNULLED)
    if merged.status in (*gone, PersonStatus.DECEASED) or survivor.status in gone:
        raise NotMergeable
    require_kept(survivor)
    if merged.number_sealed is not None and survivor.number_sealed is None:
        raise SurvivorWithoutNumber.at("survivor_id")
