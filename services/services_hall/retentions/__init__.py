"""保存期限: how many years the hall keeps personal data of a case that has ended, as data."""
