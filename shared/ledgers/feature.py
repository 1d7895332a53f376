"""The features of ledgers: what each service puts into its `features.py` beside its own nouns."""

from shared.feature import Feature
from shared.ledgers.definitions.feature import definition_feature


def ledger_features(owner: str) -> tuple[Feature, ...]:
    """Every noun of the engine, for the ledgers that a service keeps."""
    return (definition_feature(owner),)
