"""账实不符: villages whose ledger and whose persons say different numbers."""
