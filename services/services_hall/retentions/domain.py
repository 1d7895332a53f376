"""Kinds of retention in the hall (保存期限): how a case ended, or that somebody was removed; years that ship."""

from collections.abc import Mapping

from shared.errors import DomainError, ErrorKind
from shared.reference.named_code import NamedCode
from shared.retentions.rules import RetentionRule, shipped


class CaseRetentionKind(NamedCode):
    """What starts the clock of personal data in a case. What is archived for ever (`permanent`) has none."""

    YEARS_30 = "years_30", "已归档，保管 30 年"
    YEARS_10 = "years_10", "已归档，保管 10 年"
    DECIDED = "decided", "已办结或送达，未归档"
    REFUSED = "refused", "不予受理"
    WITHDRAWN = "withdrawn", "已撤回"
    EXPIRED = "expired", "逾期终止"
    REMOVED = "removed", "已移除的当事人"


DEFAULTS: Mapping[CaseRetentionKind, RetentionRule] = shipped(
    {
        CaseRetentionKind.YEARS_30: 30,
        CaseRetentionKind.YEARS_10: 10,
        CaseRetentionKind.DECIDED: 10,
        CaseRetentionKind.REFUSED: 5,
        CaseRetentionKind.WITHDRAWN: 2,
        CaseRetentionKind.EXPIRED: 2,
        CaseRetentionKind.REMOVED: 1,
    }
)
"""Years of a file by its own mark (机关档案管理规定); the others are the county's to set (个人信息保护法 19, 47)."""

FEWEST_OF: Mapping[CaseRetentionKind, int] = {CaseRetentionKind.YEARS_30: 30, CaseRetentionKind.YEARS_10: 10}
"""What a file was archived for is kept: no rule makes it shorter."""


class RetentionBelowMark(DomainError):
    """A file is kept at least as long as it was archived for."""

    kind, code, title = ErrorKind.INVALID, "retention_below_mark", "保存年数少于归档时的保管期限"
    advice = "已归档的办件不得早于保管期限清除，请填写不少于保管期限的年数"


def require_mark(kind: CaseRetentionKind, years: int) -> None:
    """Raises `RetentionBelowMark`."""
    if years < FEWEST_OF.get(kind, 0):
        raise RetentionBelowMark.at("years")
