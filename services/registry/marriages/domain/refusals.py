"""Refusals of marriages: what a marriage, a divorce and their undoing are refused for."""

from shared.errors import DomainError, ErrorKind


class SpouseTwice(DomainError):
    """Nobody marries themselves."""

    kind, code, title = ErrorKind.INVALID, "spouse_twice", "双方不能是同一人"
    advice = "请核对所选的配偶"


class MarriageOfSameSex(DomainError):
    """A marriage is one of a man and a woman (Civil Code, articles 1041 and 1046)."""

    kind, code, title = ErrorKind.INVALID, "marriage_same_sex", "双方登记的性别相同"
    advice = "请核对双方性别；登记有误的，请先更正"


class MarriageUnderAge(DomainError):
    """One of them had not reached the legal age on the day of the marriage."""

    kind, code, title = ErrorKind.INVALID, "marriage_under_age", "结婚日未达法定婚龄"
    advice = "请核对结婚日和出生日期；出生日期登记有误的，请先更正"


class MarriedAlready(DomainError):
    """One of them is married on a day on which this marriage would hold; `errors` says who."""

    kind, code, title = ErrorKind.CONFLICT, "married_already", "该人员当日已有婚姻登记"
    advice = "请核对结婚日；原婚姻已终止的，请先登记离婚或配偶死亡，登记有误的请先撤回"


class MergeDisagreesWithMarriage(DomainError):
    """By a merge somebody would be married twice on a day, or to themselves, or as their sex or age rules out.

    `errors` names the marriages.
    """

    kind, code, title = ErrorKind.CONFLICT, "merge_disagrees_with_marriage", "两份登记的婚姻合并后互相矛盾"
    advice = "请先撤回所列婚姻登记中有误或重复的一件，或更正性别、出生日期，再批准合并"


class MarriageOfNearKin(DomainError):
    """They are kin in direct line, or collateral within three generations (Civil Code, article 1048)."""

    kind, code, title = ErrorKind.CONFLICT, "marriage_of_near_kin", "双方登记为直系血亲或三代以内旁系血亲"
    advice = "请核对双方的父母和与户主关系；登记有误的，请先更正"


class SpouseNotInHousehold(DomainError):
    """By a marriage one joins the household in which the other is."""

    kind, code, title = ErrorKind.CONFLICT, "spouse_not_in_household", "配偶不在所选的户内"
    advice = "请选择配偶所在的户；另立新户的，婚姻登记后再办理分户或立户"


class RelationDisagreesWithMarriage(DomainError):
    """Spouse of the head is who is married to the head, and nobody else."""

    kind, code, title = ErrorKind.INVALID, "relation_disagrees_with_marriage", "与户主的关系和婚姻登记不符"
    advice = "与户主结婚的填配偶、夫或妻；与其他成员结婚或已离婚的，请填写其他关系"


class MarriageDatesWrong(DomainError):
    """Not in the future; a marriage ends after it began, and households change from its day on."""

    kind, code, title = ErrorKind.INVALID, "marriage_dates", "婚姻日期不正确"
    advice = "请核对日期：终止日、户内变更日不早于结婚日，且都不晚于今天"


class MarriageEnded(DomainError):
    """It has ended or was withdrawn already."""

    kind, code, title = ErrorKind.CONFLICT, "marriage_ended", "该婚姻已终止或已撤回"
    advice = "请刷新后核对婚姻状态"


class MarriageNotEnded(DomainError):
    """Only an end that was entered with the marriage is taken back: a divorce, or the death of an outside spouse."""

    kind, code, title = ErrorKind.CONFLICT, "marriage_not_ended", "该婚姻没有可恢复的终止登记"
    advice = "请刷新后核对婚姻状态；配偶在册且死亡登记有误的，请撤销其死亡登记"


class SpouseInRegister(DomainError):
    """The death of somebody in the register is recorded at that person."""

    kind, code, title = ErrorKind.CONFLICT, "spouse_in_register", "配偶在册，死亡须在其本人档案登记"
    advice = "请在配偶的档案上办理死亡登记，婚姻状态随之变更"


class DivorceIncomplete(DomainError):
    """In a household in which both are, somebody leaves or is something else to the head from the divorce on."""

    kind, code, title = ErrorKind.INVALID, "divorce_incomplete", "双方仍在同一户内，须说明离婚后的户内安排"
    advice = "请为双方共同所在的每一户指定由谁离户（另立或加入他户），或填写新的与户主关系"


class HouseholdNotShared(DomainError):
    """By a divorce somebody leaves, or is something else in, a household in which both are; each is told of once."""

    kind, code, title = ErrorKind.CONFLICT, "household_not_shared", "双方当日不在同一户，或同一户填写了两次"
    advice = "只填写双方共同所在的户，每户一项；其余变更请在住户中办理"


class MarriageRestedOn(DomainError):
    """A later marriage, or a household as it is now, rests on it; `errors` names each of them."""

    kind, code, title = ErrorKind.CONFLICT, "marriage_rested_on", "之后的登记以该婚姻或其终止为依据"
    advice = "请先撤回所列的婚姻，或在所列住户中另定户主，再办理"
