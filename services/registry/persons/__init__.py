"""居民: everybody who lives or is registered in the county."""
