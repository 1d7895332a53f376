"""Visit rules (走访规则): which one holds for a tag, and what is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared.errors import DomainError, ErrorKind


@dataclass(frozen=True)
class VisitRuleTerms:
    """What a rule says. Configuration: no report gives binding figures.

    `every_days`: from one visit to the next; `first_within_days`: from the tag's beginning to the first. So many days
    after a visit was due (`missed_after_days`) it is an incident of `missed_category`; None: it never is. `ledger`: the
    ledger whose record is the form of the visit.
    """

    every_days: int
    first_within_days: int
    missed_after_days: int | None = None
    missed_category: str | None = None
    ledger: str | None = None


class VisitRules:
    """The rules that hold on a day, by the tag's code and level."""

    def __init__(self, rules: Mapping[tuple[str, str | None], VisitRuleTerms]) -> None:
        self._rules = rules

    def of(self, code: str, level: str | None) -> VisitRuleTerms | None:
        """The rule of the tag's level; else that of its code for every level; None: people with it are not visited."""
        return self._rules.get((code, level)) or self._rules.get((code, None))


class VisitRuleTaken(DomainError):
    """There is a rule for this tag and level already."""

    kind, code, title = ErrorKind.CONFLICT, "visit_rule_taken", "该标签和等级已有走访规则"
    advice = "请先终止原有规则，再登记新的规则"


class VisitRuleCategoryUnknown(DomainError):
    """The dictionary in force has no such category."""

    kind, code, title = ErrorKind.INVALID, "visit_rule_category_unknown", "事件分类字典中没有此类别"
    advice = "请从现行事件分类字典中选择逾期未走访所用的类别"


class VisitRuleMissedHalf(DomainError):
    """A missed visit becomes an incident after so many days and of a category, or not at all."""

    kind, code, title = ErrorKind.INVALID, "visit_rule_missed_half", "逾期天数和事件类别须同时填写"
    advice = "两项都填，逾期未走访的生成事件；都不填，则不生成"


class VisitRuleLedgerWrong(DomainError):
    """No such ledger takes records here, or its records are not about persons."""

    kind, code, title = ErrorKind.INVALID, "visit_rule_ledger_wrong", "走访记录表不正确"
    advice = "请填写本服务已发布、以居民为对象的台账代码"


class VisitRuleEndWrong(DomainError):
    """It has ended, or would end before it begins."""

    kind, code, title = ErrorKind.CONFLICT, "visit_rule_end_wrong", "该规则已终止，或终止日早于起始日"
    advice = "请核对规则和日期；终止有误的，先恢复再终止"


class VisitRuleNotEnded(DomainError):
    """It has not ended, so that its end cannot be taken back."""

    kind, code, title = ErrorKind.CONFLICT, "visit_rule_not_ended", "该规则尚未终止"
    advice = "请刷新查看"


def require_whole(terms: VisitRuleTerms) -> None:
    """Raises `VisitRuleMissedHalf`."""
    if (terms.missed_after_days is None) != (terms.missed_category is None):
        raise VisitRuleMissedHalf.at("missed_after_days", "missed_category")


def require_end(valid_from: date, valid_to: date | None, on: date, subject: object = None) -> None:
    """Raises `VisitRuleEndWrong` unless what is in force may end on a day; on its first day it never was."""
    if valid_to is not None or on < valid_from:
        raise VisitRuleEndWrong.at("ends_on", subject=subject)
