"""Refusals of persons, and who holds a number that is asked for."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.registry.life_events.domain import DATING, PLACING, PersonErased, PersonMerged
from shared.errors import DomainError, ErrorKind


@dataclass(frozen=True, slots=True)
class NumberHolder:
    """The person who holds a document number, and the areas by which the person is in a scope."""

    person_id: UUID
    residence_area: str | None
    registration_area: str | None

    @property
    def area(self) -> str | None:
        """The area that the access log names."""
        return self.residence_area or self.registration_area


class PersonAlreadyRegistered(DomainError):
    """The document number is registered already, and the caller may find whose it is."""

    kind, code, title = ErrorKind.CONFLICT, "person_already_registered", "该证件号码已登记"
    advice = "请按证件号码查找该居民，在其档案上办理更正或迁入，不要重复登记"


class NotRegistrableHere(DomainError):
    """The document number is held outside the caller's areas. The answer names neither person nor place."""

    kind, code, title = ErrorKind.CONFLICT, "not_registrable_here", "不能以此证件号码直接办理"
    advice = "请对照证件原件核对号码；号码无误的，请提出迁移申请，由登记所在村（社区）确认。本次办理已记入访问记录"


class NumbersHeld(PersonAlreadyRegistered):
    """Document numbers of new persons are held. `holders`: by the place of the new person in the list.

    The use case that asked makes of it what its caller may know (`NumberQuestions`).
    """

    def __init__(self, holders: Mapping[int, NumberHolder]) -> None:
        super().__init__()
        self.holders = holders


class PossibleDuplicate(DomainError):
    """Somebody who is like this newborn, or this person without a number, is registered where the caller may look."""

    kind, code, title = (
        ErrorKind.CONFLICT,
        "possible_duplicate",
        "已登记的居民中有疑似同一人",
    )
    advice = "请先查看疑似重复的居民；确为另一人的，带核对标记重新提交，否则不再登记"


class NumberDisagrees(DomainError):
    """Sex or birth date differs from what the identity number contains."""

    kind, code, title = ErrorKind.INVALID, "number_disagrees", "性别或出生日期与证件号码不一致"
    advice = "请核对证件号码、性别和出生日期，以证件为准"


class NothingToCorrect(DomainError):
    """The correction leaves everything as it is: no version, no fact."""

    kind, code, title = ErrorKind.INVALID, "nothing_to_correct", "更正内容与现有信息相同"
    advice = "请核对要更正的内容；没有变化的，不必提交"


class CorrectionNeedsApproval(DomainError):
    """Policy guards a field that is corrected; `errors` name it. It is asked for, and others approve it."""

    kind, code, title = ErrorKind.CONFLICT, "correction_needs_approval", "所更正的信息须经批准"
    advice = "请提出更正申请，逐级批准后生效；其他信息可以单独更正"


class BornHere(DomainError):
    """The person entered by birth: the birth date is the day of that event and cannot be corrected alone."""

    kind, code, title = ErrorKind.CONFLICT, "born_here", "出生登记人员的出生日期不能单独更正"
    advice = "出生日期由出生登记决定，请更正出生事项的发生日"


class SexDisagreesWithRelation(DomainError):
    """The person is somebody's 子, 女, 母亲 … in a household, which the corrected sex contradicts (GB/T 4761)."""

    kind, code, title = ErrorKind.CONFLICT, "sex_disagrees_with_relation", "更正后的性别与该人员在户内的关系不符"
    advice = "请先将该人员移出该户，更正性别后再按正确的关系加入"


class BirthDateDisagreesWithRelation(DomainError):
    """By the corrected date of birth a child, brother … would be older than the head, or a parent younger."""

    kind, code, title = ErrorKind.CONFLICT, "birth_date_disagrees_with_relation", "更正后的出生日期与户内的关系不符"
    advice = "请先更正与户主的关系，再更正出生日期"


class SexDisagreesWithMarriage(DomainError):
    """By the corrected sex a marriage that is recorded would be one of two men or of two women."""

    kind, code, title = ErrorKind.CONFLICT, "sex_disagrees_with_marriage", "更正后的性别与已登记的婚姻不符"
    advice = "请核对性别；婚姻登记有误的，请先撤回婚姻登记"


class BirthDateDisagreesWithMarriage(DomainError):
    """By the corrected date of birth the person was too young for a marriage that is recorded."""

    kind, code, title = (
        ErrorKind.CONFLICT,
        "birth_date_disagrees_with_marriage",
        "按更正后的出生日期，已登记的婚姻未达法定婚龄",
    )
    advice = "请核对出生日期；婚姻登记有误的，请先撤回婚姻登记"


class BirthDateTooLate(DomainError):
    """A life event of the person occurred before that day."""

    kind, code, title = ErrorKind.CONFLICT, "birth_date_too_late", "出生日期晚于已登记的事项"
    advice = "请核对出生日期，或先更正早于它的事项"


class ParentDisagrees(DomainError):
    """Sex or age of somebody who is named as a parent rule it out."""

    kind, code, title = ErrorKind.INVALID, "parent_disagrees", "父母的性别或年龄与登记不符"
    advice = "请核对所选的父亲或母亲；性别登记有误的，请先更正"


ADMISSION = (
    *(NumberDisagrees, PersonAlreadyRegistered, NotRegistrableHere, PossibleDuplicate, ParentDisagrees),
    *DATING,
    *PLACING,
)
"""What the registration of a new person is refused for."""


DISAGREEING = (
    SexDisagreesWithRelation,
    BirthDateDisagreesWithRelation,
    SexDisagreesWithMarriage,
    BirthDateDisagreesWithMarriage,
)
"""What a correction is refused for by what somebody is to the head of a household, or to a spouse."""

PROPOSING = (NumberDisagrees, NothingToCorrect, PersonMerged, PersonErased, BornHere, BirthDateTooLate)
"""What a correction is refused for by the person whom it is of."""

CARRYING_OUT = (PersonAlreadyRegistered, NotRegistrableHere, *DISAGREEING)
"""What a correction is refused for by others: who holds the number, who lives in the household."""

CORRECTING = (*PROPOSING, CorrectionNeedsApproval, *CARRYING_OUT)
"""What a correction is refused for."""
