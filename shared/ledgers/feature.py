"""The features of ledgers: what each service puts into its `features.py` beside its own nouns."""

from shared.feature import Feature
from shared.ledgers.definitions.feature import definition_feature
from shared.ledgers.definitions.reading import PublishedLedgers
from shared.ledgers.documents.api import DOCUMENTS
from shared.ledgers.records.feature import record_feature
from shared.ledgers.records.holdings import RecordHoldings
from shared.ledgers.records.surroundings import Surroundings
from shared.ledgers.records.wiring import LedgerParts


def ledger_features(owner: str, surroundings: Surroundings) -> tuple[Feature, ...]:
    """Every noun of the engine, for the ledgers that a service keeps. `surroundings`: what it knows of the county."""
    parts = LedgerParts(PublishedLedgers, surroundings)
    return (definition_feature(owner, RecordHoldings), record_feature(owner, parts), DOCUMENTS)
