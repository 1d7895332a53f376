"""Refusals of area sets (服务社区、片区)."""

from shared.errors import DomainError, ErrorKind


class AreaSetTransitionError(DomainError):
    """It is not where this step begins."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_transition_not_allowed", "该片区当前状态不允许此操作"
    advice = "请刷新查看现在的状态和可做的操作"


class AreaSetDatesWrong(DomainError):
    """A day in the future, before the set was formed, or at odds with when an area joined or left."""

    kind, code, title = ErrorKind.INVALID, "area_set_dates_wrong", "片区的日期不正确"
    advice = "请核对日期：不早于设立日和成员的加入、退出日，不晚于今天"


class AreaSetKnown(DomainError):
    """One of this kind and name is in use in the same area."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_known", "同一区划内已有同类同名的片区"
    advice = "请使用已登记的片区；确为另一个的，请在名称中写明"


class AreaSetMemberTaken(DomainError):
    """An area belongs to another set of a kind of which it may belong to one on a day."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_member_taken", "该村（社区）、网格同期已属于另一个同类片区"
    advice = "请先将其从另一个片区中退出，或核对日期"


class AreaSetTooLarge(DomainError):
    """More members than one set is told with."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_too_large", "一个片区的成员过多"
    advice = "请分设为几个片区；成员多次进出的，可撤销后另设"


class AreaSetUnchanged(DomainError):
    """A correction says what is known already."""

    kind, code, title = ErrorKind.INVALID, "area_set_unchanged", "更正内容与现有信息相同"
    advice = "请核对要更正的内容"


class AreaSetNothingToUndo(DomainError):
    """Nothing was done to it since it was formed."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_nothing_to_undo", "该片区设立后没有可撤销的操作"
    advice = "误设的片区，请撤回"


class AreaSetHallClosed(DomainError):
    """The facility that is to be its hall is not open."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_hall_closed", "所选服务大厅已关闭或已撤回"
    advice = "请选择开放的设施；尚无服务大厅的，不填"


class AreaSetHeadLeft(DomainError):
    """The term of who is to head it is over."""

    kind, code, title = ErrorKind.CONFLICT, "area_set_head_left", "所选负责人的任职已结束或已撤回"
    advice = "请选择在任的任职记录；尚无负责人的，不填"
