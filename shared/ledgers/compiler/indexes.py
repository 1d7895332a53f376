"""How fields that lists may be filtered by are looked up."""

from shared.ledgers.grammar.fields import FieldDefinition
from shared.ledgers.grammar.words import ATTACHED, NUMBERS, FieldType, Privacy
from shared.reference.named_code import NamedCode

SEALED = frozenset({Privacy.PERSONAL, Privacy.RESTRICTED})
"""Privacy of what is stored sealed."""

_NEVER = ATTACHED | {FieldType.LONG_TEXT, FieldType.POINT, FieldType.ADDRESS}


class Index(NamedCode):
    """How a `search` field is looked up."""

    TEXT = "text", "文本"
    NUMBER = "number", "数字"
    DAY = "day", "日期"
    BLIND = "blind", "盲索引"


def index_of(field: FieldDefinition) -> Index | None:
    """The index of a field; None for a type that no list is filtered by. What is sealed is found whole only."""
    if field.type in _NEVER:
        return None
    if field.privacy in SEALED:
        return Index.BLIND
    if field.type in NUMBERS:
        return Index.NUMBER
    return Index.DAY if field.type is FieldType.DATE else Index.TEXT
