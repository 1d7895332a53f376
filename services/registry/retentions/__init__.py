"""保存期限: how many years an entry is kept after its end, as data."""
