"""What indicators (指标汇总与考评) announces: the county's figures, for whoever keeps a mirror."""

from shared.contracts.indicators import erasure_answers, ledger_postings, ledgers, records, values

__all__ = ["erasure_answers", "ledger_postings", "ledgers", "records", "values"]
