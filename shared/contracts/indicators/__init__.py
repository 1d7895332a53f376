"""What indicators (指标汇总与考评) announces: the county's figures, for whoever keeps a mirror."""

from shared.contracts.indicators import ledgers, records, values

__all__ = ["ledgers", "records", "values"]
