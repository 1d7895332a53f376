"""Grammar of a ledger's definition: what may be written, strict, without code. What it means is the compiler's."""
