"""Moves of records as the house knows them."""

from shared.feature import Feature
from shared.ledgers.moves.api import router
from shared.ledgers.moves.jobs import move_kind
from shared.ledgers.records.wiring import LedgerParts


def move_feature(parts: LedgerParts) -> Feature:
    """Endpoints and long work of every service that keeps ledgers."""
    return Feature(router=router, tag="ledgers", jobs=lambda worker: (move_kind(worker, parts),))
