"""OpenRosa: how phones fetch the forms of ledgers and send what was filled in (the protocol of ODK Collect)."""
