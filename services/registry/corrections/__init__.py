"""更正申请: requests for corrections that others approve, step by step."""
