"""Ledgers (台账) that indicators keeps, as it announces them."""

from typing import ClassVar

from shared.contracts.ledgers import LedgerState as State
from shared.contracts.ledgers import ledger_facts, ledger_topic


class LedgerState(State):
    """A published ledger of this service with all its versions."""

    noun: ClassVar = "indicators.ledger"
    channel: ClassVar = ledger_topic("indicators", "指标汇总与考评")


LEDGER_FACTS = ledger_facts(LedgerState)
