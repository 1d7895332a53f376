"""The five levels of satisfaction (GB/T 39735: 非常满意 to 非常不满意)."""

from shared.reference.named_code import NamedCode


class Satisfaction(NamedCode):
    """How satisfied somebody is, the best first."""

    VERY_SATISFIED = "5", "非常满意"
    SATISFIED = "4", "满意"
    FAIRLY_SATISFIED = "3", "基本满意"
    DISSATISFIED = "2", "不满意"
    VERY_DISSATISFIED = "1", "非常不满意"


LOWEST = frozenset({1, 2})
"""差评: the two lowest levels (国办发〔2019〕51 号)."""
