"""保存期限: how many years something is kept after its end, as data of the county. Each service has its own rules."""
