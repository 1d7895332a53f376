"""Persons without an identity document (无证件): the reason, and the day by which it is looked after."""

from dataclasses import dataclass
from datetime import date, timedelta

from shared.errors import FieldError
from shared.reference.named_code import NamedCode


class NoDocument(NamedCode):
    """The reason why somebody has no identity document."""

    NEVER_REGISTERED = "never_registered", "未落户（无户口）"
    NOT_APPLIED = "not_applied", "尚未申领"
    LOST = "lost", "证件遗失"
    IN_RENEWAL = "in_renewal", "换证办理中"
    NOT_SHOWN = "not_shown", "未出示"


@dataclass(frozen=True, slots=True)
class Undocumented:
    """Somebody without an identity document: why, and the day by which it is looked after."""

    reason: NoDocument
    due_on: date


LONGEST_UNDOCUMENTED = timedelta(days=366)


def check_undocumented(undocumented: Undocumented | None, documented: bool, today: date, path: str) -> list[FieldError]:
    """What is wrong with it: not beside a document, and looked after within a year."""
    if undocumented is None:
        return []
    if documented:
        return [FieldError(f"{path}undocumented", "has_document", "已填写证件，不能同时登记为无证件")]
    if not today <= undocumented.due_on <= today + LONGEST_UNDOCUMENTED:
        return [FieldError(f"{path}undocumented.due_on", "range", "补办期限须在今天起一年之内")]
    return []
