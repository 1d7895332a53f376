"""Records of the ledgers (台账记录) that services_hall keeps, as it announces them."""

from typing import ClassVar

from shared.contracts.ledger_records import RecordState as State
from shared.contracts.ledger_records import open_topic, record_facts, restricted_topic


class RecordState(State):
    """A record of a ledger that travels openly."""

    noun: ClassVar = "services_hall.record"
    channel: ClassVar = open_topic("services_hall", "一站式代办")


class RestrictedRecordState(State):
    """A record of a ledger about people: its own noun and topic, for that somebody stands in it may be sensitive."""

    noun: ClassVar = "services_hall.restricted_record"
    channel: ClassVar = restricted_topic("services_hall", "一站式代办")


RECORD_FACTS = record_facts(RecordState)
RESTRICTED_RECORD_FACTS = record_facts(RestrictedRecordState)
