"""签名摘录: what a person's record says, signed for one audience."""
