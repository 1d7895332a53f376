"""恢复: what an owner says of its aggregates after its database was restored from a backup. Every noun has both facts.

The bus and its readers are then ahead of the owner: they hold versions that it has lost. `rolled_back`: this is the
version that holds, though a higher one was told before. `forgotten`: the owner does not know the aggregate any more;
the state is the last one that was told, and holds no longer.
"""

from shared.contracts.envelope import STATES
from shared.contracts.made_facts import FactLine, facts_of

ROLLED_BACK, FORGOTTEN = "rolled_back", "forgotten"
"""Last words of the types."""

_HOLDS = (
    "The owner was restored from a backup: this version holds, though a higher one was told before. Replace what is"
    " held, whatever its `ce_sequence` (恢复)."
)
_GONE = (
    "The owner was restored from a backup and does not know this any more: remove it. The state is the last one that"
    " was told (失去)."
)
_LINES: tuple[FactLine, ...] = ((ROLLED_BACK, _HOLDS, {}, {}), (FORGOTTEN, _GONE, {}, {}))


def complete() -> None:
    """Make both facts of every noun that has states; the catalogue asks for it once, when all nouns are known.

    Raises TypeError if a noun has a fact of that name for something else.
    """
    for state in tuple(STATES.values()):
        facts_of(state, _LINES)


def overrides_all(type_: str) -> bool:
    """Whether a fact holds whatever was told before."""
    return type_.endswith((f".{ROLLED_BACK}", f".{FORGOTTEN}"))


def ends_aggregate(type_: str) -> bool:
    """Whether a fact ends its aggregate."""
    return type_.endswith(f".{FORGOTTEN}")
