"""Refusals of changes of areas."""

from shared.errors import DomainError, ErrorKind


class AreaChangeUndone(DomainError):
    """The change was undone before."""

    kind, code, title = ErrorKind.CONFLICT, "area_change_undone", "该次区划调整已撤销"
    advice = "请刷新后查看；仍需调整的，请重新办理"


class AreaChangeRestedOn(DomainError):
    """Something was changed or entered since that rests on the change; `errors` names the areas."""

    kind, code, title = ErrorKind.CONFLICT, "area_change_rested_on", "之后的登记以该次区划调整为依据"
    advice = "请先撤销之后的区划调整，并将所列区划内之后新登记的居民、住户和房屋迁出或撤销"


class AreaChangeTooLarge(DomainError):
    """More residents than one change takes along."""

    kind, code, title = ErrorKind.CONFLICT, "area_change_too_large", "一次区划调整涉及的居民过多"
    advice = "请按村（社区）分几次办理"


class MemberOfHousehold(DomainError):
    """Somebody belongs to a household, and goes where it goes."""

    kind, code, title = ErrorKind.INVALID, "member_of_household", "该居民属于某一住户，随户划转"
    advice = "请填写该住户，不单独填写其成员"
