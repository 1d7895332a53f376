"""What indicators (指标汇总与考评) announces: the county's figures, for whoever keeps a mirror."""

from shared.contracts.indicators import checksums, erasure_answers, ledger_postings, ledgers, records, values

__all__ = ["checksums", "erasure_answers", "ledger_postings", "ledgers", "records", "values"]
