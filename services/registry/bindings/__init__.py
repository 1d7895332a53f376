"""本人账号: a resident's login is bound to the resident's own entry, by document number and a code given at home."""
