"""原件保管: originals in custody, one holder at any time, each hand-over with a receipt, back to the applicant."""
