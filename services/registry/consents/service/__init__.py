"""Use cases of consents (个人信息处理同意)."""
