"""Rules of petitions: pure Python."""
