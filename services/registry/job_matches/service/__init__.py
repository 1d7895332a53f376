"""Use cases of the matching of job seekers."""
