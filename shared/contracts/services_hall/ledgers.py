"""Ledgers (台账) that services_hall keeps, as it announces them."""

from typing import ClassVar

from shared.contracts.ledgers import LedgerState as State
from shared.contracts.ledgers import ledger_facts, ledger_topic


class LedgerState(State):
    """A published ledger of this service with all its versions."""

    noun: ClassVar = "services_hall.ledger"
    channel: ClassVar = ledger_topic("services_hall", "一站式代办")


LEDGER_FACTS = ledger_facts(LedgerState)
