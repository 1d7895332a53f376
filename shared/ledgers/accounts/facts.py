"""The state of a posting, as it is announced."""

from collections.abc import Sequence
from typing import Any

from shared.contracts.envelope import FACTS, STATES
from shared.contracts.ledger_postings import OPEN_POSTING, RESTRICTED_POSTING, LedgerPostingState, PostingSide
from shared.ledgers.accounts.models import LedgerPosting
from shared.ledgers.compiler.ledger import Ledger


def posting_noun(owner: str, *, restricted: bool) -> str:
    """The noun under which a posting travels."""
    return f"{owner}.{RESTRICTED_POSTING if restricted else OPEN_POSTING}"


def posting_fact(ledger: Ledger, posting: LedgerPosting, sides: Sequence[PostingSide], word: str) -> Any:
    """A fact with the posting's state."""
    noun = posting_noun(ledger.owner, restricted=posting.restricted_topic)
    state = STATES[noun]
    assert issubclass(state, LedgerPostingState)
    return FACTS[(f"{noun}.{word}", 1)](
        state=state(
            id=posting.id,
            version=1,
            ledger=posting.ledger,
            ledger_version=posting.ledger_version,
            kind=posting.kind,
            posted_on=posting.day,
            posted_at=posting.posted_at,
            sides=tuple(sides),
            reverses=posting.reverses,
            counts=ledger.counts_posting(posting.kind, posting.day, sides, reverses=posting.reverses is not None),
        )
    )
