"""Scaffold of a noun: `make noun SERVICE=registry NOUN=dwellings` writes its folder, contract, migration and tests."""
