"""Bodies, views and the page of ratings."""
