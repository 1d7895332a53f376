"""The consumer: fetch, process in one transaction, commit offsets; rebalances, watchdog, progress."""
