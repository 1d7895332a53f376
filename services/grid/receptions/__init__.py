"""领导接访: which leader receives petitioners on which day and where, as the roster says it to everybody."""
