"""Conditions that CEL (of a definition) and XPath (of a form) can both say. What only one of them says stays there."""
