"""What services_hall (一站式代办) announces."""

from shared.contracts.services_hall import cases, checksums, erasure_answers, items, ledger_postings, ledgers, records

__all__ = ["cases", "checksums", "erasure_answers", "items", "ledger_postings", "ledgers", "records"]
