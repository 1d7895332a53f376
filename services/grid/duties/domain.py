"""Duties of towns (履职事项清单): what is refused."""

from datetime import date

from shared.contracts.duties import DutyKind
from shared.errors import DomainError, ErrorKind
from shared.reference.areas import COUNTY_DIGITS, TOWN_DIGITS


class DutyTaken(DomainError):
    """The list of this area has the category already."""

    kind, code, title = ErrorKind.CONFLICT, "duty_taken", "该区域的清单中已有此类别"
    advice = "请先终止原有条目，再登记新的条目"


class DutyAreaWrong(DomainError):
    """A list is a town's, or a county's for all its towns."""

    kind, code, title = ErrorKind.INVALID, "duty_area_wrong", "履职事项清单只按镇街或全县登记"
    advice = "请填写 9 位镇街代码，或 6 位县级代码（适用于全县各镇街）"


class DutyAreaUnknown(DomainError):
    """There is no such town or county today."""

    kind, code, title = ErrorKind.INVALID, "duty_area_unknown", "适用区域不存在或已撤销"
    advice = "请填写现行的镇街代码或县级代码"


class DutyCategoryUnknown(DomainError):
    """The dictionary in force has no such category."""

    kind, code, title = ErrorKind.INVALID, "duty_category_unknown", "事件分类字典中没有此类别"
    advice = "请从现行事件分类字典中选择类别"


class DutyLeadMissing(DomainError):
    """Of a shared duty it is said which department leads."""

    kind, code, title = ErrorKind.INVALID, "duty_lead_missing", "配合履职事项须填写牵头部门"
    advice = "请填写清单所列的牵头部门"


class DutyEndWrong(DomainError):
    """It has ended, or would end before it begins."""

    kind, code, title = ErrorKind.CONFLICT, "duty_end_wrong", "该条目已终止，或终止日早于起始日"
    advice = "请核对条目和日期；终止有误的，先恢复再终止"


class DutyNotEnded(DomainError):
    """It has not ended, so that its end cannot be taken back."""

    kind, code, title = ErrorKind.CONFLICT, "duty_not_ended", "该条目尚未终止"
    advice = "请刷新查看"


def require_listed(area: str, kind: DutyKind, lead: str | None) -> None:
    """Raises `DutyAreaWrong`, `DutyLeadMissing`."""
    if len(area) not in (COUNTY_DIGITS, TOWN_DIGITS):
        raise DutyAreaWrong.at("area")
    if kind is DutyKind.SHARED and lead is None:
        raise DutyLeadMissing.at("lead")


def require_end(valid_from: date, valid_to: date | None, on: date, subject: object = None) -> None:
    """Raises `DutyEndWrong` unless what is in force may end on a day; on its first day it never was."""
    if valid_to is not None or on < valid_from:
        raise DutyEndWrong.at("ends_on", subject=subject)
