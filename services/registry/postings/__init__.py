"""人口台账: lines of the population ledger."""
