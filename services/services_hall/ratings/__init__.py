"""好差评: one rating for each contact with an office, by a signed link or as somebody said it by phone or letter."""
