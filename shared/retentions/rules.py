"""Rules of retention (保存期限): what starts the clock, how many years, by which source, from which day on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode

FEWEST, MOST = 1, 100
"""Years that a rule may set."""
SHIPPED = "shipped"
"""Source of what holds where a county has set nothing."""


class RetentionAction(NamedCode):
    """What may happen when the years are over. Rows stay, so that books and figures are what they were."""

    ERASE = "erase", "清除个人信息"


class RetentionStatus(NamedCode):
    """Where a rule stands. Whether it holds on a day follows from the day from which it holds, and from later ones."""

    SET = "set", "已设定"
    WITHDRAWN = "withdrawn", "已撤回"


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A rule as stored. Without a row one holds by default: then nobody has set it, and it has held for ever."""

    id: UUID | None
    version: int
    kind: str
    years: int
    source: str
    effective_on: date
    status: str
    set_by: str | None = None
    set_at: datetime | None = None
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None


class RetentionNotAhead(DomainError):
    """A rule holds from a day that everybody sees coming: it changes nothing of today or of before."""

    kind, code, title = ErrorKind.INVALID, "retention_not_ahead", "保存期限须从今后的某日起执行"
    advice = "请填写今天之后的执行日"


class RetentionRuleKnown(DomainError):
    """Another rule of the kind holds from that day."""

    kind, code, title = ErrorKind.CONFLICT, "retention_rule_known", "该日起已设定同类保存期限"
    advice = "请先撤回已设定的，或另选执行日"


class RetentionInForce(DomainError):
    """It holds already, or was withdrawn: what was judged by it stays."""

    kind, code, title = ErrorKind.CONFLICT, "retention_rule_in_force", "该保存期限已执行或已撤回"
    advice = "需要改变的，请从今后的某日起另行设定"


K = TypeVar("K", bound=NamedCode)


def shipped(years: Mapping[K, int]) -> Mapping[K, RetentionRule]:
    """What holds of each kind where a county has set nothing."""
    status = str(RetentionStatus.SET)
    return {kind: RetentionRule(None, 1, str(kind), many, SHIPPED, date.min, status) for kind, many in years.items()}


def in_force(
    rules: Iterable[RetentionRule], day: date, defaults: Mapping[K, RetentionRule]
) -> Mapping[K, RetentionRule]:
    """The rule of each kind that holds on a day: the last one that began by then, else the shipped one."""
    found, kinds = dict(defaults), {str(kind): kind for kind in defaults}
    began = [one for one in rules if one.status == RetentionStatus.SET and one.effective_on <= day]
    for one in sorted(began, key=lambda rule: rule.effective_on):
        found[kinds[one.kind]] = one
    return found


def later(day: date, years: int) -> date:
    """The same day so many years later; of 29 February the first of March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def ended_by(day: date, years: int) -> date:
    """The last end of which the years are over on a day: `later` of it is that day or before."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)
