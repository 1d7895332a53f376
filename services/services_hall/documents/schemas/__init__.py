"""Bodies, views and the page of documents."""
