"""个人信息处理同意: consents of residents."""
