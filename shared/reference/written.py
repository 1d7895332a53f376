"""Names and addresses as people write them: the form that is kept, and the one that is compared."""

import unicodedata


def stored(text: str) -> str:
    """A name, address or room as it is kept: composed (NFC), the spaces round it taken away."""
    return unicodedata.normalize("NFC", text).strip()


def compared(text: str) -> str:
    """A name, address or room as it is compared: full-width letters, case and every space make no difference."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")
