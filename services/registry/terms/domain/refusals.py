"""What is refused about terms."""

from shared.errors import DomainError, ErrorKind


class TermTransitionError(DomainError):
    """It is not where this step begins, or somebody else moved it first."""

    kind, code, title = ErrorKind.CONFLICT, "term_transition_not_allowed", "任职当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class TermDatesWrong(DomainError):
    """A day in the future, or an end before the beginning."""

    kind, code, title = ErrorKind.INVALID, "term_dates_wrong", "任职的日期不正确"
    advice = "请核对日期：止日不早于起日，均不晚于今天；届满日晚于起日"


class TermDoesNotFit(DomainError):
    """The post is not of this place, or what it asks for besides is missing; `errors` says which."""

    kind, code, title = ErrorKind.INVALID, "term_does_not_fit", "所填内容与该职务不符"
    advice = "下属委员会职务须填委员会，小组组长须填小组；只有网格的职务登记在网格"


class TermOverlaps(DomainError):
    """Somebody else holds the post in this time, or the same one holds it already."""

    kind, code, title = ErrorKind.CONFLICT, "term_overlaps", "该职务在这段时间已有人担任"
    advice = "请先结束前任的任职；补选的，自补选之日起登记"


class TermUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "term_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


class TermNothingToUndo(DomainError):
    """Nothing was done to it since it was entered."""

    kind, code, title = ErrorKind.CONFLICT, "term_nothing_to_undo", "该任职登记后没有可撤销的操作"
    advice = "误登的任职，请撤回"


class TermOfOtherVillage(DomainError):
    """A correction would carry a term over to another village."""

    kind, code, title = ErrorKind.INVALID, "term_of_other_village", "任职只能在本村（社区）内调整网格"
    advice = "到其他村任职的，请在本村结束后在新的村登记；误登的，请撤回"
