"""保存期限: how many years grid keeps words and contacts after their matter has ended, as data."""
