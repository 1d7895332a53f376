"""Refusals of households: what founding, joining and leaving are refused for."""

from shared.errors import DomainError, ErrorKind, NotFound


class HouseholdNeedsHead(DomainError):
    """The head would leave while members remain, and no new head is named."""

    kind, code, title = ErrorKind.CONFLICT, "household_needs_head", "户内还有其他成员，须先指定新户主"
    advice = "请在本次办理中一并指定新户主，并填写其余成员与新户主的关系"


class HouseholdNeedsOneHead(DomainError):
    """Exactly one of the members is the head."""

    kind, code, title = ErrorKind.INVALID, "household_needs_one_head", "每户须有且仅有一名户主"
    advice = "请只将一名成员的关系填为户主"


class HouseholdHasHead(DomainError):
    """The household has a head already."""

    kind, code, title = ErrorKind.CONFLICT, "household_has_head", "该户已有户主"
    advice = "请将新成员的关系改为与现户主的关系"


class HouseholdDissolvedAlready(DomainError):
    """Nobody joins or leaves a dissolved household."""

    kind, code, title = ErrorKind.CONFLICT, "household_dissolved", "该户已注销"
    advice = "请为现有成员另立新户"


class MemberElsewhere(DomainError):
    """The person belongs to a household of this kind already."""

    kind, code, title = ErrorKind.CONFLICT, "member_of_other_household", "该人员已属于同类的另一户"
    advice = "请先将其从原户移出，再加入本户"


class MemberNotOfThisPlace(DomainError):
    """A legal household holds people registered in its village, a living one people who live there."""

    kind, code, title = ErrorKind.CONFLICT, "member_not_of_this_place", "该人员不在本户所在村（社区）"
    advice = "请先为其办理迁入或变更居住地"


class MemberNotFound(NotFound):
    """Same body as any other `not_found`."""


class MembershipDatesWrong(DomainError):
    """Not before the household, not in the future, and no end before the start."""

    kind, code, title = ErrorKind.INVALID, "membership_dates", "成员日期不正确"
    advice = "请核对日期：止日不早于起日，起日不早于户的立户日期"


class SuccessionIncomplete(DomainError):
    """Relations are to the head: with a new head, the relation of every other member must be given."""

    kind, code, title = ErrorKind.INVALID, "succession_incomplete", "须说明其余成员与新户主的关系"
    advice = "请为每位其余成员填写与新户主的关系"


class RelationDisagrees(DomainError):
    """A relation names a sex (子, 女, 母亲 …), and it is not the person's."""

    kind, code, title = ErrorKind.INVALID, "relation_disagrees_with_sex", "与户主的关系和该人员的性别不符"
    advice = "请核对与户主关系（如子为男性，女为女性）；性别登记有误的，请先更正性别"


class RelationAgeDisagrees(DomainError):
    """A relation by birth says who is the older (子, 父亲, 兄 …), and the dates of birth say otherwise."""

    kind, code, title = ErrorKind.INVALID, "relation_disagrees_with_age", "与户主的关系和双方的出生日期不符"
    advice = "请核对与户主关系（如子女应比父母年轻）；出生日期登记有误的，请先更正"


class RelationTwice(DomainError):
    """A head has one spouse, one father, one mother at a time, and another member is that already."""

    kind, code, title = ErrorKind.INVALID, "relation_twice", "户内已有一名成员与户主为此关系"
    advice = "配偶、父亲、母亲等每户只能各有一名，请核对与户主关系"


class HeadAlready(DomainError):
    """The named member is the head already."""

    kind, code, title = ErrorKind.CONFLICT, "head_already", "该成员已是户主"
    advice = "请刷新后核对现户主；无须再变更"


class NobodyStays(DomainError):
    """Everybody would leave with a split: then there is nothing that is split."""

    kind, code, title = ErrorKind.INVALID, "household_nobody_stays", "分户后原户须至少留有一名成员"
    advice = "全部成员迁走的，请注销原户后另立新户"


class HouseholdsNotAlike(DomainError):
    """A household is merged with another one of its kind and village."""

    kind, code, title = ErrorKind.CONFLICT, "households_not_alike", "两户的户别或所在村（社区）不同，不能并户"
    advice = "请选择同村同类的另一户；在其他村的，请先办理迁移"


class HouseholdNotDissolved(DomainError):
    """Only what was dissolved can be restored."""

    kind, code, title = ErrorKind.CONFLICT, "household_not_dissolved", "该户未注销，无须恢复"
    advice = "请刷新后查看该户的状态"


class SuccessionNamesOthers(DomainError):
    """A relation to the new head is told of somebody who does not stay in a household that is left."""

    kind, code, title = ErrorKind.INVALID, "succession_names_others", "与新户主的关系中有不是该户成员的人"
    advice = "请只填写该户其余成员与新户主的关系"


LEAVING = (
    HouseholdNeedsHead,
    SuccessionIncomplete,
    SuccessionNamesOthers,
    MembershipDatesWrong,
    RelationDisagrees,
    RelationAgeDisagrees,
    RelationTwice,
)
"""What leaving a household is refused for."""
