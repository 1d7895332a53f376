"""身份摘要: sealed extracts of a person's record, for one audience, purpose and place."""
