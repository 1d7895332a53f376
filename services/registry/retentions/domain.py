"""Kinds of retention in the register (保存期限): how an entry ended, and the years that ship."""

from collections.abc import Mapping

from shared.reference.named_code import NamedCode
from shared.retentions.rules import RetentionRule, shipped


class RetentionKind(NamedCode):
    """What starts the clock of an entry: how it ended. The codes are those of the person's status."""

    MOVED_OUT = "moved_out", "迁出"
    DECEASED = "deceased", "死亡"
    ANNULLED = "annulled", "登记已撤销"


DEFAULTS: Mapping[RetentionKind, RetentionRule] = shipped(
    {RetentionKind.MOVED_OUT: 5, RetentionKind.DECEASED: 10, RetentionKind.ANNULLED: 1}
)
"""By how the entry ended. Of whoever belongs to the register it is kept for as long as that lasts: the register is
kept by law (个人信息保护法 13, 19, 47)."""
