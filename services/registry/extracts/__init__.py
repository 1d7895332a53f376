"""身份摘要: signed extracts of a person's record, for one audience."""
