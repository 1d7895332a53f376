"""Tests of community profiles."""
