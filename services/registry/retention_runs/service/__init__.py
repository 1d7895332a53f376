"""Use cases of retention runs (保存期满清除)."""
