"""Every query about accounts, postings and closed months."""
