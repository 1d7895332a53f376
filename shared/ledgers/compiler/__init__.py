"""Compiler of ledgers: a definition becomes a `Ledger`, or every error is told by its place."""

from shared.ledgers.compiler.compiling import compile_ledger
from shared.ledgers.compiler.indexes import Index
from shared.ledgers.compiler.ledger import Ledger

__all__ = ["Index", "Ledger", "compile_ledger"]
