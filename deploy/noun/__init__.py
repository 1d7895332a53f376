"""Scaffold of a noun: `make noun SERVICE=registry NOUN=orchards` writes its folder, contract, migration and tests."""
