"""The page of forms: forms of a service's ledgers in a browser, without a network too, for who lacks the app."""
