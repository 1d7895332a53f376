"""Originals in custody (原件保管) over HTTP."""
