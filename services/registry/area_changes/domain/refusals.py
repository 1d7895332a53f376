"""Refusals of changes of areas."""

from collections.abc import Iterable
from uuid import UUID

from shared.errors import DomainError, ErrorKind, FieldError


class AreaChangeUndone(DomainError):
    """The change was undone before."""

    kind, code, title = ErrorKind.CONFLICT, "area_change_undone", "该次区划调整已撤销"
    advice = "请刷新后查看；仍需调整的，请重新办理"


class AreaChangeRestedOn(DomainError):
    """Something was changed or entered since that rests on the change.

    `errors` names the areas, life events, households and occupancies.
    """

    kind, code, title = ErrorKind.CONFLICT, "area_change_rested_on", "之后的登记以该次区划调整为依据"
    advice = "请先撤销之后的区划调整和所列事项，再将所列区划内、住户中、房屋中之后登记的居民、住户和房屋迁出或撤回"


def rested_on(change_id: UUID, found: Iterable[tuple[str, object, str]]) -> AreaChangeRestedOn:
    """The refusal with what rests on a change: kind, id or code, and a Chinese sentence of each."""
    errors = [FieldError(f"{kind}.{key}", AreaChangeRestedOn.code, message) for kind, key, message in found]
    return AreaChangeRestedOn(change_id, errors=errors)


class AreaChangeTooLarge(DomainError):
    """More residents or grids than one change takes along."""

    kind, code, title = ErrorKind.CONFLICT, "area_change_too_large", "一次区划调整涉及的居民或网格过多"
    advice = "请按村（社区）分几次办理"


class MemberOfHousehold(DomainError):
    """Somebody belongs to a household, and goes where it goes."""

    kind, code, title = ErrorKind.INVALID, "member_of_household", "该居民属于某一住户，随户划转"
    advice = "请填写该住户，不单独填写其成员"
