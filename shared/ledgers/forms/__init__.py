"""Forms of a ledger on the phone: XForms, submissions over OpenRosa, definitions drafted from XLSForms."""
