"""Kinds of grids (网格类别), and the nets that lie over one ground (三张网)."""

from shared.reference.areas import VILLAGE_DIGITS, Kind
from shared.reference.named_code import NamedCode


class GridKind(NamedCode):
    """综合网格, 专属网格, 微网格."""

    COMPREHENSIVE = "comprehensive", "综合网格"
    DEDICATED = "dedicated", "专属网格"
    MICRO = "micro", "微网格"


class GridNet(NamedCode):
    """Net that a grid belongs to: of committees, of residential quarters, of organisations. Nets lie over each other.

    The net of committees is the one that every place has: by it points are located unless another is asked for.
    """

    COMMITTEES = "committees", "村（居）委会"
    QUARTERS = "quarters", "居民小区"
    ORGANISATIONS = "organisations", "驻区单位"


def default_group(code: str, kind: str, net: str, village: str) -> int | None:
    """The villagers' group (村民小组) whose ground a grid is unless something else is said; None: of none.

    A comprehensive grid of a villagers' committee is the ground of the group of its own number. `village`: kind of the
    village's area.
    """
    of_group = village == Kind.VILLAGERS_COMMITTEE and kind == GridKind.COMPREHENSIVE and net == GridNet.COMMITTEES
    return int(code[VILLAGE_DIGITS:]) or None if of_group else None
