"""The event contracts: pydantic and the standard library only, one file per owner."""
