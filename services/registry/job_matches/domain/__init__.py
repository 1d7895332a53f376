"""Rules and refusals of the matching of job seekers."""
