"""Ledgers as the house knows them."""

from sqlalchemy import select

from shared.contracts.ledgers import LEDGER
from shared.feature import Feature, Restatement
from shared.ledgers.definitions.domain import DraftExists, LedgerStatus
from shared.ledgers.definitions.models import LedgerRow
from shared.ledgers.definitions.restating import restate_ledgers
from shared.reference.codes import published


def definition_feature(owner: str) -> Feature:
    """The definitions of a service's ledgers."""
    return Feature(
        tag="ledgers",
        about="台账 Registers that are data: their definitions, drafted, published, retired",
        states={f"{owner}.{LEDGER}": Restatement(restate_ledgers(owner), select(LedgerRow.code))},
        constraints={"pk_ledger_drafts": DraftExists},
        code_lists=(published("ledger_statuses", "台账状态", LedgerStatus),),
    )
