"""Postings of the ledgers (往来账分录) that registry keeps, as it announces them."""

from typing import ClassVar

from shared.contracts.ledger_postings import LedgerPostingState as State
from shared.contracts.ledger_postings import open_posting_topic, posting_facts, restricted_posting_topic


class LedgerPostingState(State):
    """A posting of a ledger that travels openly."""

    noun: ClassVar = "registry.ledger_posting"
    channel: ClassVar = open_posting_topic("registry", "居民底册")


class RestrictedLedgerPostingState(State):
    """A posting of a ledger about people: its own noun and topic, for a sum in a village may be one household's."""

    noun: ClassVar = "registry.restricted_ledger_posting"
    channel: ClassVar = restricted_posting_topic("registry", "居民底册")


POSTING_FACTS = posting_facts(LedgerPostingState)
RESTRICTED_POSTING_FACTS = posting_facts(RestrictedLedgerPostingState)
