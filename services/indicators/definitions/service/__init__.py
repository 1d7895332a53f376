"""Which indicators there are, and how one comes to be."""
